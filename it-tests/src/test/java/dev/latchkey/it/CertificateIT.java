package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are bound to a client certificate, behind a proxy that ends TLS (RFC 9440). */
// issue 18.7
@ExtendWith(TestedServer.class)
@Order(31)
@Tag("admin")
@Tag("once")
@DisplayName("Certificate-bound tokens (RFC 8705 §3)")
class CertificateIT {

  /** {@code latchkey.filter.trusted-proxies} of {@code jvm.options}. */
  private static final String PROXY = "127.0.0.9";

  private static final String CLIENT = "127.0.0.1";
  private static final String API = "/latchkey/api/v1";

  private static final String DER =
      "MIIBiTCCAS+gAwIBAgIUM+LgWngqwzl761kru1MDUCwkvfswCgYIKoZIzj0EAwIwGTEXMBUGA1UE"
          + "AwwOY2xpZW50LmV4YW1wbGUwIBcNMjYxMTI3MjMxNTEzWhgPMjEyNjExMDMyMzE1MTNaMBkxFzAV"
          + "BgNVBAMMDmNsaWVudC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEb5Hob3onKKW3"
          + "OYUTko2DFB/bZQTdMol9svAHRblD9CncRQcdSPybsNQ3g7lJcdTrtgOqK2ypG64Y7bb7QEPnYKNT"
          + "MFEwHQYDVR0OBBYEFHxsyodNDt+3SxzHCmzt5w1uncuNMB8GA1UdIwQYMBaAFHxsyodNDt+3SxzH"
          + "Cmzt5w1uncuNMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPitAtIyILCQLbmE"
          + "mLdKMXzE4FffjZ+Azw/SbU5Gz5hOAiB7RC/C17OuBUX0DZkury2xJHBs2SPU/TnQUwZ1edInxg==";
  private static final String OTHER_DER =
      "MIIBhzCCAS2gAwIBAgIUIg+6zc+IkGO+wb1HyWaSJmpEbAEwCgYIKoZIzj0EAwIwGDEWMBQGA1UE"
          + "AwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjcyMzE1MTNaGA8yMTI2MTEwMzIzMTUxM1owGDEWMBQG"
          + "A1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIZhPbWyidU7c3xw"
          + "mc9yKH+hlYGbxTfbxwjrNR989vDkIVetnCHjfRzCSn5TIVTK5MGWkDjLWUQRL7SiEGeQmsWjUzBR"
          + "MB0GA1UdDgQWBBTp1nGM1fP7a2RHHCxJVUoDuJTzVzAfBgNVHSMEGDAWgBTp1nGM1fP7a2RHHCxJ"
          + "VUoDuJTzVzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIBrsB7Jmqx9CYgwyu6Ur"
          + "w2vKUvSCbOsHenpXzV47SKaPAiEA4rtrYksqygSWj72xC33493qA0zcmYMYL0nh/6A9igq8=";
  private static final String FIELD = ":" + DER + ":";
  private static final String OTHER_FIELD = ":" + OTHER_DER + ":";
  private static final byte[] HASH = sha256(DER);
  private static final String THUMBPRINT = base64url(HASH);
  private static final String OTHER_THUMBPRINT = base64url(sha256(OTHER_DER));

  private final Latchkey latchkey;
  private final Admin admin;

  CertificateIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @Test
  void showsTheThumbprintHoweverTheCertificateWasGiven() {
    ThirdParty party = admin.registers("Bound");
    String colons = HexFormat.ofDelimiter(":").formatHex(HASH);
    for (String given :
        List.of(
            pem(DER),
            pem(DER).replace("\n", "\r\n"),
            colons,
            colons.toUpperCase(Locale.ROOT),
            HexFormat.of().formatHex(HASH),
            THUMBPRINT)) {
      Token token = party.addsToken(Map.of("certificate", given));
      assertThat(token.issued().getString("certificate")).isEqualTo(THUMBPRINT);
      assertThat(token.row().getString("certificate")).isEqualTo(THUMBPRINT);
    }
    Token unbound = party.addsToken();
    assertThat(unbound.issued().get("certificate")).isEqualTo(JsonValue.NULL);
    assertThat(unbound.row().get("certificate")).isEqualTo(JsonValue.NULL);
    assertThat(
            admin
                .posts(party.path() + "/tokens", "{\"certificate\": null}")
                .hasStatus(201)
                .json()
                .get("certificate"))
        .isEqualTo(JsonValue.NULL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"none\"",
        "true",
        "{}",
        "\"ab:cd\"",
        "\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\"",
        "\"-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2Vw\\n-----END PRIVATE KEY-----\""
      })
  void refusesWhatIsNoCertificate(String json) {
    Token token = admin.registers("Not Bound").addsToken();
    String body = "{\"certificate\": " + json + "}";
    for (String path : List.of(token.owner().path() + "/tokens", token.path() + "/renew")) {
      Answer refused = admin.posts(path, body).complainsOf("certificate");
      assertThat(refused.body()).doesNotContain("MC4CAQAwBQYDK2Vw");
    }
    assertThat(token.owner().tokens()).hasSize(1);
  }

