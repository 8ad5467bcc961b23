package dev.latchkey.it.app;

import jakarta.annotation.Resource;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.SessionContext;
import jakarta.ejb.Stateless;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;

/** A bean, and a JAX-RS resource, that only callers with the scope may use. */
@Stateless
@Path("/reports")
public class ReportsBean {

  @Resource private SessionContext session;

  /** The name of the caller. */
  @GET
  @Produces("text/plain")
  @RolesAllowed("reports")
  public String report() {
    return "report for " + session.getCallerPrincipal().getName();
  }
}
