package dev.latchkey.core.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.token.CertificateThumbprint;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Client certificate of a request")
class ClientCertificateTest {

  private static final String DER =
      "MIIBiTCCAS+gAwIBAgIUM+LgWngqwzl761kru1MDUCwkvfswCgYIKoZIzj0EAwIwGTEXMBUGA1UE"
          + "AwwOY2xpZW50LmV4YW1wbGUwIBcNMjYxMTI3MjMxNTEzWhgPMjEyNjExMDMyMzE1MTNaMBkxFzAV"
          + "BgNVBAMMDmNsaWVudC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEb5Hob3onKKW3"
          + "OYUTko2DFB/bZQTdMol9svAHRblD9CncRQcdSPybsNQ3g7lJcdTrtgOqK2ypG64Y7bb7QEPnYKNT"
          + "MFEwHQYDVR0OBBYEFHxsyodNDt+3SxzHCmzt5w1uncuNMB8GA1UdIwQYMBaAFHxsyodNDt+3SxzH"
          + "Cmzt5w1uncuNMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPitAtIyILCQLbmE"
          + "mLdKMXzE4FffjZ+Azw/SbU5Gz5hOAiB7RC/C17OuBUX0DZkury2xJHBs2SPU/TnQUwZ1edInxg==";
  private static final String CLIENT = "192.0.2.1";
  private static final String PROXY = "10.0.0.1";

  private final ClientAddress addresses =
      new ClientAddress(AllowedNetworks.of(List.of("10.0.0.0/8")));
  private final CertificateThumbprint thumbprint =
      CertificateThumbprint.ofDer(Base64.getDecoder().decode(DER));

  @Test
  @DisplayName("is the first one of the TLS connection")
  void ofTheConnection() throws Exception {
    assertThat(of(CLIENT, certificates(1))).isEqualTo(thumbprint);
    assertThat(of(CLIENT, certificates(2))).isEqualTo(thumbprint);
    assertThat(of(CLIENT, certificates(0))).isNull();
    assertThat(of(CLIENT, null)).isNull();
    assertThat(of(CLIENT, "a text")).isNull();
  }

  @ParameterizedTest
  @DisplayName("behind a trusted proxy it is the byte sequence in Client-Cert")
  @ValueSource(strings = {":%s:", "  :%s:\t"})
  void ofTheField(String field) {
    assertThat(of(PROXY, null, field.formatted(DER))).isEqualTo(thumbprint);
  }

  @Test
  @DisplayName("Client-Cert of anybody else is ignored")
  void ofNobodyElse() throws Exception {
    assertThat(of(CLIENT, null, ":" + DER + ":")).isNull();
    assertThat(of(CLIENT, certificates(1), ":AAAA:")).isEqualTo(thumbprint);
    ClientAddress trustsNobody = new ClientAddress(AllowedNetworks.ANYWHERE);
    assertThat(
            ClientCertificate.of(
                trustsNobody, PROXY, name -> null, name -> fields(name, ":" + DER + ":")))
        .isNull();
  }

  @Test
  @DisplayName("the certificate of a trusted proxy's own connection is not the client's")
  void neverTheProxys() throws Exception {
    assertThat(of(PROXY, certificates(1))).isNull();
    assertThat(of(PROXY, certificates(1), ":AAAA:")).isNull();
  }

  @Test
  @DisplayName("two fields are as none")
  void notTwice() {
    String field = ":" + DER + ":";
    assertThat(of(PROXY, null, field, field)).isNull();
    assertThat(of(PROXY, null, field + ", " + field)).isNull();
    assertThat(of(PROXY, null, field, "")).isNull();
  }

  @ParameterizedTest
  @DisplayName("a malformed field is as none")
  @ValueSource(
      strings = {
        "",
        ":",
        "::",
        ":AAAA:",
        ":%s",
        "%s:",
        "%s",
        "\"%s\"",
        ":%s:;a=1",
        ": %s:",
        ":%sAAAA:",
        ":AAAA%s:",
        ":not base64!:",
        ":\u00e4:"
      })
  void malformed(String field) {
    assertThat(of(PROXY, null, field.formatted(DER))).isNull();
  }

  @Test
  @DisplayName("a server that answers null in place of no fields is understood")
  void noEnumeration() {
    assertThat(ClientCertificate.of(addresses, PROXY, name -> null, name -> null)).isNull();
  }

  private @Nullable CertificateThumbprint of(
      String peer, @Nullable Object attribute, String... fields) {
    return ClientCertificate.of(
        addresses,
        peer,
        name -> name.equals("jakarta.servlet.request.X509Certificate") ? attribute : null,
        name -> fields(name, fields));
  }

  private static Enumeration<String> fields(String name, String... fields) {
    return Collections.enumeration(name.equals("Client-Cert") ? List.of(fields) : List.of());
  }

  private static X509Certificate[] certificates(int count) throws Exception {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(DER)));
    return Collections.nCopies(count, certificate).toArray(new X509Certificate[0]);
  }
}
