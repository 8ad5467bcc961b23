package dev.latchkey.admin.http;

import dev.latchkey.admin.json.JsonBody;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.json.VersionTag;
import dev.latchkey.core.administer.Created;
import dev.latchkey.core.administer.IdempotencyKey;
import dev.latchkey.core.token.TokenHash;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What all requests that create something have in common. */
public final class Requests {

  private Requests() {}

  /** The idempotency key of a request, bound to what it asks for; null when it has none. */
  public static @Nullable IdempotencyKey idempotencyKey(
      @Nullable String header, UriInfo uri, @Nullable JsonBody body) {
    return header == null
        ? null
        : new IdempotencyKey(
            header, TokenHash.of(uri.getPath() + '\n' + (body == null ? "" : body.text())));
  }

  /**
   * 201 with what was created, and once its secret.
   *
   * @param secretField the name of the secret
   * @param location where it is from now on
   */
  public static Response created(
      Created<?> created,
      JsonObjectBuilder object,
      String secretField,
      long version,
      URI location) {
    JsonObject resource = object.build();
    String secret = created.secret();
    JsonObject answered =
        secret == null
            ? resource
            : Json.createObjectBuilder(resource).add(secretField, secret).build();
    // The tag of a GET, which does not show the secret again.
    Response.ResponseBuilder response =
        Replies.builder(Response.created(location), answered)
            .header(HttpHeaders.ETAG, VersionTag.of(version, resource));
    return created.replayed()
        ? response.header("Idempotency-Replayed", "true").build()
        : response.build();
  }
}
