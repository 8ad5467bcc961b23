package dev.latchkey.admin.thirdparties;

import static dev.latchkey.admin.json.Replies.texts;
import static dev.latchkey.admin.json.Replies.value;

import dev.latchkey.core.administer.ThirdPartyView;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;

/** A third party in JSON. */
public final class ThirdPartyJson {

  private ThirdPartyJson() {}

  /** The object that stands for a third party. */
  public static JsonObjectBuilder of(ThirdPartyView party) {
    return Json.createObjectBuilder()
        .add("id", party.id())
        .add("clientId", party.id())
        .add("name", party.name())
        .add("enabled", party.enabled())
        .add("authorization", party.authorization().toString())
        .add("callbackUrl", value(party.callbackUrl()))
        .add("contactName", value(party.contactName()))
        .add("contactEmail", value(party.contactEmail()))
        .add("scopes", texts(party.scopes()))
        .add("allowedNetworks", texts(party.allowedNetworks()))
        .add("createdAt", party.createdAt().toString())
        .add("createdBy", party.createdBy())
        .add("activeTokens", party.activeTokens());
  }
}
