package dev.latchkey.admin.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.admin.http.PublicAddress;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.thirdparty.PublicOrigin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletConfig;
import org.springframework.mock.web.MockServletContext;

class ConsoleServletTest {

  private static final PublicOrigin AS_SEEN =
      PublicOrigin.configured(
          Settings.read(Map.of(), Map.of(), Map.of(), Map.of()), Optional.empty());

  private static final String LONG = "export const a = 1;\n".repeat(200);

  private final ConsoleServlet servlet = new ConsoleServlet();

  @TempDir Path war;

  @BeforeEach
  void start() throws Exception {
    write("index.html", "<!doctype html><title>home</title>");
    write("handover/index.html", "<!doctype html><title>handover</title>");
    write("console/main.js", LONG);
    write("console/small.css", "a { }");
    write("console/key.svg", "<svg/>");
    write("console/font.woff2", "not really a font");
    write("console/odd.xyz", "?");
    write("WEB-INF/web.xml", "<web-app/>");
    write("META-INF/MANIFEST.MF", "Manifest-Version: 1.0");
    servlet.init(new MockServletConfig(new MockServletContext("file:" + war)));
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html;charset=UTF-8",
    "/index.html, text/html;charset=UTF-8",
    "/handover/, text/html;charset=UTF-8",
    "/console/main.js, text/javascript;charset=UTF-8",
    "/console/small.css, text/css;charset=UTF-8",
    "/console/key.svg, image/svg+xml;charset=UTF-8",
    "/console/font.woff2, font/woff2",
    "/console/odd.xyz, application/octet-stream"
  })
  void servesFilesByTheirType(String path, String type) throws IOException {
    MockHttpServletResponse response = get(path);
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentType()).isEqualTo(type);
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-cache");
    assertThat(response.getContentAsByteArray()).hasSize(response.getContentLength());
  }

  @Test
  void servesThePageOfAFolder() throws IOException {
    assertThat(get("/").getContentAsString()).contains("home");
    assertThat(get("/handover/").getContentAsString()).contains("handover");
    MockHttpServletResponse response = get("/handover");
    assertThat(response.getStatus()).isEqualTo(301);
    assertThat(response.getHeader("Location")).isEqualTo("/latchkey/handover/");
    assertThat(get("").getHeader("Location")).isEqualTo("/latchkey/");
    // So do some servers ask for the root.
    MockHttpServletRequest root = new MockHttpServletRequest("GET", "/latchkey");
    root.setContextPath("/latchkey");
    root.setServletPath("/");
    PublicAddress.set(root.getServletContext(), AS_SEEN);
    MockHttpServletResponse moved = new MockHttpServletResponse();
    servlet.service(root, moved);
    assertThat(moved.getHeader("Location")).isEqualTo("/latchkey/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/WEB-INF/web.xml",
        "/META-INF/MANIFEST.MF",
        "/console/../WEB-INF/web.xml",
        "/console/",
        "/console",
        "//index.html",
        "/Index.html",
        "/nothing"
      })
  void servesNothingElse(String path) throws IOException {
    assertThat(get(path).getStatus()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "TRACE", "OPTIONS"})
  void takesNoChanges(String method) throws IOException {
    MockHttpServletResponse response = ask(method, "/index.html", null, null);
    assertThat(response.getStatus()).isEqualTo(405);
    assertThat(response.getHeader("Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void answersHeadWithoutABody() throws IOException {
    MockHttpServletResponse response = ask("HEAD", "/console/main.js", null, null);
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentLength()).isEqualTo(LONG.length());
    assertThat(response.getContentAsByteArray()).isEmpty();
  }

  @Test
  void answersThatAFileIsStillTheSame() throws IOException {
    String tag = Objects.requireNonNull(get("/console/main.js").getHeader("ETag"));
    for (String known : new String[] {tag, tag.substring(2), "\"x\", " + tag, "*"}) {
      MockHttpServletResponse response = ask("GET", "/console/main.js", null, known);
      assertThat(response.getStatus()).as(known).isEqualTo(304);
      assertThat(response.getContentAsByteArray()).isEmpty();
      assertThat(response.getHeader("ETag")).isEqualTo(tag);
    }
    assertThat(ask("GET", "/console/main.js", null, "\"x\"").getStatus()).isEqualTo(200);
    assertThat(get("/console/small.css").getHeader("ETag")).isNotEqualTo(tag);
  }

  @Test
  void compressesForWhoeverTakesIt() throws IOException {
    for (String takes : new String[] {"gzip", "br, GZIP;q=0.5", "deflate, gzip"}) {
      MockHttpServletResponse response = ask("GET", "/console/main.js", takes, null);
      assertThat(response.getHeader("Content-Encoding")).as(takes).isEqualTo("gzip");
      assertThat(response.getHeader("Vary")).isEqualTo("Accept-Encoding");
      byte[] sent = response.getContentAsByteArray();
      assertThat(sent).hasSizeLessThan(LONG.length() / 2).hasSize(response.getContentLength());
      assertThat(
              new String(
                  new GZIPInputStream(new ByteArrayInputStream(sent)).readAllBytes(),
                  StandardCharsets.UTF_8))
          .isEqualTo(LONG);
    }
    for (String takesNot : new String[] {"identity", "br", "gzip;q=0", "gzip; q=0.0", "xgzip"}) {
      assertThat(ask("GET", "/console/main.js", takesNot, null).getContentAsString())
          .as(takesNot)
          .isEqualTo(LONG);
    }
    assertThat(ask("GET", "/console/small.css", "gzip", null).getHeader("Vary")).isNull();
  }

  @Test
  @DisplayName("D5 every page says what it may do; HSTS where it came over TLS")
  void saysWhatAPageMayDo() throws Exception {
    MockHttpServletResponse page = filtered("/index.html", false);
    assertThat(page.getHeader("Content-Security-Policy"))
        .contains(
            "default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
        .doesNotContain("unsafe");
    assertThat(page.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.getHeader("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(page.getHeader("Permissions-Policy")).contains("camera=()");
    assertThat(page.getHeader("Strict-Transport-Security")).isNull();
    assertThat(filtered("/index.html", true).getHeader("Strict-Transport-Security"))
        .isEqualTo("max-age=31536000");
    // Said by the API itself.
    assertThat(filtered("/api/v1", false).getHeader("Content-Security-Policy")).isNull();
    assertThat(filtered("/api/v1", false).getHeader("Permissions-Policy")).isNotNull();
  }

  private static MockHttpServletResponse filtered(String path, boolean secure) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/latchkey" + path);
    request.setServletPath(path);
    request.setScheme(secure ? "https" : "http");
    PublicAddress.set(request.getServletContext(), AS_SEEN);
    MockHttpServletResponse response = new MockHttpServletResponse();
    new SecurityHeaders().doFilter(request, response, new MockFilterChain());
    return response;
  }

  private MockHttpServletResponse get(String path) throws IOException {
    return ask("GET", path, null, null);
  }

  private MockHttpServletResponse ask(
      String method, String path, @Nullable String encodings, @Nullable String known)
      throws IOException {
    MockHttpServletRequest request = new MockHttpServletRequest(method, "/latchkey" + path);
    request.setContextPath("/latchkey");
    request.setServletPath(path);
    PublicAddress.set(request.getServletContext(), AS_SEEN);
    if (encodings != null) {
      request.addHeader("Accept-Encoding", encodings);
    }
    if (known != null) {
      request.addHeader("If-None-Match", known);
    }
    MockHttpServletResponse response = new MockHttpServletResponse();
    servlet.service(request, response);
    return response;
  }

  private void write(String path, String content) throws IOException {
    Path file = war.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
