package dev.latchkey.admin.tokens;

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
import dev.latchkey.core.administer.RenewedBinding;
import dev.latchkey.core.administer.TokenAdministration;
import dev.latchkey.core.administer.TokenDraft;
import dev.latchkey.core.administer.TokenOrigin;
import dev.latchkey.core.administer.TokenPatch;
import dev.latchkey.core.administer.TokenView;
import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.token.CertificateThumbprint;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.Consumes;
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
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /third-parties/{id}/tokens}: issues tokens, renews them, switches them off and on. */
@Path("third-parties/{id}/tokens")
@Produces(MediaType.APPLICATION_JSON)
public final class TokensResource {

  private static final String MERGE_PATCH = "application/merge-patch+json";
  private static final Duration DEFAULT_OVERLAP = Duration.ofDays(7);
  private static final String CERTIFICATE = "certificate";
  private static final String LIFETIME =
      "takes an ISO-8601 period such as P6M or P90D, more than nothing and at most 10 years";

  private final Supplier<Administration> administration;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public TokensResource(@Context ServletContext context) {
    this.administration = () -> Running.service(context, Administration.class);
  }

  /** Lists a third party's tokens, newest first. */
  @GET
  @Needs(Role.VIEWER)
  public Response list(@PathParam("id") String id, @Context UriInfo uri) {
    Queries queries = new Queries(uri);
    Boolean active = queries.truth("active");
    TokenOrigin origin =
        queries.parsed(
            "origin",
            text -> TokenOrigin.of(text).orElseThrow(IllegalArgumentException::new),
            "takes admin, client_credentials or authorization_code");
    PageRequest page = queries.page();
    queries.done();
    return Replies.page(tokens().list(id, active, origin, page), TokenJson::of);
  }

  /** Counts a third party's tokens by who has made them. */
  @GET
  @Path("counts")
  @Needs(Role.VIEWER)
  public Response counts(@PathParam("id") String id, @Context UriInfo uri) {
    new Queries(uri).done();
    JsonArrayBuilder items = Json.createArrayBuilder();
    tokens()
        .counts(id)
        .forEach(
            each ->
                items.add(
                    Json.createObjectBuilder()
                        .add("origin", each.origin().toString())
                        .add("total", each.total())
                        .add("active", each.active())));
    return Replies.ok(Json.createObjectBuilder().add("items", items));
  }

  /** Issues a token. */
  @POST
  @Needs(Role.OPERATOR)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response create(
      @PathParam("id") String id,
      @Nullable JsonBody body,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Context UriInfo uri,
      @Context SecurityContext security) {
    Fields fields = new Fields(body);
    TokenDraft draft =
        new TokenDraft(
            fields.text("label"),
            fields.parsed("lifetime", Lifetime::parse, LIFETIME),
            fields.parsed(
                "expiresAt", Instant::parse, "takes an instant such as 2027-01-31T00:00:00Z"),
            fields.texts("scopes"),
            certificate(fields));
    fields.done();
    return created(
        tokens()
            .create(
                Caller.of(security).actor(), id, draft, Requests.idempotencyKey(key, uri, body)),
        uri);
  }

  /** One token. */
  @GET
  @Path("{token}")
  @Needs(Role.VIEWER)
  public Response get(
      @PathParam("id") String id,
      @PathParam("token") String tokenId,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    new Queries(uri).done();
    TokenView token = tokens().get(id, tokenId);
    return Preconditions.answered(headers, TokenJson.of(token), token.version());
  }

  /** Switches a token off or on, or labels it. */
  @PATCH
  @Path("{token}")
  @Needs(Role.OPERATOR)
  @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
  public Response change(
      @PathParam("id") String id,
      @PathParam("token") String tokenId,
      @Nullable JsonBody body,
      @Context HttpHeaders headers,
      @Context SecurityContext security) {
    Fields fields = new Fields(JsonBody.required(body));
    Boolean active = fields.truth("active");
    if (fields.isNull("active")) {
      fields.wrong("active", "can't be removed");
    }
    String label = fields.text("label");
    if (fields.isNull("label")) {
      label = "";
    }
    fields.done();
    Long expected =
        Preconditions.expectedVersion(headers, () -> tokens().get(id, tokenId).version());
    TokenView changed =
        tokens()
            .change(
                Caller.of(security).actor(), id, tokenId, expected, new TokenPatch(active, label));
    return Replies.ok(TokenJson.of(changed), changed.version());
  }

  /** Issues a token in the place of another one. */
  @POST
  @Path("{token}/renew")
  @Needs(Role.OPERATOR)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response renew(
      @PathParam("id") String id,
      @PathParam("token") String tokenId,
      @Nullable JsonBody body,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Context UriInfo uri,
      @Context SecurityContext security) {
    Fields fields = new Fields(body);
    Duration overlap =
        fields.parsed("overlap", Duration::parse, "takes an ISO-8601 duration such as P7D or PT0S");
    Lifetime lifetime = fields.parsed("lifetime", Lifetime::parse, LIFETIME);
    RenewedBinding binding =
        fields.has(CERTIFICATE) ? RenewedBinding.to(certificate(fields)) : RenewedBinding.KEPT;
    fields.done();
    return created(
        tokens()
            .renew(
                Caller.of(security).actor(),
                id,
                tokenId,
                overlap == null ? DEFAULT_OVERLAP : overlap,
                lifetime,
                binding,
                Requests.idempotencyKey(key, uri, body)),
        uri);
  }

  private static @Nullable CertificateThumbprint certificate(Fields fields) {
    return fields.parsed(CERTIFICATE, CertificateThumbprint::parse, CertificateThumbprint.TAKES);
  }

  private TokenAdministration tokens() {
    return administration.get().tokens();
  }

  private static Response created(Created<TokenView> created, UriInfo uri) {
    TokenView token = created.resource();
    return Requests.created(
        created,
        TokenJson.of(token),
        "token",
        token.version(),
        uri.getBaseUriBuilder()
            .path("third-parties")
            .path(token.thirdPartyId())
            .path("tokens")
            .path(token.id())
            .build());
  }
}
