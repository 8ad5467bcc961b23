package dev.latchkey.admin.json;

import jakarta.json.JsonObject;

/** A JSON object to be sent, in our own words: servers write JSON structures in different ways. */
public record JsonReply(JsonObject object) {}
