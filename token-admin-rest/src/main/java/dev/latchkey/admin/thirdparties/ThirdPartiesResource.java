package dev.latchkey.admin.thirdparties;

import dev.latchkey.admin.http.Preconditions;
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
import dev.latchkey.core.administer.PageRequest;
import dev.latchkey.core.administer.ThirdPartyAdministration;
import dev.latchkey.core.administer.ThirdPartyDraft;
import dev.latchkey.core.administer.ThirdPartyFilter;
import dev.latchkey.core.administer.ThirdPartyView;
import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code /third-parties}: registers third parties and looks after them. */
@Path("third-parties")
@Produces(MediaType.APPLICATION_JSON)
public final class ThirdPartiesResource {

  private static final String MERGE_PATCH = "application/merge-patch+json";

  private final Supplier<Administration> administration;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public ThirdPartiesResource(@Context ServletContext context) {
    this.administration = () -> Running.service(context, Administration.class);
  }

  /** Lists third parties by name. */
  @GET
  @Needs(Role.VIEWER)
  public Response list(@Context UriInfo uri) {
    Queries queries = new Queries(uri);
    ThirdPartyFilter filter =
        new ThirdPartyFilter(
            queries.text("name"),
            queries.truth("enabled"),
            queries.parsed(
                "expiring-within", Lifetime::parse, "takes an ISO-8601 period such as P30D"));
    PageRequest page = queries.page();
    queries.done();
    return Replies.page(thirdParties().list(filter, page), ThirdPartyJson::of);
  }

  /** Registers a third party. */
  @POST
  @Needs(Role.ADMIN)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response create(
      @Nullable JsonBody body,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Context UriInfo uri,
      @Context SecurityContext security) {
    Fields fields = new Fields(JsonBody.required(body));
    String name = fields.requiredText("name");
    fields.requiredText("authorization");
    ThirdPartyDraft nothing =
        new ThirdPartyDraft(
            name, Authorization.MANUAL, null, null, null, List.of(), List.of(), true);
    ThirdPartyDraft draft = patch(fields).apply(nothing);
    fields.done();
    Created<ThirdPartyView> created =
        thirdParties()
            .create(Caller.of(security).actor(), draft, Requests.idempotencyKey(key, uri, body));
    return created(created, uri.getAbsolutePathBuilder().path(created.resource().id()).build());
  }

  /** One third party. */
  @GET
  @Path("{id}")
  @Needs(Role.VIEWER)
  public Response get(
      @PathParam("id") String id, @Context UriInfo uri, @Context HttpHeaders headers) {
    new Queries(uri).done();
    ThirdPartyView party = thirdParties().get(id);
    return Preconditions.answered(headers, ThirdPartyJson.of(party), party.version());
  }

  /** Changes a third party (RFC 7396). */
  @PATCH
  @Path("{id}")
  @Needs(Role.OPERATOR)
  @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
  public Response change(
      @PathParam("id") String id,
      @Nullable JsonBody body,
      @Context HttpHeaders headers,
      @Context SecurityContext security) {
    Caller caller = Caller.of(security);
    Fields fields = new Fields(JsonBody.required(body));
    UnaryOperator<ThirdPartyDraft> patch = patch(fields);
    fields.done();
    boolean onlyEnabled =
        body != null && body.object().keySet().equals(java.util.Set.of("enabled"));
    if (!onlyEnabled && !caller.role().includes(Role.ADMIN)) {
      throw new ForbiddenException();
    }
    Long expected = Preconditions.expectedVersion(headers, () -> thirdParties().get(id).version());
    ThirdPartyView changed = thirdParties().change(caller.actor(), id, expected, patch);
    return Replies.ok(ThirdPartyJson.of(changed), changed.version());
  }

  /** Deletes a disabled third party. */
  @DELETE
  @Path("{id}")
  @Needs(Role.ADMIN)
  public Response delete(
      @PathParam("id") String id, @Context HttpHeaders headers, @Context SecurityContext security) {
    Long expected = Preconditions.expectedVersion(headers, () -> thirdParties().get(id).version());
    thirdParties().delete(Caller.of(security).actor(), id, expected);
    return Response.noContent().build();
  }

  /** Gives a third party a new client secret. */
  @POST
  @Path("{id}/client-secret")
  @Needs(Role.ADMIN)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response rotateClientSecret(
      @PathParam("id") String id,
      @Nullable JsonBody body,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Context UriInfo uri,
      @Context SecurityContext security) {
    Fields fields = new Fields(body);
    Duration overlap =
        fields.parsed("overlap", Duration::parse, "takes an ISO-8601 duration such as P1D");
    fields.done();
    Created<ThirdPartyView> created =
        thirdParties()
            .rotateClientSecret(
                Caller.of(security).actor(),
                id,
                overlap == null ? Duration.ZERO : overlap,
                Requests.idempotencyKey(key, uri, body));
    return created(created, uri.getBaseUriBuilder().path("third-parties").path(id).build());
  }

  private ThirdPartyAdministration thirdParties() {
    return administration.get().thirdParties();
  }

  private static Response created(Created<ThirdPartyView> created, java.net.URI location) {
    ThirdPartyView party = created.resource();
    return Requests.created(
        created, ThirdPartyJson.of(party), "clientSecret", party.version(), location);
  }

  /** What the fields that are there make of a third party; complaints go to the fields. */
  private static UnaryOperator<ThirdPartyDraft> patch(Fields fields) {
    boolean name = fields.has("name");
    boolean callbackUrl = fields.has("callbackUrl");
    boolean contactName = fields.has("contactName");
    boolean contactEmail = fields.has("contactEmail");
    boolean scopes = fields.has("scopes");
    boolean networks = fields.has("allowedNetworks");
    String newName = fields.text("name");
    if (name && newName == null) {
      fields.wrong("name", "is needed");
    }
    Authorization authorization =
        fields.parsed(
            "authorization", ThirdPartiesResource::authorization, "takes manual or automatic");
    Boolean enabled = fields.truth("enabled");
    for (String field : List.of("authorization", "enabled")) {
      if (fields.isNull(field)) {
        fields.wrong(field, "can't be removed");
      }
    }
    String newCallbackUrl = fields.text("callbackUrl");
    String newContactName = fields.text("contactName");
    String newContactEmail = fields.text("contactEmail");
    List<String> newScopes = Objects.requireNonNullElse(fields.texts("scopes"), List.of());
    List<String> newNetworks =
        Objects.requireNonNullElse(fields.texts("allowedNetworks"), List.of());
    return was ->
        new ThirdPartyDraft(
            newName == null ? was.name() : newName,
            authorization == null ? was.authorization() : authorization,
            callbackUrl ? newCallbackUrl : was.callbackUrl(),
            contactName ? newContactName : was.contactName(),
            contactEmail ? newContactEmail : was.contactEmail(),
            scopes ? newScopes : was.scopes(),
            networks ? newNetworks : was.allowedNetworks(),
            enabled == null ? was.enabled() : enabled);
  }

  private static Authorization authorization(String text) {
    for (Authorization each : Authorization.values()) {
      if (each.toString().equals(text)) {
        return each;
      }
    }
    throw new IllegalArgumentException();
  }
}
