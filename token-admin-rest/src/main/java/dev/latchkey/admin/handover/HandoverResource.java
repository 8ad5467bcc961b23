package dev.latchkey.admin.handover;

import static dev.latchkey.admin.json.Replies.value;

import dev.latchkey.admin.http.Queries;
import dev.latchkey.admin.http.Requests;
import dev.latchkey.admin.json.Fields;
import dev.latchkey.admin.json.JsonBody;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.Caller;
import dev.latchkey.admin.signin.Needs;
import dev.latchkey.admin.signin.Role;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.Created;
import dev.latchkey.core.administer.HandoverDraft;
import dev.latchkey.core.administer.HandoverView;
import dev.latchkey.core.administer.TokenDraft;
import dev.latchkey.core.config.Lifetime;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /third-parties/{id}/handover}: makes one-time links, lists them and takes them back. */
@Path("third-parties/{id}/handover")
@Produces(MediaType.APPLICATION_JSON)
public final class HandoverResource {

  private final Supplier<Administration> administration;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public HandoverResource(@Context ServletContext context) {
    this.administration = () -> Running.service(context, Administration.class);
  }

  /** Lists a third party's links, newest first. */
  @GET
  @Needs(Role.VIEWER)
  public Response list(@PathParam("id") String id, @Context UriInfo uri) {
    new Queries(uri).done();
    JsonArrayBuilder items = Json.createArrayBuilder();
    administration.get().handovers().list(id).forEach(link -> items.add(json(link)));
    return Replies.ok(Json.createObjectBuilder().add("items", items));
  }

  /** Makes a link; it is shown once. */
  @POST
  @Needs(Role.OPERATOR)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response create(
      @PathParam("id") String id,
      @Nullable JsonBody body,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Context UriInfo uri,
      @Context SecurityContext security) {
    Caller caller = Caller.of(security);
    Fields fields = new Fields(body);
    String renews = fields.text("tokenId");
    TokenDraft token =
        new TokenDraft(
            fields.text("label"),
            fields.parsed(
                "lifetime",
                Lifetime::parse,
                "takes an ISO-8601 period such as P6M or P90D, at most 10 years"),
            null,
            fields.texts("scopes"));
    if (renews != null && (token.label() != null || token.scopes() != null)) {
      fields.wrong("tokenId", "a renewal takes label and scopes from the token that it renews");
    }
    boolean clientSecret = Boolean.TRUE.equals(fields.truth("clientSecret"));
    Duration overlap =
        fields.parsed("overlap", Duration::parse, "takes an ISO-8601 duration such as P7D or PT0S");
    fields.done();
    if (clientSecret && !caller.role().includes(Role.ADMIN)) {
      throw new ForbiddenException();
    }
    Created<HandoverView> created =
        administration
            .get()
            .handovers()
            .create(
                caller.actor(),
                id,
                new HandoverDraft(renews, token, clientSecret, overlap),
                Requests.idempotencyKey(key, uri, body));
    JsonObjectBuilder link = json(created.resource());
    if (created.secret() != null) {
      link.add("url", page(uri, created.secret()).toString());
    }
    Response.ResponseBuilder response =
        Replies.builder(
            Response.created(
                uri.getBaseUriBuilder()
                    .path("third-parties")
                    .path(id)
                    .path("handover")
                    .path(created.resource().id())
                    .build()),
            link.build());
    return created.replayed()
        ? response.header("Idempotency-Replayed", "true").build()
        : response.build();
  }

  /** Takes a link back before it is opened. */
  @DELETE
  @Path("{link}")
  @Needs(Role.OPERATOR)
  public Response withdraw(
      @PathParam("id") String id,
      @PathParam("link") String link,
      @Context SecurityContext security) {
    administration.get().handovers().withdraw(Caller.of(security).actor(), id, link);
    return Response.noContent().build();
  }

  // Behind the #, where no server, proxy or log sees the code.
  private static URI page(UriInfo uri, String code) {
    return uri.getBaseUri().resolve("../../handover/").resolve("#" + code);
  }

  private static JsonObjectBuilder json(HandoverView link) {
    return Json.createObjectBuilder()
        .add("id", link.id())
        .add("thirdPartyId", link.thirdPartyId())
        .add("status", link.status().toString())
        .add("renews", value(link.renews()))
        .add("label", value(link.label()))
        .add("clientSecret", link.clientSecret())
        .add("createdAt", link.createdAt().toString())
        .add("createdBy", link.createdBy())
        .add("expiresAt", link.expiresAt().toString())
        .add("openedAt", value(link.openedAt()))
        .add("openedFrom", value(link.openedFrom()))
        .add("tokenId", value(link.tokenId()));
  }
}
