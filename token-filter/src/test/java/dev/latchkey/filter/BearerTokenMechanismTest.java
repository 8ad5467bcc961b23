package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Settings;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.filter.Fixture.Issued;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterConfig;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;

/** The second door and the filter behind it. */
@DisplayName("Second door")
class BearerTokenMechanismTest {

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final Map<String, String> settings = new HashMap<>();
  private final MockServletContext context = new MockServletContext();
  private final MockHttpServletRequest request = new MockHttpServletRequest(context, "GET", "/x");
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final List<HttpServletRequest> passed = new ArrayList<>();
  private final FilterChain application =
      (asked, ignored) -> passed.add((HttpServletRequest) asked);
  private @Nullable TokenVerifier verifier = latchkey.verifier();
  private boolean constrained;
  private @Nullable Principal caller;
  private Set<String> groups = Set.of();

  @BeforeEach
  void plainPath() {
    request.setServletPath("/x");
  }

  @Test
  void tellsTheContainerWhoCallsAndInWhichGroups() throws Exception {
    Issued token = token("licences:read", "licences:write");
    assertThat(ask()).isEqualTo(AuthenticationStatus.SUCCESS);
    assertThat(caller)
        .isInstanceOfSatisfying(
            ThirdPartyPrincipal.class,
            principal -> assertThat(principal.getTokenId()).isEqualTo(token.id()));
    assertThat(groups).containsExactlyInAnyOrder("licences:read", "licences:write");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("private");
    assertThat(latchkey.uses(token)).isEqualTo(1);
  }

  @Test
  void answersAsTheFilterWould() throws Exception {
    assertThat(ask()).isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(response.getHeader("WWW-Authenticate")).startsWith("Bearer realm=\"latchkey\"");
    assertThat(response.isCommitted()).isTrue();
    assertThat(caller).isNull();
  }

  @Test
  void refusesATokenWithoutTheScopeOfTheRule() throws Exception {
    settings.put("latchkey.filter.rules", "* /x reports:read");
    token("other");
    assertThat(ask()).isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(403);
    assertThat(caller).isNull();
  }

  @Test
  @DisplayName("RFC 8705 §3: a bound token needs its certificate at this door as well")
  void asksForTheCertificateOfABoundToken() throws Exception {
    X509Certificate certificate = Certificates.CLIENT;
    Issued bound = latchkey.issuesBoundTo(CertificateThumbprint.of(certificate));
    request.addHeader("Authorization", bound.header());
    assertThat(ask()).isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(response.getHeader("WWW-Authenticate")).contains("error=\"invalid_token\"");
    assertThat(caller).isNull();
    request.setAttribute(
        "jakarta.servlet.request.X509Certificate", new X509Certificate[] {certificate});
    assertThat(ask()).isEqualTo(AuthenticationStatus.SUCCESS);
    assertThat(caller).isNotNull();
  }

  @Test
  void asksForNothingWhereThePathIsExcluded() throws Exception {
    settings.put("latchkey.filter.excluded-paths", "/x");
    assertThat(ask()).isEqualTo(AuthenticationStatus.NOT_DONE);
    assertThat(response.isCommitted()).isFalse();
  }

  @Test
  @DisplayName("what the application protects needs a token, also outside of the filter's paths")
  void asksForATokenWhereTheApplicationDoes() throws Exception {
    settings.put("latchkey.filter.excluded-paths", "/x");
    constrained = true;
    assertThat(ask()).isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(401);
  }

  @Test
  void admitsATokenWhereTheApplicationAsksForIt() throws Exception {
    settings.put("latchkey.filter.paths", "/elsewhere");
    constrained = true;
    token("a");
    assertThat(ask()).isEqualTo(AuthenticationStatus.SUCCESS);
  }

  @Test
  @DisplayName("A12 an ambiguous path is refused where the application asks for a token, too")
  void refusesAnAmbiguousPathOfTheApplication() throws Exception {
    settings.put("latchkey.filter.paths", "/elsewhere");
    constrained = true;
    token("a");
    request.setRequestURI("/a/%2e%2e/x");
    assertThat(ask()).isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(400);
  }

  // issue 14.5
  @Test
  void refusesAMethodThatIsNotInCapitals() throws Exception {
    token("a");
    request.setMethod("get");
    assertThat(ask()).isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(400);
  }

  // issue 14.5
  @Test
  void refusesAMethodThatIsNotInCapitalsWhereTheApplicationAsksForAToken() throws Exception {
    settings.put("latchkey.filter.paths", "/elsewhere");
    constrained = true;
    token("a");
    request.setMethod("get");
    assertThat(ask()).isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(400);
  }

