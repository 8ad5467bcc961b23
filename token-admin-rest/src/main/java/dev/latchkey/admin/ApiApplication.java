package dev.latchkey.admin;

import dev.latchkey.admin.access.AccessCheckResource;
import dev.latchkey.admin.audit.AuditResource;
import dev.latchkey.admin.json.JsonBodyReader;
import dev.latchkey.admin.json.JsonReplyWriter;
import dev.latchkey.admin.problem.AnswerHeaders;
import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.admin.signin.RoleFilter;
import dev.latchkey.admin.signin.SignInFilter;
import dev.latchkey.admin.startup.AdminStartup;
import dev.latchkey.admin.startup.Services;
import dev.latchkey.admin.thirdparties.ThirdPartiesResource;
import dev.latchkey.admin.tokens.TokensResource;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.store.StoreUnavailableException;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Context;
import java.time.Clock;
import java.util.Set;
import java.util.function.Supplier;

/** The admin REST API. */
@ApplicationPath("api/v1")
public class ApiApplication extends Application {

  @Context private ServletContext context;

  /** For the container. */
  @SuppressWarnings("NullAway") // the context is injected
  public ApiApplication() {}

  @Override
  public Set<Class<?>> getClasses() {
    return Set.of();
  }

  // Deprecated in favour of CDI, which would have to find its way into our constructors.
  @SuppressWarnings("deprecation")
  @Override
  public Set<Object> getSingletons() {
    Supplier<Administration> administration = () -> services().administration();
    return Set.of(
        new JsonBodyReader(),
        new JsonReplyWriter(),
        new ProblemMapper(),
        new AnswerHeaders(),
        new SignInFilter(
            () -> services().users(),
            () -> services().node().verifier(),
            AdminStartup.addressesOf(context),
            Clock.systemUTC()),
        new RoleFilter(() -> services().users()),
        new ThirdPartiesResource(administration),
        new TokensResource(administration),
        new AccessCheckResource(administration),
        new AuditResource(administration));
  }

  private Services services() {
    Services running = AdminStartup.of(context).running();
    if (running == null) {
      throw new StoreUnavailableException("the database is not there yet");
    }
    return running;
  }
}
