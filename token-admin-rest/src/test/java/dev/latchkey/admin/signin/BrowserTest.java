package dev.latchkey.admin.signin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.admin.http.PublicAddress;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.thirdparty.PublicOrigin;
import jakarta.servlet.http.Cookie;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class BrowserTest {

  private static final Actor ADA = new Actor("ada", "127.0.0.1");
  private static final Caller BY_SESSION =
      Caller.by(new OpenSession("s", "ada", Role.ADMIN, false, Instant.MAX), "127.0.0.1");
  private static final Caller BY_SERVER = Caller.by(Caller.By.SERVER, ADA, Role.ADMIN);
  private static final Caller BY_BASIC = Caller.by(Caller.By.BASIC, ADA, Role.ADMIN);
  private static final Caller BY_TOKEN = Caller.by(Caller.By.TOKEN, ADA, Role.ADMIN);

  private final MockHttpServletRequest request = new MockHttpServletRequest();

  BrowserTest() {
    reached(request, Map.of());
    request.setContextPath("/latchkey");
    request.addHeader("Host", "keys.example:8443");
  }

  @Test
  @DisplayName("D4 a session changes things from the console's own page only")
  void takesChangesOfASessionFromTheConsole() {
    assertThat(refused(BY_SESSION)).isTrue();
    request.addHeader("X-Latchkey-Console", "1");
    assertThat(refused(BY_SESSION)).as("neither Origin nor Sec-Fetch-Site").isTrue();
    request.addHeader("Origin", "https://keys.example:8443");
    assertThat(refused(BY_SESSION)).isFalse();
    assertThat(refused(BY_SERVER)).isFalse();
  }

  @Test
  void believesTheBrowserBehindAProxyThatNamesAnotherHost() {
    request.addHeader("X-Latchkey-Console", "1");
    request.addHeader("Origin", "https://public.example");
    assertThat(refused(BY_SESSION)).isTrue();
    request.addHeader("Sec-Fetch-Site", "same-origin");
    assertThat(refused(BY_SESSION)).isFalse();
  }

  @Test
  @DisplayName("D4 what a page of another site has the browser send is refused, header or not")
  void refusesWhatComesFromElsewhere() {
    for (String[] from :
        new String[][] {
          {"Origin", "https://evil.example"},
          {"Origin", "http://keys.example"},
          {"Origin", "https://keys.example"},
          {"Origin", "null"},
          {"Origin", "https://keys.example:8443.evil.example"},
          {"Origin", "::"},
          {"Sec-Fetch-Site", "cross-site"},
          {"Sec-Fetch-Site", "same-site"},
          {"Sec-Fetch-Site", "none"},
          {"Sec-Fetch-Site", "something-new"}
        }) {
      MockHttpServletRequest sent = new MockHttpServletRequest();
      reached(sent, Map.of());
      sent.addHeader("Host", "keys.example:8443");
      sent.addHeader("X-Latchkey-Console", "1");
      sent.addHeader(from[0], from[1]);
      assertThat(RoleFilter.forged(BY_SESSION, sent)).as("%s: %s", (Object[]) from).isNotNull();
      assertThat(RoleFilter.forged(BY_SERVER, sent)).as("%s: %s", (Object[]) from).isNotNull();
    }
  }

  @Test
  @DisplayName("D4 Basic and Bearer need no header; a browser that knows a password sends none on")
  void leavesClientsThatAreNoBrowsersAlone() {
    assertThat(refused(BY_BASIC)).isFalse();
    assertThat(refused(BY_TOKEN)).isFalse();
    assertThat(refused(BY_SERVER)).as("a client certificate, for one").isFalse();
    request.addHeader("Origin", "https://evil.example");
    assertThat(refused(BY_BASIC)).isTrue();
    assertThat(refused(BY_TOKEN)).isFalse();
  }

  @Test
  @DisplayName("D4 a page that hides where it is from is of another site")
  void doesNotTakeAnOpaqueOriginForItsOwn() {
    request.addHeader("Origin", "null");
    assertThat(Browser.fromElsewhere(request)).isTrue();
    assertThat(refused(BY_BASIC)).isTrue();
  }

  @Test
  @DisplayName("D4 whoever the server has signed in by a cookie is treated as a session")
  void refusesTheServersCookieWithoutTheConsole() {
    request.addHeader("Cookie", "JSESSIONID=1");
    assertThat(refused(BY_SERVER)).isTrue();
  }

  @Test
  @DisplayName("D6 whom the server has signed in acts under no name that a user of ours can have")
  void tellsTheServersPeopleFromOurs() {
    Caller caller = Caller.ofServer("admin", "127.0.0.1", Role.OPERATOR);
    assertThat(caller.actor().name()).isEqualTo("server:admin");
    assertThat(caller.getName()).isEqualTo("admin");
    assertThat(caller.isUser()).isFalse();
  }

  @Test
  @DisplayName("D3 HttpOnly, SameSite=Strict, for this application alone on plain http")
  void keepsTheCookieClose() {
    assertThat(Browser.kept(request, "abc"))
        .isEqualTo("latchkey-session=abc; Path=/latchkey; HttpOnly; SameSite=Strict");
    assertThat(Browser.forgotten(request))
        .isEqualTo("latchkey-session=; Max-Age=0; Path=/latchkey; HttpOnly; SameSite=Strict");
  }

  // issue 14.6
  @Test
  @DisplayName("D3 on https Secure and __Host-, so that no other host can set it")
  void keepsTheCookieToThisHostOnHttps() {
    String kept = "__Host-latchkey-session=abc; Path=/; HttpOnly; SameSite=Strict; Secure";
    request.addHeader("Origin", "https://keys.example:8443");
    assertThat(Browser.kept(request, "abc")).as("the page is https").isEqualTo(kept);

    MockHttpServletRequest secure = new MockHttpServletRequest();
    reached(secure, Map.of());
    secure.setScheme("https");
    assertThat(Browser.kept(secure, "abc")).as("the server sees TLS").isEqualTo(kept);
    assertThat(Browser.forgotten(secure))
        .startsWith("__Host-latchkey-session=; Max-Age=0; Path=/;");

    MockHttpServletRequest behindAProxy = new MockHttpServletRequest();
    reached(behindAProxy, Map.of("latchkey.filter.trusted-proxies", "127.0.0.1"));
    behindAProxy.addHeader("X-Forwarded-Proto", "https");
    assertThat(Browser.kept(behindAProxy, "abc")).as("a trusted proxy says so").isEqualTo(kept);

    MockHttpServletRequest configured = new MockHttpServletRequest();
    reached(configured, Map.of("latchkey.admin.public-url", "https://keys.example/a"));
    assertThat(Browser.kept(configured, "abc")).as("the configuration says so").isEqualTo(kept);
  }

  // issue 14.6
  @Test
  @DisplayName("D3 on https a cookie that another host may have set does not count")
  void readsTheCookieOfHttpsFirst() {
    request.setCookies(new Cookie("latchkey-session", "plain"));
    assertThat(Browser.cookie(request)).isEqualTo("plain");
    request.setScheme("https");
    assertThat(Browser.cookie(request)).isNull();
    request.setCookies(
        new Cookie("latchkey-session", "plain"), new Cookie("__Host-latchkey-session", "tls"));
    assertThat(Browser.cookie(request)).isEqualTo("tls");
    request.setScheme("http");
    assertThat(Browser.cookie(request)).as("TLS that the server can't see").isEqualTo("tls");
    assertThat(Browser.forgotten(request))
        .startsWith("__Host-latchkey-session=;")
        .endsWith("Secure");
  }

  // issue 14.6
  @Test
  @DisplayName("D4 a page of the public origin is of here, whatever Host the proxy sends on")
  void knowsItsOwnPagesBehindAProxy() {
    for (Map<String, String> settings :
        List.of(
            Map.of("latchkey.filter.trusted-proxies", "127.0.0.1"),
            Map.of("latchkey.admin.public-url", "https://public.example/latchkey"))) {
      for (String[] page :
          new String[][] {
            {"https://public.example", "of here"},
            {"http://public.example", "of elsewhere"},
            {"https://public.example:8443", "of elsewhere"},
            {"https://public.example.evil.example", "of elsewhere"},
            {"http://keys.example:8443", "of elsewhere"},
            {"null", "of elsewhere"}
          }) {
        MockHttpServletRequest sent = new MockHttpServletRequest();
        reached(sent, settings);
        sent.addHeader("Host", "keys.example:8443");
        sent.addHeader("X-Forwarded-Proto", "https");
        sent.addHeader("X-Forwarded-Host", "public.example");
        sent.addHeader("X-Latchkey-Console", "1");
        sent.addHeader("Origin", page[0]);
        assertThat(RoleFilter.forged(BY_SESSION, sent) == null ? "of here" : "of elsewhere")
            .as("%s with %s", page[0], settings)
            .isEqualTo(page[1]);
        assertThat(Browser.fromElsewhere(sent)).isEqualTo(page[1].equals("of elsewhere"));
      }
    }
  }

  private static void reached(MockHttpServletRequest request, Map<String, String> properties) {
    Settings settings = Settings.read(Map.of(), properties, Map.of(), Map.of());
    PublicAddress.set(
        request.getServletContext(),
        PublicOrigin.configured(settings, settings.get(Key.ADMIN_PUBLIC_URL)));
  }

  private boolean refused(Caller caller) {
    return RoleFilter.forged(caller, request) != null;
  }
}
