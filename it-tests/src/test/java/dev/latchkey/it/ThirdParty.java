package dev.latchkey.it;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;

/** A registered third party, as its admin handles it. Immutable. */
final class ThirdParty {

  private final Admin admin;
  private final JsonObject registered;

  ThirdParty(Admin admin, JsonObject registered) {
    this.admin = admin;
    this.registered = registered;
  }

  String id() {
    return registered.getString("id");
  }

  String clientId() {
    return registered.getString("clientId");
  }

  String name() {
    return registered.getString("name");
  }

  /** The answer that registered it. */
  JsonObject registered() {
    return registered;
  }

  String path() {
    return "/third-parties/" + id();
  }

  Token addsToken() {
    return addsToken(Map.of());
  }

  Token addsToken(Map<String, ?> draft) {
    return new Token(admin, this, admin.posts(path() + "/tokens", draft).hasStatus(201).json());
  }

  Token addsTokenFor(String... scopes) {
    return addsToken(Map.of("scopes", List.of(scopes)));
  }

  List<JsonObject> tokens() {
    return admin.items(path() + "/tokens");
  }

  JsonObject now() {
    return admin.gets(path()).hasStatus(200).json();
  }

  void isDisabled() {
    changes(Map.of("enabled", false));
  }

  void isEnabledAgain() {
    changes(Map.of("enabled", true));
  }

  JsonObject changes(Map<String, ?> members) {
    return admin.patches(path(), members).hasStatus(200).json();
  }

  @Override
  public String toString() {
    return "third party " + id();
  }
}
