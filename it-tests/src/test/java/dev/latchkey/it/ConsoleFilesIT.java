package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's files as a browser gets them, the same on every server (security D5). */
@ExtendWith(TestedServer.class)
@Order(16)
@Tag("admin")
@DisplayName("D5: the console's files")
class ConsoleFilesIT {

  private final Latchkey latchkey;

  ConsoleFilesIT(Latchkey latchkey) {
    this.latchkey = latchkey;
  }

  @ParameterizedTest
  @CsvSource({
    "/latchkey/, text/html",
    "/latchkey/index.html, text/html",
    "/latchkey/handover/, text/html",
    "/latchkey/console/http.js, text/javascript",
    "/latchkey/console/key.svg, image/svg+xml",
    "/latchkey/lib/lit-html/lit-html.js, text/javascript"
  })
  void areServedByTheirTypeAndKept(String path, String type) {
    Answer answer = latchkey.calls(path).answer().hasStatus(200);
    assertThat(answer.field("Content-Type")).startsWith(type);
    assertThat(answer.field("Cache-Control")).isEqualTo("no-cache");
    hasTheHeadersOfAPage(answer);

    Answer again = latchkey.calls(path).with("If-None-Match", answer.field("ETag")).answer();

    again.hasStatus(304);
    assertThat(again.body()).isEmpty();
    assertThat(answer.body()).doesNotContain("<script>", " style=\"", " onclick=");
  }

  @Test
  void areSentCompressed() {
    Answer answer =
        latchkey
            .calls("/latchkey/lib/lit-html/lit-html.js")
            .with("Accept-Encoding", "gzip, deflate, br")
            .answer()
            .hasStatus(200);
    assertThat(answer.field("Content-Encoding")).isEqualTo("gzip");
    assertThat(answer.field("Vary")).containsIgnoringCase("Accept-Encoding");
    assertThat(Integer.parseInt(answer.field("Content-Length"))).isLessThan(4000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/latchkey/WEB-INF/web.xml",
        "/latchkey/META-INF/MANIFEST.MF",
        "/latchkey/web-inf/web.xml",
        "/latchkey/console/%2e%2e/WEB-INF/web.xml",
        "/latchkey/console/..;/WEB-INF/web.xml",
        "/latchkey//WEB-INF/web.xml",
        "/latchkey/WEB-INF/lib/",
        "/latchkey/console/",
        "/latchkey/nothing-here"
      })
  void areAllThatIsServed(String path) {
    Answer answer = latchkey.calls(path).rawAnswer();
    // Payara sends whoever asks for a folder above to the root.
    assertThat(answer.status()).isIn(301, 400, 403, 404);
    assertThat(answer.body()).doesNotContain("web-app", "Manifest-Version", "dev.latchkey");
  }

  @Test
  void takeNoChanges() {
    latchkey.calls("/latchkey/index.html").by("POST").answer().hasStatus(405);
    latchkey.calls("/latchkey/index.html").by("DELETE").answer().hasStatus(405);
    hasTheHeadersOfAPage(latchkey.calls("/latchkey/nothing-here").answer().hasStatus(404));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/latchkey", "/latchkey/handover"})
  @DisplayName("without its slash a page is moved: relative addresses in it would lead elsewhere")
  void areFoundWithoutTheSlash(String path) {
    Answer moved =
        Call.to(
                java.net.http.HttpClient.newHttpClient(),
                latchkey.installation().withFilterAt(latchkey.installation().adminPort()),
                path)
            .answer()
            .hasStatus(301, 302, 303, 307, 308);
    assertThat(moved.field("Location")).endsWith(path + "/");
  }

  @Test
  void haveNoSingleSignOnWhereNobodyHasSetItUp() {
    Answer answer = latchkey.calls("/latchkey/sso").answer();
    assertThat(answer.status()).isIn(401, 403, 404);
    assertThat(
            latchkey
                .calls("/latchkey/api/v1/session/ways")
                .answer()
                .hasStatus(200)
                .json()
                .isNull("singleSignOn"))
        .isTrue();
  }

  @Test
  @DisplayName("D5: the API's answers say it once")
  void apiSaysItOnce() {
    Answer answer = latchkey.admin().gets("/stats").hasStatus(200);
    assertThat(answer.field("Content-Security-Policy")).contains("default-src 'none'");
    assertThat(answer.field("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.field("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(answer.field("Permissions-Policy")).contains("camera=()");
    assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
  }

  private static void hasTheHeadersOfAPage(Answer answer) {
    assertThat(answer.field("Content-Security-Policy"))
        .contains("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
        .contains("form-action 'self'")
        .doesNotContain("unsafe", "*", "http:");
    assertThat(answer.field("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.field("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(answer.field("Permissions-Policy")).contains("camera=()");
    assertThat(answer.fields("Strict-Transport-Security")).isEmpty();
  }
}
