package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.Map;

/** A token as its admin handles it and its third party sends it. Immutable. */
final class Token {

  private final Admin admin;
  private final ThirdParty owner;
  private final JsonObject issued;

  Token(Admin admin, ThirdParty owner, JsonObject issued) {
    this.admin = admin;
    this.owner = owner;
    this.issued = issued;
  }

  ThirdParty owner() {
    return owner;
  }

  String id() {
    return issued.getString("id");
  }

  String text() {
    return issued.getString("token");
  }

  /** The answer that issued it. */
  JsonObject issued() {
    return issued;
  }

  String path() {
    return owner.path() + "/tokens/" + id();
  }

  /** As the list shows it now. */
  JsonObject row() {
    return owner.tokens().stream()
        .filter(row -> row.getString("id").equals(id()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row for token " + id()));
  }

  void isDeactivated() {
    admin.patches(path(), Map.of("active", false)).hasStatus(200);
  }

  void isActivatedAgain() {
    admin.patches(path(), Map.of("active", true)).hasStatus(200);
  }

  /** The new token. */
  Token isRenewed(Duration overlap) {
    Answer answer = admin.posts(path() + "/renew", Map.of("overlap", overlap.toString()));
    JsonObject renewed = answer.hasStatus(201).json();
    assertThat(renewed.getString("id")).isNotEqualTo(id());
    return new Token(admin, owner, renewed);
  }

  @Override
  public String toString() {
    return "token " + id();
  }
}
