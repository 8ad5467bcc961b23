package dev.latchkey.admin.tokens;

import static dev.latchkey.admin.json.Replies.texts;
import static dev.latchkey.admin.json.Replies.value;

import dev.latchkey.core.administer.TokenView;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;

/** A token's row in JSON. */
public final class TokenJson {

  private TokenJson() {}

  /** The object that stands for a token; never its secret. */
  public static JsonObjectBuilder of(TokenView token) {
    return Json.createObjectBuilder()
        .add("id", token.id())
        .add("thirdPartyId", token.thirdPartyId())
        .add("hint", token.hint())
        .add("label", value(token.label()))
        .add("scopes", texts(token.scopes()))
        .add("createdAt", token.createdAt().toString())
        .add("createdBy", token.createdBy())
        .add("expiresAt", value(token.expiresAt()))
        .add("replacedBy", value(token.replacedBy()))
        .add("certificate", value(token.certificate()))
        .add("active", token.active())
        .add("status", token.status().toString())
        .add("deactivatedAt", value(token.deactivatedAt()))
        .add("lastUsedAt", value(token.lastUsedAt()))
        .add("lastUsedFrom", value(token.lastUsedFrom()))
        .add("useCount", token.useCount())
        .add("usesPerDay", Json.createArrayBuilder(token.usesPerDay()));
  }
}
