package dev.latchkey.admin.access;

import static dev.latchkey.admin.json.Replies.value;

import dev.latchkey.admin.json.Fields;
import dev.latchkey.admin.json.JsonBody;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.Caller;
import dev.latchkey.admin.signin.Needs;
import dev.latchkey.admin.signin.Role;
import dev.latchkey.admin.thirdparties.ThirdPartyJson;
import dev.latchkey.admin.tokens.TokenJson;
import dev.latchkey.core.administer.AccessReport;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.ThirdPartyView;
import dev.latchkey.core.oauth.ClientFailure;
import dev.latchkey.core.oauth.OAuthGrants;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /access-check}: explains why access works or not. */
@Path("access-check")
@Produces(MediaType.APPLICATION_JSON)
public final class AccessCheckResource {

  private final Supplier<Administration> administration;
  private final Supplier<OAuthGrants> grants;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public AccessCheckResource(@Context ServletContext context) {
    this.administration = () -> Running.service(context, Administration.class);
    this.grants = () -> Running.service(context, OAuthGrants.class);
  }

  /** Explains what a token is worth, or what a third party can do. */
  @POST
  @Needs(Role.ADMIN)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response check(@Nullable JsonBody body, @Context SecurityContext security) {
    Fields fields = new Fields(JsonBody.required(body));
    String token = fields.anyText("token");
    String clientId = fields.anyText("clientId");
    if (fields.has("token") == fields.has("clientId")) {
      fields.wrong("token", "takes a token, unless there is a clientId");
    }
    fields.done();
    if (token != null) {
      return Replies.ok(
          report(administration.get().accessCheck().ofToken(Caller.of(security).actor(), token)));
    }
    return Replies.ok(
        report(
            administration
                .get()
                .accessCheck()
                .ofClient(Caller.of(security).actor(), clientId == null ? "" : clientId)));
  }

  private JsonObjectBuilder report(AccessReport report) {
    JsonArrayBuilder steps = Json.createArrayBuilder();
    report
        .steps()
        .forEach(
            step ->
                steps.add(
                    Json.createObjectBuilder()
                        .add("check", step.check())
                        .add("passed", truth(step.passed()))
                        .add("detail", step.detail())));
    JsonObjectBuilder json =
        Json.createObjectBuilder()
            .add("works", report.works())
            .add("advice", value(report.advice()))
            .add("steps", steps);
    if (report.thirdParty() == null) {
      json.addNull("thirdParty");
    } else {
      json.add("thirdParty", ThirdPartyJson.of(report.thirdParty()));
    }
    if (report.token() == null) {
      json.addNull("token");
    } else {
      json.add("token", TokenJson.of(report.token()));
    }
    return json.add("clientFailures", failures(report.thirdParty()));
  }

  private JsonArrayBuilder failures(@Nullable ThirdPartyView thirdParty) {
    JsonArrayBuilder failures = Json.createArrayBuilder();
    if (thirdParty != null) {
      for (ClientFailure each : grants.get().lastFailures(thirdParty.id())) {
        failures.add(
            Json.createObjectBuilder()
                .add("reason", each.reason().toString())
                .add("at", each.at().toString())
                .add("from", each.from())
                .add("count", each.count()));
      }
    }
    return failures;
  }

  private static JsonValue truth(@Nullable Boolean passed) {
    if (passed == null) {
      return JsonValue.NULL;
    }
    return passed ? JsonValue.TRUE : JsonValue.FALSE;
  }
}
