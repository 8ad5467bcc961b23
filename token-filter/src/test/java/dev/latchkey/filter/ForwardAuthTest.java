package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Settings;
import dev.latchkey.filter.Fixture.Issued;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockFilterConfig;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;

class ForwardAuthTest {

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "latchkey.filter.rules",
              "POST /orders/* write; * /secret/* secret",
              "latchkey.filter.excluded-paths",
              "/public/*"));
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final MockHttpServletRequest request = at("/verify");

  @Test
  void answers204AndWhoItIs() throws Exception {
    Issued token = latchkey.issues("b", "a");
    token(token);
    verify();
    assertThat(response.getStatus()).isEqualTo(204);
    assertThat(response.getHeader("X-Latchkey-Third-Party"))
        .matches("Gr%C3%B6%C3%9Fe & Co %25[0-9]+");
    assertThat(response.getHeader("X-Latchkey-Client-Id")).isEqualTo(token.thirdParty());
    assertThat(response.getHeader("X-Latchkey-Token-Id")).isEqualTo(token.id());
    assertThat(response.getHeader("X-Latchkey-Scopes")).isEqualTo("a b");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(latchkey.uses(token)).isEqualTo(1);
  }

  @Test
  void answersWhatTheFilterWould() throws Exception {
    verify();
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(response.getHeader("WWW-Authenticate")).startsWith("Bearer");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /orders/1, 204",
    "POST, /orders/1, 403",
    "POST, /orders/1?x=/public/, 403",
    "POST, /Orders//1, 403",
    "POST, https://api.example/orders/1, 403",
    // read as a host and a path by many libraries
    "POST, //host/orders/1, 403",
    "POST, ///orders/1, 403",
    "POST, //orders/1, 403",
    "GET, //host/orders/1, 204",
    "POST, https://api.example, 204",
    "POST, /orders;x/1, 403",
    "GET, /a/%2e%2e/secret, 400",
    "GET, /secret%2f1, 400",
    "GET, orders, 400",
    "GET, /a#b, 400",
    "GET, '', 400",
    // a query is no part of the path, wherever it begins
    "POST, https://api.example?x=/public/1, 204",
    "POST, https://api.example/orders/1?x=/public/1, 403",
    "POST, https://api.example#/public/1, 400",
    "POST, https://api.example\\/public/1, 400",
    "GET, x?://y/public/1, 400",
  })
  void rulesAreFedByTheForwardedRequest(String method, String uri, int status) throws Exception {
    token(latchkey.issues("other"));
    forwards(method, uri);
    verify();
    assertThat(response.getStatus()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Original-Uri", "X-Original-URL", "X-Forwarded-Uri"})
  @DisplayName("a header that a client adds can't outvote the one that the proxy sets")
  void allThatIsSaidMustBeAllowed(String ofProxy) throws Exception {
    Issued token = latchkey.issues("other");
    token(token);
    for (String header : new String[] {"X-Original-Uri", "X-Original-URL", "X-Forwarded-Uri"}) {
      request.addHeader(header, header.equals(ofProxy) ? "/secret/1" : "/public/1");
    }
    request.addHeader("X-Original-Method", "GET");
    request.addHeader("X-Forwarded-Method", "GET");
    verify();
    assertThat(response.getStatus()).isEqualTo(403);
    assertThat(latchkey.uses(token)).isZero();
  }

  @Test
  void allMethodsThatAreSaidMustBeAllowed() throws Exception {
    token(latchkey.issues("other"));
    request.addHeader("X-Forwarded-Method", "GET");
    request.addHeader("X-Original-Method", "POST");
    request.addHeader("X-Forwarded-Uri", "/orders/1");
    request.addHeader("X-Original-Uri", "/orders/1");
    verify();
    assertThat(response.getStatus()).isEqualTo(403);
  }

  @ParameterizedTest
  @DisplayName("a client can't add the half of a pair that its proxy does not set")
  @ValueSource(
      strings = {
        "X-Original-Uri=/secret/1 X-Forwarded-Method=OPTIONS",
        "X-Original-URL=/secret/1 X-Forwarded-Method=OPTIONS",
        "X-Forwarded-Uri=/secret/1 X-Original-Method=OPTIONS",
        "X-Forwarded-Uri=/secret/1 X-Original-Method=OPTIONS X-Original-Uri=/public/1",
        "X-Original-Method=GET X-Forwarded-Uri=/public/1",
        "X-Forwarded-Method=GET X-Original-Uri=/public/1",
        // What such a proxy asks all day, so that nobody takes it into service.
        "X-Original-Uri=/orders/1",
        "X-Forwarded-Uri=/public/1",
        "X-Forwarded-Method=GET",
        "X-Original-Method=OPTIONS",
      })
  void halfOfWhatARequestIsForIsRefused(String headers) throws Exception {
    for (String header : headers.split(" ")) {
      int equals = header.indexOf('=');
      request.addHeader(header.substring(0, equals), header.substring(equals + 1));
    }
    request.addHeader("Origin", "https://app.example");
    request.addHeader("Access-Control-Request-Method", "GET");
    verify();
    assertThat(response.getStatus()).isEqualTo(400);
    assertThat(response.getContentAsString()).contains("X-Original-Method and X-Original-Uri");
  }

  // issue 15.1, 15.5
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/größe/1",
        "/gr\u00c3\u00b6\u00c3\u009fe/1",
        "/gr%F6%DFe/1",
        "/%ff",
        "/%25%37%32eports/1",
        "/a%2525",
        "/a%25252f"
      })
  void aForwardedPathThatCanBeReadTwiceIsRefused(String uri) throws Exception {
    settings.put("latchkey.filter.paths", "/größe/*");
    forwards("GET", uri);
    verify();
    assertThat(response.getStatus()).isEqualTo(400);
  }

  // issue 15.1
  @ParameterizedTest
  @CsvSource({"/gr%C3%B6%C3%9Fe/1, 401", "/gro%CC%88%C3%9Fe/1, 401", "/other, 204"})
  void patternsThatAreNotAsciiGuard(String uri, int status) throws Exception {
    settings.put("latchkey.filter.paths", "/größe/*");
    forwards("GET", uri);
    verify();
    assertThat(response.getStatus()).isEqualTo(status);
  }

  // issue 14.5
  @ParameterizedTest
  @ValueSource(
      strings = {
        "post",
        "Post",
        "GeT",
        "GET, POST",
        "GET POST",
        "GET,POST",
        "",
        "G\u00cbT",
        "POST\u0131",
        "P\u212a",
        "GET\u0000",
        "GET\u001f",
        "\u001fGET",
        "GET\u00a0",
        "*",
        "-",
        "(GET)",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void aForwardedMethodThatIsNotInCapitalsIsRefused(String method) throws Exception {
    token(latchkey.issues("write", "secret"));
    forwards(method, "/orders/1");
    verify();
    assertThat(response.getStatus()).isEqualTo(400);
  }

  // issue 14.5
  @ParameterizedTest
  @ValueSource(strings = {"PROPFIND", "M-SEARCH", "BASELINE-CONTROL", "FOO_BAR", " GET "})
  void otherMethodsInCapitalsAreAllowed(String method) throws Exception {
    token(latchkey.issues("other"));
    forwards(method, "/orders/1");
    verify();
    assertThat(response.getStatus()).isEqualTo(204);
  }

  // issue 14.5
  @ParameterizedTest
  @CsvSource({"post, 400", "Get, 400", "POST, 403"})
  void theMethodThatIsAskedWithCountsAsWell(String method, int status) throws Exception {
    MockHttpServletRequest asked = at("/verify/orders/1");
    asked.setMethod(method);
    asked.addHeader("Authorization", latchkey.issues("other").header());
    endpoint().doFilter(asked, response, new MockFilterChain());
    assertThat(response.getStatus()).isEqualTo(status);
  }

  // A14
  @ParameterizedTest
  @CsvSource({"/public/1, 204", "/Public/1, 403", "/PUBLIC/1, 403", "/public//1, 204"})
  void anotherSpellingNeedsTheRuleOfThatSpellingToo(String uri, int status) throws Exception {
    settings.remove("latchkey.filter.excluded-paths");
    settings.put("latchkey.filter.rules", "* /public/* other; * /* all");
    token(latchkey.issues("other"));
    forwards("GET", uri);
    verify();
    assertThat(response.getStatus()).isEqualTo(status);
  }

  @Test
  @DisplayName("what is said of no request opens nothing without a token")
  void silenceNeedsAToken() throws Exception {
    settings.put("latchkey.filter.excluded-paths", "/verify");
    verify();
    assertThat(response.getStatus()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"X-Forwarded-Uri", "X-Original-Uri", "X-Forwarded-Method", "X-Original-Method"})
  void theSameHeaderTwiceIsRefused(String header) throws Exception {
    token(latchkey.issues());
    request.addHeader(header, "/a");
    request.addHeader(header, "/b");
    verify();
    assertThat(response.getStatus()).isEqualTo(400);
  }

  @Test
  void excludedPathsAndPreflightsPassWithoutAName() throws Exception {
    forwards("GET", "/public/1");
    verify();
    assertThat(response.getStatus()).isEqualTo(204);
    assertThat(response.getHeader("X-Latchkey-Client-Id")).isNull();
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");

    MockHttpServletRequest preflight = at("/verify");
    preflight.addHeader("X-Forwarded-Method", "OPTIONS");
    preflight.addHeader("X-Forwarded-Uri", "/orders/1");
    preflight.addHeader("Origin", "https://app.example");
    MockHttpServletResponse refused = new MockHttpServletResponse();
    endpoint().doFilter(preflight, refused, new MockFilterChain());
    assertThat(refused.getStatus()).isEqualTo(401);
    preflight.addHeader("Access-Control-Request-Method", "POST");
    MockHttpServletResponse passed = new MockHttpServletResponse();
    endpoint().doFilter(preflight, passed, new MockFilterChain());
    assertThat(passed.getStatus()).isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 204", "POST, 405", "PUT, 405"})
  void isAskedByGetOrHead(String method, int status) throws Exception {
    token(latchkey.issues());
    request.setMethod(method);
    verify();
    assertThat(response.getStatus()).isEqualTo(status);
    assertThat(response.getHeader("Allow")).isEqualTo(status == 405 ? "GET, HEAD" : null);
  }

  @Test
  void neverReachesTheApplication() throws Exception {
    token(latchkey.issues());
    MockFilterChain chain = new MockFilterChain();
    endpoint().doFilter(request, response, chain);
    assertThat(chain.getRequest()).isNull();
  }

  @ParameterizedTest
  @DisplayName("Envoy asks with the method of the request, at its path behind /verify")
  @CsvSource({
    "GET, /verify/orders/1, 204",
    "POST, /verify/orders/1, 403",
    "DELETE, /verify/other, 204",
    "GET, /verify/secret/1, 403",
    "GET, /verify/secret;x/1, 403",
    "GET, /verify/, 204",
    "GET, /verify/%2e%2e/x, 400",
    "GET, /%76erify/x, 400",
  })
  void isAskedAtThePathOfTheRequest(String method, String uri, int status) throws Exception {
    MockHttpServletRequest asked = at("/verify/x");
    asked.setMethod(method);
    asked.setRequestURI(uri);
    asked.addHeader("Authorization", latchkey.issues("other").header());
    endpoint().doFilter(asked, response, new MockFilterChain());
    assertThat(response.getStatus()).isEqualTo(status);
  }

  // issue 15.1: Payara answers 200 to a path that it can't decode, before any filter
  @ParameterizedTest
  @DisplayName("Envoy asks for the URI as a query, and takes 200 for a yes")
  @CsvSource({
    "GET, /orders/1, 200",
    "GET, /orders/1?x=y, 200",
    "POST, /orders/1, 403",
    "DELETE, /secret/1, 403",
    "GET, /secret;x/1, 403",
    "GET, /orders/x%, 400",
    "GET, /orders/%zz, 400",
    "GET, /gr\u00f6, 400",
    "get, /orders/1, 400",
  })
  void isAskedForAQuery(String method, String uri, int status) throws Exception {
    Issued token = latchkey.issues("other");
    token(token);
    request.setMethod(method);
    request.setQueryString(uri);
    request.addHeader("X-Forwarded-Uri", "/public/1");
    verify();
    assertThat(response.getStatus()).isEqualTo(status);
    assertThat(response.getHeader("X-Latchkey-Client-Id"))
        .isEqualTo(status == 200 ? token.thirdParty() : null);
  }

  @Test
  void aQueryThatIsNoUriIsNotLookedAt() throws Exception {
    token(latchkey.issues("other"));
    request.setQueryString("x=/secret/1");
    verify();
    assertThat(response.getStatus()).isEqualTo(204);
  }

  @ParameterizedTest
  @DisplayName("A12 a spelling that leads out of the endpoint gets no answer that means yes")
  @CsvSource({
    "/.well-known/oauth-protected-resource/..%2f..%2fsecret,"
        + " /verify/%2e%2e/.well-known/oauth-protected-resource/..%2f..%2fsecret",
    "/.well-known/oauth-protected-resource, /verify/../.well-known/oauth-protected-resource",
    "/open/x, /verify/%2e%2e/open/x",
  })
  void nothingBesideTheEndpointIsReachedThroughIt(String path, String uri) throws Exception {
    settings.put("latchkey.filter.paths", "/secret/*");
    settings.remove("latchkey.filter.excluded-paths");
    MockHttpServletRequest asked = at(path);
    asked.setRequestURI(uri);
    MockFilterChain chain = new MockFilterChain();
    endpoint().doFilter(asked, response, chain);
    assertThat(response.getStatus()).isEqualTo(400);
    assertThat(chain.getRequest()).isNull();
  }

  @Test
  void aHeaderCanNotOutvoteThePathThatIsAskedAt() throws Exception {
    MockHttpServletRequest asked = at("/verify/secret/1");
    asked.addHeader("X-Forwarded-Uri", "/public/1");
    endpoint().doFilter(asked, response, new MockFilterChain());
    assertThat(response.getStatus()).isEqualTo(401);
  }

  @ParameterizedTest
  @DisplayName(
      "A14 an excluded path with parameters is not excluded where they are part of the name")
  @CsvSource({"/public/x;y, 204", "/public;x/y, 401", "/;x/public/y, 401", "/public/;x/y, 204"})
  void excludedPathsWithParameters(String uri, int status) throws Exception {
    forwards("GET", uri);
    verify();
    assertThat(response.getStatus()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/secret;x/y", "/secret/1;x", "/;x/secret/1"})
  void whateverAServerMakesOfParametersTheRuleHolds(String uri) throws Exception {
    token(latchkey.issues("other"));
    forwards("GET", uri);
    verify();
    assertThat(response.getStatus()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/verifyx", "/", "/verif"})
  void otherPathsAreTheApplications(String path) throws Exception {
    MockHttpServletRequest other = at(path);
    other.addHeader("Authorization", latchkey.issues().header());
    MockFilterChain chain = new MockFilterChain();
    endpoint().doFilter(other, response, chain);
    assertThat(chain.getRequest()).isNotNull();
  }

  @Test
  void inAnApplicationThereIsNoSuchEndpoint() throws Exception {
    Settings read = Fixture.settings(settings);
    token(latchkey.issues());
    MockFilterChain chain = new MockFilterChain();
    new BearerTokenFilter(Guard.of(read, new Gate(read, latchkey::verifier), false), latchkey.clock)
        .doFilter(request, response, chain);
    assertThat(chain.getRequest()).isNotNull();
  }

  @Test
  void beforeItIsReadyItIsClosed() throws Exception {
    new BearerTokenFilter(latchkey.clock, Door.FORWARD_AUTH)
        .doFilter(request, response, new MockFilterChain());
    assertThat(response.getStatus()).isEqualTo(503);
  }

  @Test
  void opensTheDatabaseAndClosesIt() throws Exception {
    System.setProperty("latchkey.jdbc.url", Fixture.DATABASE);
    try {
      MockServletContext context = new MockServletContext();
      BearerTokenFilter endpoint = new BearerTokenFilter(latchkey.clock, Door.FORWARD_AUTH);
      endpoint.init(new MockFilterConfig(context));
      token(latchkey.issues());
      endpoint.doFilter(request, response, new MockFilterChain());
      assertThat(response.getStatus()).isEqualTo(204);
      endpoint.destroy();
      assertThat(context.getAttribute(SharedNode.class.getName())).isNull();
    } finally {
      System.clearProperty("latchkey.jdbc.url");
    }
  }

  private static MockHttpServletRequest at(String path) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
    request.setServletPath(path);
    return request;
  }

  private void forwards(String method, String uri) {
    request.addHeader("X-Forwarded-Method", method);
    request.addHeader("X-Forwarded-Uri", uri);
  }

  private void token(Issued token) {
    request.addHeader("Authorization", token.header());
  }

  private void verify() throws Exception {
    endpoint().doFilter(request, response, new MockFilterChain());
  }

  private BearerTokenFilter endpoint() {
    Settings read = Fixture.settings(settings);
    return new BearerTokenFilter(
        Guard.of(read, new Gate(read, latchkey::verifier), true), latchkey.clock);
  }
}