  @Test
  void keepsTheCertificateAtARenewalUnlessItIsChanged() {
    Token token = bound();
    Token kept = renewed(token, "{}", THUMBPRINT);
    Token changed =
        renewed(kept, Admin.text(Map.of("certificate", pem(OTHER_DER))), OTHER_THUMBPRINT);

    admitted(changed, OTHER_FIELD);
    refused(latchkey.calls("/sample/whoami").with(changed).with("Client-Cert", FIELD), PROXY);
    Answer free = admin.posts(changed.path() + "/renew", "{\"certificate\": null}").hasStatus(201);
    assertThat(free.json().get("certificate")).isEqualTo(JsonValue.NULL);
    latchkey.calls("/sample/whoami").bearing(free.json().getString("token")).isAdmitted();

    String audit =
        admin.gets("/audit-events?third-party=" + token.owner().id()).hasStatus(200).body();
    assertThat(audit).contains(THUMBPRINT, OTHER_THUMBPRINT, "replacedCertificate");
  }

  @Test
  @DisplayName("admits a bound token with its certificate, and counts nothing else as one")
  void demandsTheCertificate() {
    Token token = bound();
    admitted(token, FIELD);

    Call call = latchkey.calls("/sample/whoami").with(token);
    refused(call, CLIENT);
    refused(call, PROXY);
    refused(call.with("Client-Cert", OTHER_FIELD), PROXY);
    refused(call.with("Client-Cert", FIELD), CLIENT);
    refused(call.with("Client-Cert", FIELD).with("Client-Cert", FIELD), PROXY);
    refused(call.with("Client-Cert", FIELD + ", " + FIELD), PROXY);
    refused(call.with("Client-Cert", DER), PROXY);
    refused(call.with("Client-Cert", ":" + DER), PROXY);
    refused(call.with("Client-Cert", FIELD + ";a"), PROXY);
    refused(call.with("Client-Cert", "\"" + DER + "\""), PROXY);
    refused(call.with("Client-Cert", ":AAAA:"), PROXY);
    refused(call.with("Client-Cert", ""), PROXY);
  }

  @Test
  void demandsTheCertificateAtForwardAuth() {
    Token token = bound();
    Call call = latchkey.calls("/verify").with(token);
    call.with("Client-Cert", FIELD).rawAnswerFrom(PROXY).hasStatus(204);
    refused(call, PROXY);
    refused(call.with("Client-Cert", OTHER_FIELD), PROXY);
    refused(call.with("Client-Cert", FIELD), CLIENT);
  }

  @Test
  void demandsTheCertificateAtItsOwnDoors() {
    ThirdParty party =
        admin.registers(
            "Bound Reader", Map.of("scopes", List.of("latchkey:viewer", "latchkey:introspect")));
    Token token = party.addsToken(Map.of("certificate", THUMBPRINT));
    Call reads = latchkey.calls(API + "/third-parties").with(token);
    reads.with("Client-Cert", FIELD).rawAnswerFrom(PROXY).hasStatus(200);
    reads.rawAnswerFrom(PROXY).isProblem(401);
    reads.with("Client-Cert", OTHER_FIELD).rawAnswerFrom(PROXY).isProblem(401);
    reads.with("Client-Cert", FIELD).rawAnswerFrom(CLIENT).isProblem(401);

    Call asks = OAuthClient.posts(latchkey, "introspect", "token=x").with(token);
    asks.with("Client-Cert", FIELD).rawAnswerFrom(PROXY).hasStatus(200);
    asks.rawAnswerFrom(PROXY).hasStatus(401);
    asks.with("Client-Cert", FIELD).rawAnswerFrom(CLIENT).hasStatus(401);
  }

  @Test
  void tellsTheCertificateToWhoeverIntrospects() {
    OAuthClient gateway =
        OAuthClient.registered(latchkey, Map.of("scopes", List.of("latchkey:introspect")));
    JsonObject known =
        gateway.asks("introspect", Map.of("token", bound().text())).hasStatus(200).json();
    assertThat(known.getBoolean("active")).isTrue();
    assertThat(known.getJsonObject("cnf").getString("x5t#S256")).isEqualTo(THUMBPRINT);
    assertThat(known.getJsonObject("cnf")).hasSize(1);

    Token unbound = admin.registers("Not Bound").addsToken();
    assertThat(gateway.asks("introspect", Map.of("token", unbound.text())).json())
        .doesNotContainKey("cnf");
  }

