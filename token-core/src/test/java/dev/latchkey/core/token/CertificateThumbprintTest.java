package dev.latchkey.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Certificate thumbprint (RFC 8705 §3.1)")
class CertificateThumbprintTest {

  private static final String PEM =
      """
      -----BEGIN CERTIFICATE-----
      MIIBiTCCAS+gAwIBAgIUM+LgWngqwzl761kru1MDUCwkvfswCgYIKoZIzj0EAwIw
      GTEXMBUGA1UEAwwOY2xpZW50LmV4YW1wbGUwIBcNMjYxMTI3MjMxNTEzWhgPMjEy
      NjExMDMyMzE1MTNaMBkxFzAVBgNVBAMMDmNsaWVudC5leGFtcGxlMFkwEwYHKoZI
      zj0CAQYIKoZIzj0DAQcDQgAEb5Hob3onKKW3OYUTko2DFB/bZQTdMol9svAHRblD
      9CncRQcdSPybsNQ3g7lJcdTrtgOqK2ypG64Y7bb7QEPnYKNTMFEwHQYDVR0OBBYE
      FHxsyodNDt+3SxzHCmzt5w1uncuNMB8GA1UdIwQYMBaAFHxsyodNDt+3SxzHCmzt
      5w1uncuNMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPitAtIy
      ILCQLbmEmLdKMXzE4FffjZ+Azw/SbU5Gz5hOAiB7RC/C17OuBUX0DZkury2xJHBs
      2SPU/TnQUwZ1edInxg==
      -----END CERTIFICATE-----
      """;

  /** As openssl prints it. */
  private static final String HEX =
      "B9:30:70:FA:FF:16:A0:1E:39:F6:DE:69:AF:45:D9:E6:81:24:1A:E9:D5:00:18:2B:06:73:3A:B3:7C:AD:4C:0C";

  private static final String BASE64URL = "uTBw-v8WoB459t5pr0XZ5oEkGunVABgrBnM6s3ytTAw";

  @Test
  void isTheSameHoweverItIsSpelt() {
    String plain = HEX.replace(":", "");
    for (String spelling :
        new String[] {
          PEM,
          PEM.strip(),
          "\r\n" + PEM.replace("\n", "\r\n"),
          HEX,
          HEX.toLowerCase(Locale.ROOT),
          plain,
          " " + plain.toLowerCase(Locale.ROOT) + "\n",
          BASE64URL
        }) {
      CertificateThumbprint thumbprint = CertificateThumbprint.parse(spelling);
      assertThat(thumbprint).hasToString(BASE64URL);
      assertThat(thumbprint).isEqualTo(CertificateThumbprint.ofDer(der()));
      assertThat(thumbprint).hasSameHashCodeAs(CertificateThumbprint.ofDer(der()));
      assertThat(CertificateThumbprint.ofBytes(thumbprint.toBytes())).isEqualTo(thumbprint);
    }
  }

  @Test
  void differsFromEveryOther() {
    byte[] other = CertificateThumbprint.parse(HEX).toBytes();
    other[31]++;
    assertThat(CertificateThumbprint.ofBytes(other))
        .isNotEqualTo(CertificateThumbprint.parse(HEX))
        .isNotEqualTo(null);
    assertThat(CertificateThumbprint.parse(HEX)).isNotEqualTo(BASE64URL);
  }

  @Test
  void isNotChangedByWhoeverGaveOrGotItsBytes() {
    byte[] bytes = CertificateThumbprint.parse(HEX).toBytes();
    CertificateThumbprint thumbprint = CertificateThumbprint.ofBytes(bytes);
    bytes[0]++;
    thumbprint.toBytes()[0]++;
    assertThat(thumbprint).hasToString(BASE64URL);
  }

  @ParameterizedTest
  @DisplayName("every other text is refused, and the message does not repeat it")
  @ValueSource(
      strings = {
        "",
        " ",
        "no certificate",
        "B93070FAFF16A01E39F6DE69AF45D9E681241AE9D500182B06733AB37CAD4C",
        "B93070FAFF16A01E39F6DE69AF45D9E681241AE9D500182B06733AB37CAD4C0C0C",
        "G93070FAFF16A01E39F6DE69AF45D9E681241AE9D500182B06733AB37CAD4C0C",
        "B9:3070FAFF16A01E39F6DE69AF45D9E681241AE9D500182B06733AB37CAD4C0C",
        "SHA1 Fingerprint=0B:9F:70",
        "uTBw-v8WoB459t5pr0XZ5oEkGunVABgrBnM6s3ytTA",
        "uTBw-v8WoB459t5pr0XZ5oEkGunVABgrBnM6s3ytTAw=",
        "uTBw+v8WoB459t5pr0XZ5oEkGunVABgrBnM6s3ytTAw",
        "uTBw-v8WoB459t5pr0XZ5oEkGunVABgrBnM6s3ytTAx",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIBiTCCAS8=\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIBiTCCAS8=\n-----END PUBLIC KEY-----"
      })
  void refusesOtherTexts(String text) {
    assertThatThrownBy(() -> CertificateThumbprint.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(
            refused -> {
              if (!text.isBlank()) {
                assertThat(refused.getMessage()).doesNotContain(text.strip());
              }
            });
  }

  @Test
  void refusesMoreThanOneCertificate() {
    String key = "-----BEGIN PRIVATE KEY-----\nMIIBiTCCAS8=\n-----END PRIVATE KEY-----\n";
    for (String text : new String[] {PEM + PEM, PEM + key, key + PEM, "CN=client\n" + PEM}) {
      assertThatThrownBy(() -> CertificateThumbprint.parse(text))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesBytesThatAreNotExactlyOneCertificate() {
    byte[] der = der();
    byte[] longer = Arrays.copyOf(der, der.length + 1);
    byte[] shorter = Arrays.copyOf(der, der.length - 1);
    byte[] pem = PEM.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (byte[] bytes : new byte[][] {new byte[0], {0x30}, longer, shorter, pem}) {
      assertThatThrownBy(() -> CertificateThumbprint.ofDer(bytes))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (int length : new int[] {0, 31, 33}) {
      assertThatThrownBy(() -> CertificateThumbprint.ofBytes(new byte[length]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @DisplayName("bytes that were changed anywhere have another thumbprint, or are refused")
  void survivesEveryChangedByte() {
    CertificateThumbprint original = CertificateThumbprint.ofDer(der());
    for (int at = 0; at < der().length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = der();
        changed[at] ^= (byte) (1 << bit);
        try {
          assertThat(CertificateThumbprint.ofDer(changed)).isNotEqualTo(original);
        } catch (IllegalArgumentException refused) {
          assertThat(refused).hasMessageContaining("DER");
        }
      }
    }
  }

  private static byte[] der() {
    return Base64.getMimeDecoder().decode(PEM.replaceAll("-----[A-Z ]+-----", ""));
  }
}
