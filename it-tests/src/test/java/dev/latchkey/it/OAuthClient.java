package dev.latchkey.it;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Software of a third party with automatic authorization, which speaks OAuth. Immutable. */
final class OAuthClient {

  static final String FORM = "application/x-www-form-urlencoded";
  static final String CALLBACK = "https://client.example/callback";

  private final Latchkey latchkey;
  private final ThirdParty owner;
  private final String secret;

  private OAuthClient(Latchkey latchkey, ThirdParty owner, String secret) {
    this.latchkey = latchkey;
    this.owner = owner;
    this.secret = secret;
  }

  /** The software of a new third party. */
  static OAuthClient registered(Latchkey latchkey, Map<String, ?> more) {
    Map<String, Object> draft = new LinkedHashMap<>();
    draft.put("authorization", "automatic");
    draft.put("callbackUrl", CALLBACK);
    draft.putAll(more);
    return of(latchkey, latchkey.admin().registers("OAuth client", draft));
  }

  static OAuthClient of(Latchkey latchkey, ThirdParty owner) {
    return new OAuthClient(latchkey, owner, owner.registered().getString("clientSecret"));
  }

  ThirdParty owner() {
    return owner;
  }

  String id() {
    return owner.clientId();
  }

  String secret() {
    return secret;
  }

  /** The same software with another secret. */
  OAuthClient withSecret(String another) {
    return new OAuthClient(latchkey, owner, another);
  }

  /** A form sent to an endpoint, the client being authenticated by HTTP Basic. */
  Answer asks(String endpoint, Map<String, String> form) {
    return noted(
        posts(latchkey, endpoint, encoded(form))
            .signedInAs(escaped(id()), escaped(secret))
            .answer());
  }

  /** The token endpoint's answer to a request by client credentials. */
  Answer fetches(String scope) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    if (!scope.isEmpty()) {
      form.put("scope", scope);
    }
    return asks("token", form);
  }

  /** A token by client credentials. */
  String token() {
    return fetches("").hasStatus(200).json().getString("access_token");
  }

  private Answer noted(Answer answer) {
    if (answer.status() == 200 && answer.body().contains("access_token")) {
      latchkey.secrets().seen(answer.json().getString("access_token"));
    }
    return answer;
  }

  /** A form sent without credentials. */
  static Call posts(Latchkey latchkey, String endpoint, String form) {
    return latchkey.calls("/latchkey/oauth/" + endpoint).by("POST").sending(FORM, form);
  }

  static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> escaped(field.getKey()) + '=' + escaped(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