  @Test
  void bindsATokenThatIsFetchedWithACertificate() {
    OAuthClient client =
        OAuthClient.registered(latchkey, Map.of("scopes", List.of("latchkey:introspect")));
    assertThat(fetched(client, PROXY, FIELD)).isEqualTo(THUMBPRINT);
    assertThat(fetched(client, PROXY, OTHER_FIELD)).isEqualTo(OTHER_THUMBPRINT);
    assertThat(fetched(client, PROXY, ":AAAA:")).isNull();
    assertThat(fetched(client, CLIENT, FIELD)).isNull();
    assertThat(client.owner().tokens())
        .extracting(row -> String.valueOf(row.get("certificate")))
        .containsExactlyInAnyOrder(
            '"' + THUMBPRINT + '"', '"' + OTHER_THUMBPRINT + '"', "null", "null");
    assertThat(
            latchkey
                .calls("/latchkey/.well-known/oauth-authorization-server")
                .answer()
                .json()
                .getBoolean("tls_client_certificate_bound_access_tokens"))
        .isTrue();
  }

  @Test
  void namesTheCertificateInTheAccessCheck() {
    JsonObject report =
        admin.posts("/access-check", Map.of("token", bound().text())).hasStatus(200).json();
    assertThat(report.getBoolean("works")).isTrue();
    assertThat(report.getJsonArray("steps").getValuesAs(JsonValue::asJsonObject))
        .filteredOn(step -> step.getString("check").equals("certificate"))
        .singleElement()
        .satisfies(step -> assertThat(step.getString("detail")).contains(THUMBPRINT));
    assertThat(report.getJsonObject("token").getString("certificate")).isEqualTo(THUMBPRINT);
  }

  private Token bound() {
    return admin.registers("Bound").addsToken(Map.of("certificate", pem(DER)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/latchkey/metrics", "/metrics"})
  void readsTheMetricsOnlyWithItsCertificate(String path) {
    Token bound =
        admin
            .registers("Scraper", Map.of("scopes", List.of("latchkey:viewer")))
            .addsToken(Map.of("certificate", THUMBPRINT));
    Call call = latchkey.calls(path).with(bound).with("X-Forwarded-For", "203.0.113.9");

    call.with("Client-Cert", FIELD).rawAnswerFrom(PROXY).hasStatus(200);
    call.with("Client-Cert", OTHER_FIELD).rawAnswerFrom(PROXY).isProblem(401);
    call.rawAnswerFrom(PROXY).isProblem(401);
  }

  private Token renewed(Token token, String json, String expected) {
    JsonObject renewed = admin.posts(token.path() + "/renew", json).hasStatus(201).json();
    assertThat(renewed.getString("certificate")).isEqualTo(expected);
    return new Token(admin, token.owner(), renewed);
  }

  private void admitted(Token token, String field) {
    latchkey
        .calls("/sample/whoami")
        .with(token)
        .with("Client-Cert", field)
        .rawAnswerFrom(PROXY)
        .hasStatus(200);
  }

  /** The answer is the same, byte for byte, as to an unrecognised token. */
  private void refused(Call call, String from) {
    Answer answer = call.rawAnswerFrom(from).isProblem(401);
    Answer foreign =
        latchkey.calls("/sample/whoami").bearing("unrecognised").rawAnswerFrom(from).isProblem(401);
    assertThat(answer.withoutTime()).isEqualTo(foreign.withoutTime());
  }

  /** What introspection says of a token that was fetched so; null for no certificate. */
  private @Nullable String fetched(OAuthClient client, String from, String field) {
    JsonObject answer =
        OAuthClient.posts(latchkey, "token", "grant_type=client_credentials")
            .signedInAs(OAuthClient.escaped(client.id()), OAuthClient.escaped(client.secret()))
            .with("Client-Cert", field)
            .rawAnswerFrom(from)
            .hasStatus(200)
            .json();
    assertThat(answer.getString("token_type")).isEqualTo("Bearer");
    String token = latchkey.secrets().seen(answer.getString("access_token"));
    JsonObject known = client.asks("introspect", Map.of("token", token)).hasStatus(200).json();
    assertThat(known.getBoolean("active")).isTrue();
    return known.containsKey("cnf") ? known.getJsonObject("cnf").getString("x5t#S256") : null;
  }

  private static String pem(String der) {
    return "-----BEGIN CERTIFICATE-----\n"
        + der.replaceAll("(.{64})", "$1\n")
        + "\n-----END CERTIFICATE-----\n";
  }

  private static byte[] sha256(String der) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(Base64.getDecoder().decode(der));
    } catch (java.security.NoSuchAlgorithmException everyPlatformHasIt) {
      throw new AssertionError(everyPlatformHasIt);
    }
  }

  private static String base64url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
