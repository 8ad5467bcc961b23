package dev.latchkey.it;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Someone who speaks to the admin REST API with the credentials of a role. Keeps every secret that
 * it is shown. Immutable but for a count that makes names unique.
 */
final class Admin {

  private static final String API = "/latchkey/api/v1";
  private static final AtomicInteger REGISTERED = new AtomicInteger();

  private final Latchkey latchkey;
  private final UnaryOperator<Call> credentials;

  Admin(Latchkey latchkey, UnaryOperator<Call> credentials) {
    this.latchkey = latchkey;
    this.credentials = credentials;
  }

  /** A call of the API, signed in; {@code path} begins after the API's root. */
  Call calls(String path) {
    return credentials.apply(latchkey.calls(API + path));
  }

  Answer gets(String path) {
    return calls(path).answer();
  }

  Answer posts(String path, Map<String, ?> members) {
    return posts(path, text(members));
  }

  Answer posts(String path, String json) {
    return noted(calls(path).by("POST").sending("application/json", json).answer());
  }

  Answer patches(String path, Map<String, ?> members) {
    return patches(path, text(members));
  }

  Answer patches(String path, String json) {
    return calls(path).by("PATCH").sending("application/merge-patch+json", json).answer();
  }

  Answer deletes(String path) {
    return calls(path).by("DELETE").answer();
  }

  /** The first 200 of a list. */
  List<JsonObject> items(String path) {
    String limited = path + (path.contains("?") ? "&" : "?") + "limit=200";
    return itemsOf(gets(limited).hasStatus(200).json());
  }

  static List<JsonObject> itemsOf(JsonObject list) {
    return list.getJsonArray("items").getValuesAs(JsonValue::asJsonObject);
  }

  /** Registers a third party with manual authorization under a name that begins like this. */
  ThirdParty registers(String name) {
    return registers(name, Map.of());
  }

  ThirdParty registers(String name, Map<String, ?> more) {
    Map<String, Object> draft = new HashMap<>(Map.of("authorization", "manual"));
    draft.putAll(more);
    draft.put("name", name + " " + REGISTERED.incrementAndGet());
    return new ThirdParty(this, posts("/third-parties", draft).hasStatus(201).json());
  }

  /** A token for these scopes, of a new third party that may have them. */
  Token issuesTokenFor(String... scopes) {
    return registers("Third Party", Map.of("scopes", List.of(scopes))).addsTokenFor(scopes);
  }

  /** Keeps the secrets that an answer shows. */
  Answer noted(Answer answer) {
    if (answer.status() == 201 || answer.status() == 200) {
      JsonObject shown = answer.json();
      for (String secret : List.of("token", "clientSecret", "password", "url")) {
        if (shown.get(secret) instanceof jakarta.json.JsonString text) {
          String shownOnce = text.getString();
          // Of a link, what is behind the #.
          latchkey.secrets().seen(shownOnce.substring(shownOnce.indexOf('#') + 1));
        }
      }
    }
    return answer;
  }

  static String text(Map<String, ?> members) {
    return Json.createObjectBuilder(members).build().toString();
  }
}
