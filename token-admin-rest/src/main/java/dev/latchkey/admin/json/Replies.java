package dev.latchkey.admin.json;

import dev.latchkey.core.administer.Page;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers in JSON. */
public final class Replies {

  private Replies() {}

  /** 200 with an object. */
  public static Response ok(JsonObjectBuilder object) {
    return builder(Response.ok(), object.build()).build();
  }

  /** 200 with an object that has a version, and its entity tag. */
  public static Response ok(JsonObjectBuilder object, long version) {
    JsonObject answered = object.build();
    return builder(Response.ok(), answered)
        .header(HttpHeaders.ETAG, VersionTag.of(version, answered))
        .build();
  }

  /** 200 with a page of a list. */
  public static <T> Response page(Page<T> page, Function<T, JsonObjectBuilder> view) {
    JsonArrayBuilder items = Json.createArrayBuilder();
    page.items().forEach(item -> items.add(view.apply(item)));
    return ok(Json.createObjectBuilder().add("items", items).add("next", value(page.next())));
  }

  /** An answer with an object. */
  public static Response.ResponseBuilder builder(
      Response.ResponseBuilder response, JsonObject object) {
    return response.entity(new JsonReply(object)).type(MediaType.APPLICATION_JSON_TYPE);
  }

  /** A text of anything, or null. */
  public static JsonValue value(@Nullable Object text) {
    return text == null ? JsonValue.NULL : Json.createValue(text.toString());
  }

  /** A list of texts. */
  public static JsonArrayBuilder texts(Collection<String> texts) {
    return Json.createArrayBuilder(texts);
  }
}
