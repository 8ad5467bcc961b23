package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.filter.Fixture.Issued;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterConfig;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;

class BearerTokenFilterTest {

  private static final String METADATA =
      "resource_metadata=\"http://localhost/.well-known/oauth-protected-resource\"";

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final Map<String, String> settings = new HashMap<>();
  private final List<HttpServletRequest> passed = new ArrayList<>();
  private final FilterChain application =
      (request, response) -> passed.add((HttpServletRequest) request);
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private @Nullable TokenVerifier verifier = latchkey.verifier();

  @Test
  @DisplayName("A4 without credentials: 401, and a challenge without error")
  void noCredentials() throws Exception {
    filter(get("/x"));
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(challenge()).isEqualTo("Bearer realm=\"latchkey\", " + METADATA);
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(response.getContentType()).isEqualTo("application/problem+json");
    assertThat(response.getContentAsString())
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,\"detail\":\"This"
                + " needs an access token in the Authorization header.\"}");
    assertThat(response.getContentLength()).isEqualTo(response.getContentAsString().length());
    assertThat(passed).isEmpty();
  }

  @ParameterizedTest
  @DisplayName("A2, A3 malformed: 400 invalid_request")
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "bearer  ",
        "Bearer a b",
        "Bearer a,b",
        "Bearer a, Bearer b",
        "Bearer =",
        "Bearer a=b",
        "Bearer \u00e4",
        "Bearer\ta",
        "Bearer:a",
        "Bearer,a",
        "Bearer  \t",
        "Bearer \"a\""
      })
  void malformed(String header) throws Exception {
    filter(with(get("/x"), header));
    assertThat(response.getStatus()).isEqualTo(400);
    assertThat(challenge())
        .startsWith("Bearer realm=\"latchkey\", error=\"invalid_request\", error_description=\"");
    assertThat(response.getContentAsString()).contains("\"error\":\"invalid_request\"");
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("A3 malformed: 400 also of a token in memory, and while tokens can't be checked")
  void malformedWhateverIsKnown() throws Exception {
    Issued token = latchkey.issues();
    filter(with(get("/x"), token.header()));
    assertThat(passed).hasSize(1);
    String misspelt = token.header().substring(0, 40) + '!' + token.header().substring(41);
    for (String header : List.of(misspelt, token.header() + "\u0100", token.header() + " x")) {
      assertThat(statusOf(header)).isEqualTo(400);
    }
    verifier = null;
    assertThat(statusOf(misspelt)).isEqualTo(400);
    assertThat(statusOf("Bearer ")).isEqualTo(400);
    assertThat(passed).hasSize(1);
  }

  private int statusOf(String header) throws Exception {
    MockHttpServletResponse answer = new MockHttpServletResponse();
    newFilter().doFilter(with(get("/x"), header), answer, application);
    return answer.getStatus();
  }

  @Test
  @DisplayName("A3 two Authorization headers: 400, whatever they are")
  void twoHeaders() throws Exception {
    Issued token = latchkey.issues();
    filter(with(with(get("/x"), token.header()), "Basic YTpi"));
    assertThat(response.getStatus()).isEqualTo(400);
  }

  @ParameterizedTest
  @DisplayName("A3 another scheme is as no credentials")
  @ValueSource(strings = {"Basic YTpi", "Bearerx y", "Digest a", "", " ", "BearerToken"})
  void otherSchemes(String header) throws Exception {
    filter(with(get("/x"), header));
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(challenge()).doesNotContain("error");
  }

  @ParameterizedTest
  @DisplayName("A2 the scheme in any case, one space or more")
  @ValueSource(strings = {"Bearer ", "bearer ", "BEARER   ", "  bEARER "})
  void schemes(String scheme) throws Exception {
    filter(with(get("/x"), scheme + latchkey.issues().secret()));
    assertThat(passed).hasSize(1);
  }

  @Test
  @DisplayName("A6 unknown, foreign, expired, switched off, from elsewhere: the same bytes")
  void invalidTokens() throws Exception {
    Issued expired =
        latchkey.issues(latchkey.registers(List.of(), List.of()), Duration.ofMinutes(1));
    Issued elsewhere =
        latchkey.issues(latchkey.registers(List.of(), List.of("203.0.113.0/24")), null);
    Issued off = latchkey.issues();
    latchkey.deactivates(off);
    latchkey.clock.pass(Duration.ofMinutes(1));
    String text = off.secret();
    List<String> bodies = new ArrayList<>();
    for (String token :
        List.of(
            "foreign",
            "x".repeat(16_000),
            text.substring(0, 62) + (text.endsWith("x") ? "y" : "x"),
            expired.secret(),
            elsewhere.secret(),
            off.secret())) {
      MockHttpServletResponse refused = new MockHttpServletResponse();
      newFilter().doFilter(with(get("/x"), "Bearer " + token), refused, application);
      assertThat(refused.getStatus()).isEqualTo(401);
      bodies.add(refused.getHeader("WWW-Authenticate") + refused.getContentAsString());
    }
    assertThat(bodies).allMatch(bodies.get(0)::equals);
    assertThat(bodies.get(0)).contains("error=\"invalid_token\"", "\"error\":\"invalid_token\"");
    assertThat(passed).isEmpty();
    assertThat(latchkey.uses(elsewhere)).isZero();
  }

  @Test
  void admitsAnActiveTokenAndNamesItsThirdParty() throws Exception {
    Issued token = latchkey.issues("a", "b");
    filter(with(get("/x"), token.header()));
    HttpServletRequest request = passed.get(0);
    assertThat(request.getAuthType()).isEqualTo("BEARER");
    assertThat(request.getRemoteUser()).isEqualTo(token.thirdParty());
    assertThat(request.isUserInRole("a")).isTrue();
    assertThat(request.isUserInRole("c")).isFalse();
    ThirdPartyPrincipal principal = (ThirdPartyPrincipal) request.getUserPrincipal();
    assertThat(principal).isSameAs(request.getUserPrincipal());
    assertThat(principal.getName()).startsWith("Größe");
    assertThat(principal.getClientId()).isEqualTo(token.thirdParty());
    assertThat(principal.getTokenId()).isEqualTo(token.id());
    assertThat(principal.getScopes()).containsExactlyInAnyOrder("a", "b");
    assertThat(principal)
        .hasToString("ThirdPartyPrincipal[" + token.thirdParty() + ", token " + token.id() + "]");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("private");
    assertThat(latchkey.uses(token)).isEqualTo(1);
    assertThat(latchkey.lastUsedFrom(token)).isEqualTo("127.0.0.1");
  }

  @Test
  void principalsAreEqualWhenTheyStandForTheSameToken() throws Exception {
    Issued token = latchkey.issues("a");
    filter(with(get("/x"), token.header()));
    filter(with(get("/y"), token.header()));
    filter(with(get("/y"), latchkey.issues("a").header()));
    assertThat(passed.get(0).getUserPrincipal())
        .isEqualTo(passed.get(1).getUserPrincipal())
        .hasSameHashCodeAs(passed.get(1).getUserPrincipal())
        .isNotEqualTo(passed.get(2).getUserPrincipal())
        .isNotEqualTo("x");
  }

  @Test
  @DisplayName("A7 403 names the scopes that the rule needs")
  void insufficientScope() throws Exception {
    settings.put("latchkey.filter.rules", "POST /x/* b a");
    Issued token = latchkey.issues("a");
    MockHttpServletRequest request = with(get("/X//y/"), token.header());
    request.setMethod("POST");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(403);
    assertThat(challenge()).contains("error=\"insufficient_scope\"", ", scope=\"a b\"", METADATA);
    assertThat(response.getContentAsString()).contains("\"title\":\"Forbidden\"");
    assertThat(latchkey.uses(token)).isZero();
    filter(with(get("/x/y"), token.header()));
    assertThat(passed).hasSize(1);
  }

  @Test
  void admitsWithTheScopeOfTheRule() throws Exception {
    settings.put("latchkey.filter.rules", "* /x/* b a");
    filter(with(get("/x/y"), latchkey.issues("a", "b", "c").header()));
    assertThat(passed).hasSize(1);
  }

  @Test
  @DisplayName("A12 path parameters are read in two ways, and the rules of both must be met")
  void pathParameters() throws Exception {
    settings.put("latchkey.filter.rules", "* /x/secret/* a");
    MockHttpServletRequest request = with(get("/x"), latchkey.issues().header());
    request.setRequestURI("/x;y/secret/1");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(403);
  }

  @Test
  @DisplayName("A12 an ambiguous path under a protected one: 400")
  void ambiguousPath() throws Exception {
    MockHttpServletRequest request = with(get("/x"), latchkey.issues().header());
    request.setRequestURI("/x/%2e%2e/y");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(400);
    assertThat(challenge()).contains("error=\"invalid_request\"");
  }

  // issue 15.5
  @Test
  void aPathThatIsEncodedTwiceIsRefusedAlsoBelowTheMetadata() throws Exception {
    for (String path : List.of("/x", "/.well-known/oauth-protected-resource/x")) {
      MockHttpServletRequest request = with(get(path), latchkey.issues().header());
      request.setRequestURI(path + "/%25%37%32eports/1");
      filter(request);
      assertThat(response.getStatus()).isEqualTo(400);
    }
  }

  // issue 15.1, 15.5
  @ParameterizedTest
  @CsvSource({
    "/x, /größe/1, 400",
    "/x, /gr\u00c3\u00b6\u00c3\u009fe/1, 400",
    "/x, /gr%F6%DFe/1, 400",
    "/x, /other/..%252fgr%C3%B6%C3%9Fe, 400",
    "/gr\u00c3\u00b6\u00c3\u009fe/1, /gr%C3%B6%C3%9Fe/1, 401",
    "/gro\u0308\u00dfe/1, /gro%CC%88%C3%9Fe/1, 401",
    "/x, /öffentlich, 200",
    "/x, /other%ff, 200",
  })
  void aProtectedPathThatIsNotAsciiIsProtectedInEveryEncoding(String path, String uri, int status)
      throws Exception {
    settings.put("latchkey.filter.paths", "/größe/*");
    MockHttpServletRequest request = get(path);
    request.setRequestURI(uri);
    filter(request);
    assertThat(response.getStatus()).isEqualTo(status);
  }

  // issue 22.c
  @ParameterizedTest
  @ValueSource(strings = {"/.../*", "/\u200b/*"})
  void aPatternOfWhichNothingIsLeftProtectsEverything(String pattern) throws Exception {
    settings.put("latchkey.filter.paths", pattern);
    filter(get("/.../x"));
    assertThat(response.getStatus()).isEqualTo(401);
  }

  // issue 14.5
  @ParameterizedTest
  @CsvSource({
    "post, /api/x, 400",
    "Post, /api/x, 400",
    "get, /api/health, 400",
    "get, /.well-known/oauth-protected-resource, 200",
    "get, /api/.well-known, 400",
    "post, /other, 200",
    "POST, /api/x, 403",
    "PROPFIND, /api/x, 200",
  })
  void aMethodThatIsNotInCapitalsIsRefusedOnProtectedPaths(String method, String path, int status)
      throws Exception {
    settings.put("latchkey.filter.paths", "/api/*");
    settings.put("latchkey.filter.excluded-paths", "/api/health");
    settings.put("latchkey.filter.rules", "POST /api/* write");
    MockHttpServletRequest request = with(get(path), latchkey.issues().header());
    request.setMethod(method);
    filter(request);
    assertThat(response.getStatus()).isEqualTo(status);
  }

  // issue 14.5
  @Test
  void aMethodThatIsNotInCapitalsIsRefusedWhereForwardsAreChecked() throws Exception {
    settings.put("latchkey.filter.check-forwards", "true");
    settings.put("latchkey.filter.rules", "POST /secret a");
    MockHttpServletRequest request = with(forward("/secret"), latchkey.issues().header());
    request.setMethod("post");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(400);
    assertThat(passed).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/x, 401",
    "/API/x, 401",
    "/api, 401",
    "/other, 200",
    "/api/health, 200",
    "/api/Health, 401",
    "/api/health/, 401",
    "/api/public/a/b, 200",
    "/apix, 200",
  })
  void protectsSomePathsAndExcludesOthers(String path, int status) throws Exception {
    settings.put("latchkey.filter.paths", "/api/*");
    settings.put("latchkey.filter.excluded-paths", "/api/health,/api/public/*");
    filter(get(path));
    assertThat(response.getStatus()).isEqualTo(status);
    assertThat(passed).hasSize(status == 200 ? 1 : 0);
  }

  @Test
  void whatIsOnlyProtectedInTheOtherReadingIsProtected() throws Exception {
    settings.put("latchkey.filter.paths", "/api/*");
    MockHttpServletRequest request = get("/");
    request.setRequestURI("/;x/api/y");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(401);
  }

  @Test
  @DisplayName("A8 HEAD gets the same fields and no body")
  void head() throws Exception {
    MockHttpServletRequest request = get("/x");
    request.setMethod("HEAD");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(challenge()).startsWith("Bearer");
    assertThat(response.getContentAsByteArray()).isEmpty();
    assertThat(response.getContentLength()).isPositive();
  }

  @Test
  @DisplayName("A10 only a true CORS preflight passes")
  void preflight() throws Exception {
    MockHttpServletRequest request = get("/x");
    request.setMethod("OPTIONS");
    filter(request);
    request.addHeader("Origin", "https://app.example");
    filter(request);
    assertThat(passed).isEmpty();
    request.addHeader("Access-Control-Request-Method", "GET");
    filter(request);
    assertThat(passed).hasSize(1);
    assertThat(passed.get(0).getUserPrincipal()).isNull();
    request.setMethod("GET");
    filter(request);
    assertThat(passed).hasSize(1);
    request.setMethod("OPTIONS");
    settings.put("latchkey.filter.cors-preflight", "false");
    filter(request);
    assertThat(passed).hasSize(1);
  }

  @Test
  @DisplayName("A9 the metadata names the resource that was asked for")
  void metadata() throws Exception {
    settings.put("latchkey.filter.rules", "* /x a; * /y b");
    settings.put("latchkey.issuer", "https://tokens.example/latchkey/");
    filter(get("/.well-known/oauth-protected-resource/x"));
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentType()).isEqualTo("application/json");
    assertThat(response.getContentAsString())
        .isEqualTo(
            "{\"resource\":\"http://localhost/x\",\"bearer_methods_supported\":[\"header\"],"
                + "\"authorization_servers\":[\"https://tokens.example/latchkey\"],"
                + "\"scopes_supported\":[\"a\",\"b\"]}");
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("A9 the metadata is there where the challenge says, whatever is protected")
  void metadataOfAnApplicationThatIsProtectedInPart() throws Exception {
    settings.put("latchkey.filter.paths", "/api/*");
    filter(get("/.well-known/oauth-protected-resource"));
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentAsString()).contains("\"resource\":\"http://localhost\"");
  }

  @Test
  @DisplayName("A12 no metadata for a path that somebody in front may read as another")
  void noMetadataForAnAmbiguousPath() throws Exception {
    MockHttpServletRequest request = get("/.well-known/oauth-protected-resource/..%2f..%2fsecret");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(400);
    assertThat(passed).isEmpty();
  }

  @Test
  void metadataCanBeSwitchedOff() throws Exception {
    settings.put("latchkey.filter.resource-metadata", "false");
    filter(get("/.well-known/oauth-protected-resource"));
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(challenge()).isEqualTo("Bearer realm=\"latchkey\"");
  }

  @ParameterizedTest
  @DisplayName("A9 the host comes from the configuration, a trusted proxy or the server itself")
  @CsvSource(
      nullValues = "-",
      value = {
        "-, evil.example, -, -, http://10.1.1.1:8080",
        "-, localhost, -, -, http://localhost:8080",
        "-, 127.0.0.1, -, -, http://127.0.0.1:8080",
        "-, 127.9.9.9, -, -, http://127.9.9.9:8080",
        "-, 127.evil.example, -, -, http://10.1.1.1:8080",
        "-, LocalHost, -, -, http://LocalHost:8080",
        "-, ::1, -, -, http://[::1]:8080",
        "-, 10.1.1.1, -, -, http://10.1.1.1:8080",
        "-, evil.example, 10.9.9.9, api.example, https://api.example",
        "-, evil.example, 10.9.9.9, 'a\"b', http://10.1.1.1:8080",
        "-, evil.example, 192.0.2.1, api.example, http://10.1.1.1:8080",
        "https://api.example/app/, evil.example, -, -, https://api.example/app",
      })
  void hosts(
      @Nullable String configured,
      String host,
      @Nullable String peer,
      @Nullable String forwarded,
      String base)
      throws Exception {
    if (configured != null) {
      settings.put("latchkey.filter.public-url", configured);
    }
    settings.put("latchkey.filter.trusted-proxies", "10.9.0.0/16");
    MockHttpServletRequest request = get("/x");
    request.setServerName(host);
    request.setServerPort(8080);
    request.setLocalAddr("10.1.1.1");
    request.setLocalPort(8080);
    if (peer != null && forwarded != null) {
      request.setRemoteAddr(peer);
      request.addHeader("X-Forwarded-Host", forwarded);
      request.addHeader("X-Forwarded-Proto", "https");
    }
    filter(request);
    assertThat(challenge())
        .endsWith("resource_metadata=\"" + base + "/.well-known/oauth-protected-resource\"");
  }

  @Test
  @DisplayName("A9 each request gets its own challenge, whatever the one before was")
  void challengesFollowTheRequest() throws Exception {
    BearerTokenFilter filter = newFilter();
    for (int round = 0; round < 2; round++) {
      assertThat(challengeOf(filter, "http", "localhost", 80, "127.0.0.1", 80))
          .contains("=\"http://localhost/.well-known");
      assertThat(challengeOf(filter, "https", "localhost", 80, "127.0.0.1", 80))
          .contains("=\"https://localhost:80/.well-known");
      assertThat(challengeOf(filter, "https", "127.0.0.1", 80, "127.0.0.1", 80))
          .contains("=\"https://127.0.0.1:80/.well-known");
      assertThat(challengeOf(filter, "https", "127.0.0.1", 81, "127.0.0.1", 80))
          .contains("=\"https://127.0.0.1:81/.well-known");
      assertThat(challengeOf(filter, "https", "evil.example", 81, "10.0.0.1", 80))
          .contains("=\"https://10.0.0.1:80/.well-known");
      assertThat(challengeOf(filter, "https", "evil.example", 81, "10.0.0.2", 80))
          .contains("=\"https://10.0.0.2:80/.well-known");
      assertThat(challengeOf(filter, "https", "evil.example", 81, "10.0.0.2", 82))
          .contains("=\"https://10.0.0.2:82/.well-known");
    }
    MockHttpServletRequest another = with(get("/x"), "Bearer foreign");
    MockHttpServletResponse answer = new MockHttpServletResponse();
    filter.doFilter(another, answer, application);
    assertThat(answer.getHeader("WWW-Authenticate")).contains("invalid_token", METADATA);
    assertThat(challengeOf(filter, "http", "localhost", 80, "127.0.0.1", 80))
        .doesNotContain("error");
  }

  private String challengeOf(
      BearerTokenFilter filter, String scheme, String host, int port, String address, int localPort)
      throws Exception {
    MockHttpServletRequest request = get("/x");
    request.setScheme(scheme);
    request.setServerName(host);
    request.setServerPort(port);
    request.setLocalAddr(address);
    request.setLocalPort(localPort);
    MockHttpServletResponse answer = new MockHttpServletResponse();
    filter.doFilter(request, answer, application);
    return String.valueOf(answer.getHeader("WWW-Authenticate"));
  }

  @Test
  @DisplayName("A15 a principal of the container is not overwritten: 503")
  void principalOfTheContainer() throws Exception {
    MockHttpServletRequest request = with(get("/x"), latchkey.issues().header());
    request.setUserPrincipal(() -> "somebody");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.getHeader("Retry-After")).isEqualTo("5");
    assertThat(response.getHeader("WWW-Authenticate")).isNull();
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("A19 while tokens can't be checked: 503, but 401 without one")
  void unavailable() throws Exception {
    verifier = null;
    filter(with(get("/x"), latchkey.issues().header()));
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.getContentAsString()).contains("\"title\":\"Service Unavailable\"");
    MockHttpServletResponse second = new MockHttpServletResponse();
    newFilter().doFilter(get("/x"), second, application);
    assertThat(second.getStatus()).isEqualTo(401);
  }

  @Test
  @DisplayName("A19 a check that fails unexpectedly: 503")
  void unexpected() throws Exception {
    Gate broken =
        new Gate(
            Fixture.settings(settings),
            () -> {
              throw new IllegalStateException("broken");
            });
    new BearerTokenFilter(Guard.of(Fixture.settings(settings), broken, false), latchkey.clock)
        .doFilter(with(get("/x"), latchkey.issues().header()), response, application);
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("A19 what the application throws passes through unchanged")
  void exceptionsOfTheApplication() {
    IOException thrown = new IOException("mine");
    assertThatThrownBy(
            () ->
                newFilter()
                    .doFilter(
                        with(get("/x"), latchkey.issues().header()),
                        response,
                        (request, answer) -> {
                          throw thrown;
                        }))
        .isSameAs(thrown);
  }

  @Test
  @DisplayName("A11 an asynchronous dispatch of the request that we wrapped is not asked again")
  void asyncDispatch() throws Exception {
    Issued token = latchkey.issues();
    MockHttpServletRequest request = with(get("/x"), token.header());
    request.setAsyncSupported(true);
    filter(request);
    passed.get(0).startAsync();
    request.setDispatcherType(DispatcherType.ASYNC);
    request.removeHeader("Authorization");
    filter(request);
    assertThat(passed).hasSize(2);
    assertThat(passed.get(1).getRemoteUser()).isEqualTo(token.thirdParty());
    assertThat(latchkey.uses(token)).isEqualTo(1);
    request.setDispatcherType(DispatcherType.FORWARD);
    filter(request);
    assertThat(passed.get(2).getRemoteUser()).isEqualTo(token.thirdParty());
  }

  @Test
  @DisplayName("A11 startAsync with another request is remembered as well")
  void asyncDispatchWithRequestAndResponse() throws Exception {
    Issued token = latchkey.issues();
    MockHttpServletRequest request = with(get("/x"), token.header());
    request.setAsyncSupported(true);
    filter(request);
    passed.get(0).startAsync(request, response);
    request.setDispatcherType(DispatcherType.ASYNC);
    filter(request);
    assertThat(passed.get(1).getUserPrincipal()).isInstanceOf(ThirdPartyPrincipal.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FORWARD", "INCLUDE", "ERROR", "ASYNC"})
  @DisplayName("A11 other dispatches pass, and make nobody a principal")
  void otherDispatches(DispatcherType type) throws Exception {
    MockHttpServletRequest request = get("/x");
    request.setDispatcherType(type);
    filter(request);
    assertThat(passed).hasSize(1);
    assertThat(passed.get(0).getUserPrincipal()).isNull();
  }

  @Test
  @DisplayName("A11 with check-forwards, a forward is held to the rules of its own path")
  void checkedForwards() throws Exception {
    settings.put("latchkey.filter.check-forwards", "true");
    settings.put("latchkey.filter.excluded-paths", "/open");
    settings.put("latchkey.filter.rules", "* /secret a");
    filter(forward("/secret"));
    assertThat(response.getStatus()).isEqualTo(401);
    filter(forward("/open"));
    assertThat(passed).hasSize(1);
    filter(with(forward("/secret"), latchkey.issues().header()));
    assertThat(response.getStatus()).isEqualTo(403);
    filter(with(forward("/secret"), latchkey.issues("a").header()));
    assertThat(passed.get(1).getUserPrincipal()).isNotNull();
    MockHttpServletRequest strange = with(forward("/secret"), latchkey.issues("a").header());
    strange.setUserPrincipal(() -> "somebody");
    filter(strange);
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(passed).hasSize(2);
  }

  @Test
  @DisplayName("A11 a forward of a request that got in keeps its third party")
  void forwardOfAnAdmittedRequest() throws Exception {
    settings.put("latchkey.filter.check-forwards", "true");
    settings.put("latchkey.filter.rules", "* /secret a");
    MockHttpServletRequest request = with(get("/x"), latchkey.issues().header());
    filter(request);
    request.setDispatcherType(DispatcherType.FORWARD);
    request.setServletPath("/secret");
    newFilter().doFilter(passed.get(0), response, application);
    assertThat(response.getStatus()).isEqualTo(403);
    request.setServletPath("/y");
    newFilter().doFilter(passed.get(0), response, application);
    assertThat(passed.get(1)).isSameAs(passed.get(0));
  }

  @Test
  @DisplayName("A11 with check-forwards, an include that is refused includes nothing")
  void checkedIncludes() throws Exception {
    settings.put("latchkey.filter.check-forwards", "true");
    settings.put("latchkey.filter.rules", "* /secret/* a");
    MockHttpServletRequest around = with(get("/x"), latchkey.issues().header());
    filter(around);
    HttpServletRequest page = passed.remove(0);
    around.setDispatcherType(DispatcherType.INCLUDE);
    around.setAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH, "/secret");
    around.setAttribute(RequestDispatcher.INCLUDE_PATH_INFO, "/1");
    newFilter().doFilter(page, response, application);
    assertThat(passed).isEmpty();
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentAsString()).isEmpty();
    around.setAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH, "/y");
    newFilter().doFilter(page, response, application);
    assertThat(passed).hasSize(1);
    around.removeAttribute(RequestDispatcher.INCLUDE_PATH_INFO);
    around.setAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH, "/secret");
    newFilter().doFilter(page, response, application);
    around.removeAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH);
    assertThat(passed).hasSize(1);
    newFilter().doFilter(page, response, application);
    assertThat(passed).hasSize(2);
  }

  @Test
  @DisplayName("the server is asked where a token comes from once a second")
  void addressOnceASecond() throws Exception {
    Issued token = latchkey.issues();
    filter(with(from("192.0.2.1"), token.header()));
    filter(with(from(null), token.header()));
    assertThat(passed).hasSize(2);
    latchkey.clock.pass(Duration.ofSeconds(1));
    filter(with(from("192.0.2.2"), token.header()));
    assertThat(latchkey.uses(token)).isEqualTo(3);
    assertThat(latchkey.lastUsedFrom(token)).isEqualTo("192.0.2.2");
  }

  /** A request from this address; with none, one that must not be asked for it. */
  private static MockHttpServletRequest from(@Nullable String address) {
    return new MockHttpServletRequest("GET", "/x") {
      @Override
      public String getRemoteAddr() {
        return Objects.requireNonNull(address, "not to be asked for");
      }
    };
  }

  @Test
  void twoFiltersAskOnceAndHoldToBothRules() throws Exception {
    Issued token = latchkey.issues("a");
    BearerTokenFilter first = newFilter();
    settings.put("latchkey.filter.rules", "* /x b; * /y a");
    BearerTokenFilter second = newFilter();
    first.doFilter(
        with(get("/y"), token.header()),
        response,
        (request, answer) -> second.doFilter(request, answer, application));
    assertThat(passed).hasSize(1);
    assertThat(latchkey.uses(token)).isEqualTo(1);
    first.doFilter(
        with(get("/x"), token.header()),
        response,
        (request, answer) -> second.doFilter(request, answer, application));
    assertThat(response.getStatus()).isEqualTo(403);
  }

  @Test
  @DisplayName("A12 a second filter holds to its rules in both readings of a path")
  void twoFiltersAndPathParameters() throws Exception {
    BearerTokenFilter first = newFilter();
    settings.put("latchkey.filter.rules", "* /x/secret/* a");
    BearerTokenFilter second = newFilter();
    MockHttpServletRequest request = with(get("/x"), latchkey.issues().header());
    request.setRequestURI("/x;y/secret/1");
    first.doFilter(
        request, response, (inner, answer) -> second.doFilter(inner, answer, application));
    assertThat(response.getStatus()).isEqualTo(403);
    assertThat(passed).isEmpty();
  }

  @ParameterizedTest
  @DisplayName("A12 an excluded path that could be read in two ways is not let through")
  @CsvSource({"/public/x, 200", "/public/..;/api/x, 400", "/public/%2e%2e/api, 400"})
  void ambiguousExcludedPaths(String uri, int status) throws Exception {
    settings.put("latchkey.filter.excluded-paths", "/public/*");
    MockHttpServletRequest request = get("/public/x");
    request.setRequestURI(uri);
    filter(request);
    assertThat(response.getStatus()).isEqualTo(status);
  }

  @ParameterizedTest
  @DisplayName("/ among the excluded paths is the root alone")
  @CsvSource({"/, 200", "/x, 401", "/index.html, 401"})
  void excludedRoot(String path, int status) throws Exception {
    settings.put("latchkey.filter.excluded-paths", "/");
    filter(get(path));
    assertThat(response.getStatus()).isEqualTo(status);
  }

  @Test
  @DisplayName("nothing to protect is a mistake, not a wish")
  void emptyPathsAreRefused() {
    settings.put("latchkey.filter.paths", " , ");
    assertThatThrownBy(this::newFilter)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("latchkey.filter.paths");
  }

  // issue 16.9
  @ParameterizedTest
  @ValueSource(strings = {"latchkey.filter.public-url", "latchkey.issuer"})
  @DisplayName("a URL is checked also where the metadata that would name it is switched off")
  void urlsAreCheckedWithoutMetadata(String key) {
    settings.put("latchkey.filter.resource-metadata", "false");
    settings.put(key, "not a URL");
    assertThatThrownBy(this::newFilter)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(key);
  }

  @Test
  @DisplayName("A8 what stands in front of us may be stricter than private")
  void keepsACacheControlThatIsThere() throws Exception {
    response.setHeader("Cache-Control", "no-store");
    newFilter().doFilter(with(get("/x"), latchkey.issues().header()), response, application);
    assertThat(response.getHeaders("Cache-Control")).containsExactly("no-store");
  }

  @Test
  @DisplayName("A5 a context path that is spelt oddly does not come back in the challenge")
  void contextPathOfTheApplication() throws Exception {
    MockServletContext context = new MockServletContext();
    context.setContextPath("/app");
    MockHttpServletRequest request = new MockHttpServletRequest(context, "GET", "/%61pp;'x/y");
    request.setContextPath("/%61pp;'x");
    request.setServletPath("/y");
    filter(request);
    assertThat(challenge())
        .endsWith("=\"http://localhost/app/.well-known/oauth-protected-resource\"");
  }

  @Test
  @DisplayName("A12 the other reading is found below an oddly spelt context path")
  void pathParametersBelowAnOddContextPath() throws Exception {
    settings.put("latchkey.filter.rules", "* /x/secret/* a");
    MockHttpServletRequest request = with(get("/x"), latchkey.issues().header());
    request.setContextPath("//%61pp;z");
    request.setRequestURI("//%61pp;z/x;y/secret/1");
    filter(request);
    assertThat(response.getStatus()).isEqualTo(403);
  }

  @Test
  @DisplayName("A19 what fails outside of the look-up is 503 as well")
  void unexpectedOnTheWay() throws Exception {
    MockHttpServletRequest broken =
        new MockHttpServletRequest("GET", "/x") {
          @Override
          public String getRequestURI() {
            throw new IllegalStateException("broken");
          }
        };
    newFilter().doFilter(broken, response, application);
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("A19 init throws nothing, not even an error")
  void errorInInit() throws Exception {
    BearerTokenFilter filter = new BearerTokenFilter();
    filter.init(
        new MockFilterConfig(new MockServletContext()) {
          @Override
          public Enumeration<String> getInitParameterNames() {
            throw new StackOverflowError();
          }
        });
    filter.doFilter(get("/x"), response, application);
    assertThat(response.getStatus()).isEqualTo(503);
  }

  @Test
  @DisplayName("A19 init throws nothing: a wrong configuration answers 503")
  void wrongConfiguration() throws Exception {
    BearerTokenFilter filter = new BearerTokenFilter();
    MockFilterConfig config = new MockFilterConfig(new MockServletContext());
    config.addInitParameter("filter.ruls", "x");
    filter.init(config);
    filter.doFilter(get("/x"), response, application);
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.getHeader("Retry-After")).isEqualTo("5");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(response.getContentType()).isEqualTo("application/problem+json");
    assertThat(response.getContentAsString()).contains("\"status\":503");
    assertThat(passed).isEmpty();
    filter.destroy();
  }

  @Test
  @DisplayName("A19 rules that do not parse answer 503")
  void wrongRules() throws Exception {
    BearerTokenFilter filter = new BearerTokenFilter();
    MockFilterConfig config = new MockFilterConfig(new MockServletContext());
    config.addInitParameter("filter.rules", "nonsense");
    filter.init(config);
    filter.doFilter(with(get("/x"), latchkey.issues().header()), response, application);
    assertThat(response.getStatus()).isEqualTo(503);
  }

  @Test
  @DisplayName("init opens the database by itself, filters of one application share it")
  void opensTheDatabase() throws Exception {
    MockServletContext context = new MockServletContext();
    MockFilterConfig config = new MockFilterConfig(context);
    config.addInitParameter("jdbc.url", Fixture.DATABASE);
    config.addInitParameter("filter.realm", "mine");
    BearerTokenFilter first = new BearerTokenFilter();
    BearerTokenFilter second = new BearerTokenFilter();
    Issued token = latchkey.issues();
    first.init(config);
    Object node = context.getAttribute(SharedNode.class.getName());
    second.init(config);
    assertThat(context.getAttribute(SharedNode.class.getName())).isSameAs(node);
    second.destroy();
    first.doFilter(with(get("/x"), token.header()), response, application);
    assertThat(passed).hasSize(1);
    first.doFilter(get("/x"), response, application);
    assertThat(challenge()).startsWith("Bearer realm=\"mine\"");
    first.destroy();
    assertThat(context.getAttribute(SharedNode.class.getName())).isNull();
    MockHttpServletResponse after = new MockHttpServletResponse();
    first.doFilter(with(get("/x"), token.header()), after, application);
    assertThat(after.getStatus()).isEqualTo(503);
  }

  @Test
  void onlyHttpIsTaken() {
    assertThatThrownBy(
            () ->
                newFilter()
                    .doFilter(
                        new jakarta.servlet.ServletRequestWrapper(get("/x")),
                        response,
                        application))
        .isInstanceOf(ServletException.class);
    assertThatThrownBy(
            () ->
                new ClosedFilter()
                    .doFilter(
                        get("/x"),
                        new jakarta.servlet.ServletResponseWrapper(response),
                        application))
        .isInstanceOf(ServletException.class);
  }

  private void filter(MockHttpServletRequest request) throws Exception {
    response.setCommitted(false);
    response.reset();
    newFilter().doFilter(request, response, application);
  }

  private BearerTokenFilter newFilter() {
    dev.latchkey.core.config.Settings read = Fixture.settings(settings);
    return new BearerTokenFilter(
        Guard.of(read, new Gate(read, () -> verifier), false), latchkey.clock);
  }

  private String challenge() {
    return String.valueOf(response.getHeader("WWW-Authenticate"));
  }

  private static MockHttpServletRequest get(String path) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
    request.setServletPath(path);
    return request;
  }

  private static MockHttpServletRequest forward(String path) {
    MockHttpServletRequest request = get(path);
    request.setDispatcherType(DispatcherType.FORWARD);
    return request;
  }

  private static MockHttpServletRequest with(MockHttpServletRequest request, String header) {
    request.addHeader("Authorization", header);
    return request;
  }
}