  @Test
  @DisplayName("A19 503 while the filter behind has not started")
  void isClosedWithoutAGuard() throws Exception {
    token("a");
    assertThat(new BearerTokenMechanism().validateRequest(request, response, messages()))
        .isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.isCommitted()).isTrue();
  }

  @Test
  @DisplayName("A19 503 for whatever goes wrong in the check")
  void isClosedWhenTheCheckFails() throws Exception {
    token("a");
    Settings read = Fixture.settings(settings);
    Gate broken =
        new Gate(
            read,
            () -> {
              throw new NoClassDefFoundError("com/github/benmanes/caffeine/cache/Cache");
            });
    SecondDoor.guard(context, Guard.of(read, broken, false));
    assertThat(new BearerTokenMechanism().validateRequest(request, response, messages()))
        .isEqualTo(AuthenticationStatus.SEND_FAILURE);
    assertThat(response.getStatus()).isEqualTo(503);
  }

  @Test
  void letsTheMetadataBeReadWithoutAToken() throws Exception {
    request.setServletPath("/.well-known/oauth-protected-resource");
    assertThat(ask()).isEqualTo(AuthenticationStatus.NOT_DONE);
  }

  @Test
  void passesTheThirdPartyOnToTheApplication() throws Exception {
    Issued token = token("a");
    ask();
    request.setUserPrincipal(caller);
    request.addUserRole("mapped-by-the-server");
    behind();
    HttpServletRequest seen = passed.get(0);
    assertThat(seen.getUserPrincipal()).isSameAs(caller);
    assertThat(seen.getAuthType()).isEqualTo("BEARER");
    assertThat(seen.isUserInRole("a")).isTrue();
    assertThat(seen.isUserInRole("mapped-by-the-server")).isTrue();
    assertThat(seen.isUserInRole("b")).isFalse();
    assertThat(latchkey.uses(token)).as("checked once").isEqualTo(1);
  }

  @Test
  void passesOnWhatNeedsNoToken() throws Exception {
    settings.put("latchkey.filter.excluded-paths", "/x");
    ask();
    behind();
    assertThat(passed).hasSize(1);
    assertThat(passed.get(0).getUserPrincipal()).isNull();
  }

  @Test
  @DisplayName("A19 a server that does not ask the mechanism leaves nothing open")
  void isClosedWhenTheContainerDoesNotAsk() throws Exception {
    token("a");
    behind();
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("A12 what the container maps to another path is held to the rules of that path")
  void holdsToThePathThatTheFilterSees() throws Exception {
    settings.put("latchkey.filter.rules", "* /reports/* reports:read");
    token("a");
    ask();
    request.setServletPath("/reports/1");
    behind();
    assertThat(response.getStatus()).isEqualTo(403);
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("A12 a path that the mechanism saw as open and the filter does not needs a token")
  void asksForATokenWhereTheMechanismDidNot() throws Exception {
    settings.put("latchkey.filter.excluded-paths", "/x");
    ask();
    request.setServletPath("/y");
    behind();
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(passed).isEmpty();
  }

  @Test
  void answersTheMissingTokenWhenTheContainerDoesNotAsk() throws Exception {
    behind();
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("both doors at once: the declared filter answers 503 to everything")
  void refusesTheFilterBesideTheMechanism() throws Exception {
    System.setProperty("latchkey.mechanism", "true");
    System.setProperty("latchkey.jdbc.url", Fixture.DATABASE);
    BearerTokenFilter declared = new BearerTokenFilter();
    try {
      declared.init(new MockFilterConfig(context));
    } finally {
      System.clearProperty("latchkey.mechanism");
      System.clearProperty("latchkey.jdbc.url");
    }
    token("a");
    declared.doFilter(request, response, application);
    declared.destroy();
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(passed).isEmpty();
  }

  @Test
  @DisplayName("the door has its node from the application's start to its end")
  void opensAndShutsTheDoor() throws Exception {
    SecondDoor door = new SecondDoor(Fixture.settings(settings), latchkey.clock);
    SecondDoor.guard(context, door.guard());
    token("a");
    door.contextInitialized(new ServletContextEvent(context));
    assertThat(new BearerTokenMechanism().validateRequest(request, response, messages()))
        .isEqualTo(AuthenticationStatus.SUCCESS);
    door.contextDestroyed(new ServletContextEvent(context));
    assertThat(SecondDoor.guardOf(context)).isNull();
    assertThat(context.getAttribute(SharedNode.class.getName())).isNull();
  }

  private Issued token(String... scopes) {
    Issued token = latchkey.issues(scopes);
    request.addHeader("Authorization", token.header());
    return token;
  }

  private AuthenticationStatus ask() throws Exception {
    SecondDoor.guard(context, guard());
    return new BearerTokenMechanism().validateRequest(request, response, messages());
  }

  private void behind() throws Exception {
    new BearerTokenFilter(guard(), latchkey.clock, Door.MECHANISM)
        .doFilter(request, response, application);
  }

  private Guard guard() {
    Settings read = Fixture.settings(settings);
    return Guard.of(read, new Gate(read, () -> verifier), false);
  }

  @SuppressWarnings("unchecked")
  private HttpMessageContext messages() {
    return (HttpMessageContext)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {HttpMessageContext.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "isProtected" -> constrained;
                  case "isAuthenticationRequest" -> false;
                  case "doNothing" -> AuthenticationStatus.NOT_DONE;
                  case "notifyContainerAboutLogin" -> {
                    caller = (Principal) arguments[0];
                    groups = (Set<String>) arguments[1];
                    yield AuthenticationStatus.SUCCESS;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
