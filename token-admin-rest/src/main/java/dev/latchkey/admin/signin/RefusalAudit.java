package dev.latchkey.admin.signin;

import dev.latchkey.admin.json.JsonReply;
import dev.latchkey.admin.running.Running;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Puts each refusal to somebody who has signed in into the audit trail, whoever refused: the role
 * filter, a resource or a command. Of a flood of them the trail has one a second.
 */
@Provider
public final class RefusalAudit implements ContainerResponseFilter {

  private static final Logger LOG = System.getLogger(RefusalAudit.class.getName());
  private static final int FORBIDDEN = 403;
  private static final String PREFIX = "Not allowed: ";

  private final Supplier<AdminUsers> users;

  /** A filter that tells refusals to the audit trail of what runs in this application. */
  public RefusalAudit(@Context ServletContext context) {
    this.users = () -> Running.service(context, AdminUsers.class);
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    // Before the sign-in there is no caller; what is refused there, the sign-in itself records.
    if (response.getStatus() != FORBIDDEN
        || request.getSecurityContext() == null
        || !(request.getSecurityContext().getUserPrincipal() instanceof Caller caller)) {
      return;
    }
    try {
      users
          .get()
          .recordRefusal(
              caller.actor(),
              Map.of("method", request.getMethod(), "reason", reason(response.getEntity())));
    } catch (RuntimeException notRecorded) {
      // The refusal stands, whether the trail can be written or not.
      LOG.log(
          Level.WARNING,
          "a refusal to " + caller.actor().name() + " was not recorded",
          notRecorded);
    }
  }

  // Without the words that all have in common.
  private static String reason(Object entity) {
    String detail = entity instanceof JsonReply reply ? reply.object().getString("detail", "") : "";
    String reason = detail.startsWith(PREFIX) ? detail.substring(PREFIX.length()) : detail;
    return reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
  }
}
