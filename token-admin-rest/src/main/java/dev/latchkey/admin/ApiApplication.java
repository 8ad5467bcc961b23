package dev.latchkey.admin;

import dev.latchkey.admin.access.AccessCheckResource;
import dev.latchkey.admin.audit.AuditExport;
import dev.latchkey.admin.audit.AuditResource;
import dev.latchkey.admin.handover.HandoverResource;
import dev.latchkey.admin.handover.OpenHandoverResource;
import dev.latchkey.admin.http.PublicUris;
import dev.latchkey.admin.json.JsonBodyReader;
import dev.latchkey.admin.json.JsonReplyWriter;
import dev.latchkey.admin.problem.AnswerHeaders;
import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.admin.signin.AccountResource;
import dev.latchkey.admin.signin.RefusalAudit;
import dev.latchkey.admin.signin.RoleFilter;
import dev.latchkey.admin.signin.SecondFactorResource;
import dev.latchkey.admin.signin.SessionResource;
import dev.latchkey.admin.signin.SignInFilter;
import dev.latchkey.admin.signin.UsersResource;
import dev.latchkey.admin.stats.StatsResource;
import dev.latchkey.admin.thirdparties.ThirdPartiesResource;
import dev.latchkey.admin.tokens.TokensResource;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/**
 * The admin REST API. Its classes are made by the JAX-RS runtime, which gives their constructors
 * the ServletContext; what runs in the application is found there.
 */
@ApplicationPath("api/v1")
public class ApiApplication extends Application {

  /** For the container. */
  public ApiApplication() {}

  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(
        JsonBodyReader.class,
        JsonReplyWriter.class,
        ProblemMapper.class,
        AnswerHeaders.class,
        SignInFilter.class,
        RoleFilter.class,
        RefusalAudit.class,
        PublicUris.class,
        SessionResource.class,
        AccountResource.class,
        SecondFactorResource.class,
        UsersResource.class,
        ThirdPartiesResource.class,
        TokensResource.class,
        HandoverResource.class,
        OpenHandoverResource.class,
        StatsResource.class,
        AccessCheckResource.class,
        AuditResource.class,
        AuditExport.class);
  }
}
