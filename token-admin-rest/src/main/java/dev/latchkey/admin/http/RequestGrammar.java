package dev.latchkey.admin.http;

import dev.latchkey.admin.problem.ProblemPage;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a request of a shape that a JAX-RS runtime would fail on, with a problem document: a
 * method that is no standard one, an address that is not percent-encoded UTF-8, a malformed {@code
 * Content-Type} or {@code Accept}. Passes these two fields on in one spelling, and leaves out the
 * fields of language and charset, which nothing here reads. Stands in front of sign-in. Of a
 * request to the OAuth endpoints, which have a form of their own for errors, it looks at the
 * address alone.
 */
public final class RequestGrammar extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String CONTENT_TYPE = "Content-Type";
  private static final String ACCEPT = "Accept";
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final Set<String> NOT_READ =
      Set.of(
          "accept-language",
          "accept-charset",
          "content-language",
          "if-modified-since",
          "if-unmodified-since",
          "if-range",
          "range");
  private static final Set<String> CHARSETS = Set.of("utf-8", "utf8", "us-ascii");

  /** For the container. */
  public RequestGrammar() {}

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    // The OAuth endpoints answer these in the form of RFC 6749 §5.2, and no JAX-RS reads them.
    boolean oauth = ProblemPage.isOAuth(request);
    if (!oauth && !METHODS.contains(request.getMethod())) {
      response.setHeader("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
      ProblemPage.write(response, 405, "The method is not one that any address here takes.");
      return;
    }
    if (!encoded(request.getRequestURI(), true) || !encoded(request.getQueryString(), false)) {
      ProblemPage.refuse(
          request,
          response,
          400,
          "The address is not percent-encoded UTF-8 without NUL (RFC 3986).");
      return;
    }
    if (oauth) {
      chain.doFilter(request, response);
      return;
    }
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    List<String> types = Collections.list(request.getHeaders(CONTENT_TYPE));
    List<String> accepts = Collections.list(request.getHeaders(ACCEPT));
    if (!types.isEmpty()) {
      String type = types.size() > 1 ? null : MediaTypes.contentType(types.get(0));
      if (type == null) {
        ProblemPage.write(response, 400, "Content-Type is not one well-formed media type.");
        return;
      }
      if (!isUtf8(type)) {
        ProblemPage.write(response, 415, "The body must be UTF-8.");
        return;
      }
      fields.put(CONTENT_TYPE, List.of(type));
    }
    if (!accepts.isEmpty()) {
      String accept = MediaTypes.accept(String.join(",", accepts));
      if (accept == null) {
        ProblemPage.write(response, 400, "Accept is not a list of well-formed media ranges.");
        return;
      }
      fields.put(ACCEPT, List.of(accept));
    }
    chain.doFilter(new Respelled(request, fields), response);
  }

  private static boolean isUtf8(String type) {
    for (String parameter : type.split(";", -1)) {
      if (parameter.startsWith("charset=")) {
        String charset = parameter.substring("charset=".length()).replace("\"", "");
        if (!CHARSETS.contains(charset.toLowerCase(Locale.ROOT))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether a part of an address is ASCII, and UTF-8 without NUL behind its percent signs. */
  static boolean encoded(@Nullable String part, boolean path) {
    if (part == null) {
      return true;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(part.length());
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c <= ' ' || c >= 0x7f || path && "\"<>\\^`{|}".indexOf(c) >= 0) {
        return false;
      }
      if (c == '%') {
        int high = i + 2 < part.length() ? Character.digit(part.charAt(i + 1), 16) : -1;
        int low = i + 2 < part.length() ? Character.digit(part.charAt(i + 2), 16) : -1;
        // Not every database takes NUL for a character of a text.
        if (high < 0 || low < 0 || high + low == 0) {
          return false;
        }
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
      return true;
    } catch (CharacterCodingException notUtf8) {
      return false;
    }
  }

  /** A request with some fields in other words, and without those that nothing reads. */
  private static final class Respelled extends HttpServletRequestWrapper {

    private final Map<String, List<String>> fields;

    Respelled(HttpServletRequest request, Map<String, List<String>> fields) {
      super(request);
      this.fields = fields;
    }

    @Override
    public @Nullable String getHeader(String name) {
      Enumeration<String> values = getHeaders(name);
      return values.hasMoreElements() ? values.nextElement() : null;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      if (NOT_READ.contains(name.toLowerCase(Locale.ROOT))) {
        return Collections.emptyEnumeration();
      }
      List<String> values = fields.get(name);
      return values == null ? super.getHeaders(name) : Collections.enumeration(values);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      List<String> names = new ArrayList<>();
      for (String name : Collections.list(super.getHeaderNames())) {
        if (!NOT_READ.contains(name.toLowerCase(Locale.ROOT))) {
          names.add(name);
        }
      }
      return Collections.enumeration(names);
    }

    @Override
    public @Nullable String getContentType() {
      return getHeader(CONTENT_TYPE);
    }
  }
}
