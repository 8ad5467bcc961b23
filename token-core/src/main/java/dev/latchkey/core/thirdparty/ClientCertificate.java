package dev.latchkey.core.thirdparty;

import dev.latchkey.core.token.CertificateThumbprint;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Enumeration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The client certificate that a request came with: the one of its TLS connection (Jakarta Servlet
 * 6.0 §3.10), or behind a trusted proxy, which ends TLS itself, the one in {@code Client-Cert} (RFC
 * 9440). Behind a trusted proxy the connection's own certificate does not count, because it is the
 * proxy's and the same for all clients. Whether the certificate is valid is for whoever ends TLS.
 */
public final class ClientCertificate {

  /** The request attribute with the certificates of the TLS connection, the client's first. */
  static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";

  /** The field of RFC 9440 §2.2. */
  static final String FIELD = "Client-Cert";

  private ClientCertificate() {}

  /**
   * The certificate's thumbprint; null when the request came with none, or it can't be read.
   *
   * @param addresses which proxies are believed
   * @param peer the other end of the connection
   * @param attributes an attribute of the request by its name
   * @param headers the values of a header by its name, one for each line
   */
  public static @Nullable CertificateThumbprint of(
      ClientAddress addresses,
      String peer,
      Function<String, @Nullable Object> attributes,
      Function<String, @Nullable Enumeration<String>> headers) {
    try {
      return addresses.viaTrustedProxy(peer)
          ? ofField(headers.apply(FIELD))
          : ofConnection(attributes.apply(ATTRIBUTE));
    } catch (IllegalArgumentException unreadable) {
      return null;
    }
  }

  private static @Nullable CertificateThumbprint ofConnection(@Nullable Object attribute) {
    return attribute instanceof X509Certificate[] chain && chain.length > 0
        ? CertificateThumbprint.of(chain[0])
        : null;
  }

  private static @Nullable CertificateThumbprint ofField(@Nullable Enumeration<String> lines) {
    if (lines == null || !lines.hasMoreElements()) {
      return null;
    }
    String line = lines.nextElement();
    return lines.hasMoreElements() ? null : CertificateThumbprint.ofDer(byteSequence(line));
  }

  // RFC 8941 §4.2.7: sf-binary = ":" *(base64) ":", here without parameters.
  private static byte[] byteSequence(String line) {
    int from = 0;
    int to = line.length();
    while (from < to && blank(line.charAt(from))) {
      from++;
    }
    while (from < to && blank(line.charAt(to - 1))) {
      to--;
    }
    if (to - from < 2 || line.charAt(from) != ':' || line.charAt(to - 1) != ':') {
      throw new IllegalArgumentException("not a byte sequence");
    }
    return Base64.getDecoder().decode(line.substring(from + 1, to - 1));
  }

  // Servers leave on what is no part of a field's value (RFC 9110 §5.5).
  private static boolean blank(char c) {
    return c == ' ' || c == '\t';
  }
}
