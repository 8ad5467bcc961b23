package dev.latchkey.admin.http;

import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.json.VersionTag;
import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.StaleVersionException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a request (RFC 9110 §13.1). {@code If-Match} compares the version in a tag,
 * weak or strong: a proxy that compresses an answer turns its tag weak, and what a change is based
 * on is the same. {@code If-None-Match} compares whole tags. Other conditions are ignored.
 */
public final class Preconditions {

  private Preconditions() {}

  /**
   * The version that a command must find; null for any.
   *
   * @param present the version that is there now
   * @throws InvalidInputException when {@code If-Match} is malformed
   * @throws StaleVersionException when none of several tags is the present one
   */
  public static @Nullable Long expectedVersion(HttpHeaders headers, LongSupplier present) {
    return expectedVersion(headers.getHeaderString(HttpHeaders.IF_MATCH), present);
  }

  static @Nullable Long expectedVersion(@Nullable String header, LongSupplier present) {
    if (header == null) {
      return null;
    }
    EntityTags tags = EntityTags.parse(header);
    if (tags == null) {
      throw new InvalidInputException(
          List.of(new FieldError("If-Match", "takes entity tags in quotes, or *")));
    }
    if (tags.any()) {
      return null;
    }
    List<Long> versions = tags.opaque().stream().map(VersionTag::versionOf).toList();
    if (versions.size() == 1) {
      return versions.get(0);
    }
    long now = present.getAsLong();
    if (!versions.contains(now)) {
      throw stale();
    }
    return now;
  }

  /**
   * The answer to a GET: 200 with an object and its tag, or 304 when {@code If-None-Match} names
   * that tag. A malformed {@code If-None-Match} is ignored.
   *
   * @throws InvalidInputException when {@code If-Match} is malformed
   * @throws StaleVersionException when {@code If-Match} names another version
   */
  public static Response answered(HttpHeaders headers, JsonObjectBuilder object, long version) {
    Long expected = expectedVersion(headers, () -> version);
    if (expected != null && expected != version) {
      throw stale();
    }
    JsonObject answered = object.build();
    String tag = VersionTag.of(version, answered);
    String known = headers.getHeaderString(HttpHeaders.IF_NONE_MATCH);
    EntityTags tags = known == null ? null : EntityTags.parse(known);
    Response.ResponseBuilder response =
        tags != null && tags.name(tag)
            ? Response.notModified()
            : Replies.builder(Response.ok(), answered);
    return response.header(HttpHeaders.ETAG, tag).build();
  }

  private static StaleVersionException stale() {
    return new StaleVersionException(
        "it has been changed since you read it: read it again and repeat your change on that");
  }
}
