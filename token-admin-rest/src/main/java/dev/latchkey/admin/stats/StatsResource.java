package dev.latchkey.admin.stats;

import static dev.latchkey.admin.json.Replies.value;

import dev.latchkey.admin.http.Queries;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.Needs;
import dev.latchkey.admin.signin.Role;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.Overview;
import dev.latchkey.core.administer.Statistics;
import dev.latchkey.core.usage.RefusalReason;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.function.Supplier;

/** {@code /stats}: what needs attention, and how much is going on. */
@Path("stats")
@Produces(MediaType.APPLICATION_JSON)
public final class StatsResource {

  private final Supplier<Administration> administration;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public StatsResource(@Context ServletContext context) {
    this.administration = () -> Running.service(context, Administration.class);
  }

  /** How things are now. */
  @GET
  @Needs(Role.VIEWER)
  public Response get(@Context UriInfo uri) {
    new Queries(uri).done();
    return Replies.ok(json(administration.get().statistics().overview()));
  }

  private static JsonObjectBuilder json(Overview overview) {
    JsonObjectBuilder refusals = Json.createObjectBuilder();
    JsonObjectBuilder refusalsPerHour = Json.createObjectBuilder();
    for (RefusalReason reason : RefusalReason.values()) {
      List<Long> hours = overview.refusalsPerHour().getOrDefault(reason, List.of());
      refusals.add(reason.toString(), hours.stream().mapToLong(Long::longValue).sum());
      refusalsPerHour.add(reason.toString(), Json.createArrayBuilder(hours));
    }
    JsonArrayBuilder attention = Json.createArrayBuilder();
    overview.attention().forEach(each -> attention.add(json(each)));
    return Json.createObjectBuilder()
        .add("thirdParties", overview.thirdParties())
        .add("enabledThirdParties", overview.enabledThirdParties())
        .add("activeTokens", overview.activeTokens())
        .add("expiringTokens", overview.expiringTokens())
        .add("usesPerDay", Json.createArrayBuilder(overview.usesPerDay()))
        .add("refusalHours", Statistics.HOURS)
        .add("refusals", refusals)
        .add("refusalsPerHour", refusalsPerHour)
        .add("attention", attention);
  }

  private static JsonObjectBuilder json(Overview.Attention attention) {
    return Json.createObjectBuilder()
        .add("kind", attention.kind().toString())
        .add("thirdPartyId", attention.thirdPartyId())
        .add("thirdPartyName", attention.thirdPartyName())
        .add("tokenId", attention.tokenId())
        .add("hint", attention.hint())
        .add("label", value(attention.label()))
        .add("expiresAt", value(attention.expiresAt()))
        .add("refusals", attention.refusals());
  }
}
