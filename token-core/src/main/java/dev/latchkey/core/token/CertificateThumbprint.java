package dev.latchkey.core.token;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 thumbprint of a client certificate, which a token may be bound to ({@code x5t#S256},
 * RFC 8705 §3.1). It is no secret. Immutable.
 */
public final class CertificateThumbprint {

  /** What {@link #parse} takes, for a person. */
  public static final String TAKES =
      "takes one X.509 certificate in PEM and nothing else, or the SHA-256 thumbprint of one: 64"
          + " hexadecimal digits, with or without colons, or 43 characters of base64url";

  private static final int LENGTH = 32;
  private static final String LABEL = "CERTIFICATE-----";
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END " + LABEL;
  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{64}");
  private static final Pattern HEX_WITH_COLONS =
      Pattern.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31}");
  private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]{43}");

  private final byte[] hash;

  private CertificateThumbprint(byte[] hash) {
    this.hash = hash;
  }

  /**
   * The thumbprint that was stored as these bytes.
   *
   * @throws IllegalArgumentException when they are not 32
   */
  public static CertificateThumbprint ofBytes(byte[] hash) {
    if (hash.length != LENGTH) {
      throw new IllegalArgumentException("a SHA-256 thumbprint has 32 bytes, not " + hash.length);
    }
    return new CertificateThumbprint(hash.clone());
  }

  /**
   * The thumbprint of a certificate.
   *
   * @throws IllegalArgumentException when the certificate can't be encoded
   */
  public static CertificateThumbprint of(X509Certificate certificate) {
    try {
      return new CertificateThumbprint(TokenHash.sha256().digest(certificate.getEncoded()));
    } catch (CertificateException notEncodable) {
      throw new IllegalArgumentException("a certificate that can't be encoded", notEncodable);
    }
  }

  /**
   * The thumbprint of a certificate in DER.
   *
   * @throws IllegalArgumentException when the bytes are not exactly one X.509 certificate
   */
  public static CertificateThumbprint ofDer(byte[] der) {
    // CertificateFactory takes PEM as well, and ignores what follows a certificate.
    if (der.length == 0 || der[0] != 0x30) {
      throw new IllegalArgumentException("not a certificate in DER");
    }
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (!Arrays.equals(certificate.getEncoded(), der)) {
        throw new IllegalArgumentException("more than a certificate in DER");
      }
      return of(certificate);
    } catch (CertificateException | RuntimeException malformed) {
      // Providers do not promise to throw nothing else at bytes that are no certificate.
      throw new IllegalArgumentException("not a certificate in DER", malformed);
    }
  }

  /**
   * The thumbprint that an admin means: {@value #TAKES}.
   *
   * @throws IllegalArgumentException for every other text; the message does not repeat it
   */
  public static CertificateThumbprint parse(String text) {
    String given = text.strip();
    if (given.startsWith(BEGIN)) {
      return ofPem(given);
    }
    if (HEX.matcher(given).matches()) {
      return new CertificateThumbprint(HexFormat.of().parseHex(given));
    }
    if (HEX_WITH_COLONS.matcher(given).matches()) {
      return new CertificateThumbprint(HexFormat.ofDelimiter(":").parseHex(given));
    }
    if (BASE64URL.matcher(given).matches()) {
      CertificateThumbprint thumbprint =
          new CertificateThumbprint(Base64.getUrlDecoder().decode(given));
      // 43 characters have two bits more than 32 bytes: there is one spelling of each thumbprint.
      if (thumbprint.toString().equals(given)) {
        return thumbprint;
      }
    }
    throw new IllegalArgumentException("neither a certificate nor a thumbprint");
  }

  // RFC 7468 §2. A file with the private key, or with a chain, begins more than once.
  private static CertificateThumbprint ofPem(String pem) {
    int body = (BEGIN + LABEL).length();
    int end = pem.length() - END.length();
    if (end < body
        || !pem.startsWith(BEGIN + LABEL)
        || !pem.endsWith(END)
        || pem.indexOf(BEGIN, BEGIN.length()) >= 0) {
      throw new IllegalArgumentException("not one certificate in PEM");
    }
    String base64 = pem.substring(body, end).replaceAll("[ \\t\\r\\n]", "");
    return ofDer(Base64.getDecoder().decode(base64));
  }

  /** The 32 bytes to store; a new array. */
  public byte[] toBytes() {
    return hash.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CertificateThumbprint that && MessageDigest.isEqual(hash, that.hash);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }

  /** The base64url text without padding of {@code x5t#S256}. */
  @Override
  public String toString() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }
}
