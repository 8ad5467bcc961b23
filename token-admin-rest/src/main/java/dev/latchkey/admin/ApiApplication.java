package dev.latchkey.admin;

import dev.latchkey.admin.access.AccessCheckResource;
import dev.latchkey.admin.audit.AuditExport;
import dev.latchkey.admin.audit.AuditResource;
import dev.latchkey.admin.handover.HandoverResource;
import dev.latchkey.admin.handover.OpenHandoverResource;
import dev.latchkey.admin.json.JsonBodyReader;
import dev.latchkey.admin.json.JsonReplyWriter;
import dev.latchkey.admin.problem.AnswerHeaders;
import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.admin.signin.AccountResource;
import dev.latchkey.admin.signin.Accounts;
import dev.latchkey.admin.signin.AdminUsers;
import dev.latchkey.admin.signin.RoleFilter;
import dev.latchkey.admin.signin.SecondFactorResource;
import dev.latchkey.admin.signin.SecondFactors;
import dev.latchkey.admin.signin.SessionResource;
import dev.latchkey.admin.signin.Sessions;
import dev.latchkey.admin.signin.SignInFilter;
import dev.latchkey.admin.signin.UsersResource;
import dev.latchkey.admin.startup.AdminStartup;
import dev.latchkey.admin.startup.Services;
import dev.latchkey.admin.stats.StatsResource;
import dev.latchkey.admin.thirdparties.ThirdPartiesResource;
import dev.latchkey.admin.tokens.TokensResource;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.thirdparty.ClientAddress;
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
    Supplier<AdminUsers> users = () -> services().users();
    Supplier<Sessions> sessions = () -> services().sessions();
    Supplier<Accounts> accounts = () -> services().accounts();
    Supplier<SecondFactors> secondFactors = () -> services().secondFactors();
    ClientAddress addresses = AdminStartup.addressesOf(context);
    return Set.of(
        new JsonBodyReader(),
        new JsonReplyWriter(),
        new ProblemMapper(),
        new AnswerHeaders(),
        new SignInFilter(
            users, sessions, () -> services().node().verifier(), addresses, Clock.systemUTC()),
        new RoleFilter(users),
        new SessionResource(users, sessions, addresses, AdminStartup.singleSignOn(context)),
        new AccountResource(users, accounts, sessions),
        new SecondFactorResource(users, secondFactors),
        new UsersResource(accounts, secondFactors),
        new ThirdPartiesResource(administration),
        new TokensResource(administration),
        new HandoverResource(administration),
        new OpenHandoverResource(administration, addresses, AdminStartup.tryUrl(context)),
        new StatsResource(administration),
        new AccessCheckResource(administration),
        new AuditResource(administration),
        new AuditExport(administration));
  }

  private Services services() {
    Services running = AdminStartup.of(context).running();
    if (running == null) {
      throw new StoreUnavailableException("the database is not there yet");
    }
    return running;
  }
}
