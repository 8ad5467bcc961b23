package dev.latchkey.it.app;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;

/** Tells who calls, as JAX-RS sees it. */
@Path("/me")
public class MeResource {

  /** The caller and whether it has the scope. */
  @GET
  @Produces("text/plain")
  public String me(@Context SecurityContext security) {
    return "principal=%s\nauth=%s\nreports=%s\nother=%s\n"
        .formatted(
            security.getUserPrincipal().getClass().getSimpleName(),
            security.getAuthenticationScheme(),
            security.isUserInRole("reports"),
            security.isUserInRole("other"));
  }
}
