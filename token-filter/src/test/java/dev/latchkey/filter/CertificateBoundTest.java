package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Settings;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.filter.Fixture.Issued;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** Certificate-bound tokens (RFC 8705 §3) at the filter and at forward-auth. */
@DisplayName("Certificate-bound tokens")
class CertificateBoundTest {

  private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";
  private static final String PROXY = "10.9.0.1";

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final Issued bound =
      latchkey.issuesBoundTo(CertificateThumbprint.of(Certificates.CLIENT));

  /** The filter in an application, or the forward-auth endpoint. */
  private enum Door {
    FILTER("/x"),
    FORWARD_AUTH("/verify");

    private final String path;

    Door(String path) {
      this.path = path;
    }
  }

  @Test
  @DisplayName("are admitted on a TLS connection with their certificate")
  void withTheCertificateOfTheConnection() throws Exception {
    for (Door door : Door.values()) {
      MockHttpServletRequest request = request(door, bound);
      request.setAttribute(ATTRIBUTE, new X509Certificate[] {Certificates.CLIENT});
      assertThat(admits(door, request)).isTrue();
    }
    assertThat(latchkey.uses(bound)).isEqualTo(2);
  }

  @Test
  @DisplayName("are admitted behind a trusted proxy that names their certificate")
  void withTheCertificateThatATrustedProxyNames() throws Exception {
    for (Door door : Door.values()) {
      MockHttpServletRequest request = request(door, bound);
      request.setRemoteAddr(PROXY);
      request.addHeader("Client-Cert", Certificates.FIELD_OF_CLIENT);
      assertThat(admits(door, request)).isTrue();
    }
  }

  @Test
  @DisplayName("are refused without it, with the bytes of every other invalid_token, and uncounted")
  void refused() throws Exception {
    for (Door door : Door.values()) {
      MockHttpServletRequest foreign = request(door, bound);
      foreign.removeHeader("Authorization");
      foreign.addHeader("Authorization", "Bearer foreign");
      String expected = text(answer(door, foreign));
      assertThat(expected).startsWith("401").contains("error=\"invalid_token\"");

      List<MockHttpServletRequest> requests = new ArrayList<>();
      requests.add(request(door, bound));

      MockHttpServletRequest other = request(door, bound);
      other.setAttribute(ATTRIBUTE, new X509Certificate[] {Certificates.OTHER});
      requests.add(other);

      MockHttpServletRequest second = request(door, bound);
      second.setAttribute(
          ATTRIBUTE, new X509Certificate[] {Certificates.OTHER, Certificates.CLIENT});
      requests.add(second);

      MockHttpServletRequest ofNobody = request(door, bound);
      ofNobody.addHeader("Client-Cert", Certificates.FIELD_OF_CLIENT);
      requests.add(ofNobody);

      MockHttpServletRequest otherByProxy = request(door, bound);
      otherByProxy.setRemoteAddr(PROXY);
      otherByProxy.addHeader("Client-Cert", Certificates.FIELD_OF_OTHER);
      requests.add(otherByProxy);

      MockHttpServletRequest twice = request(door, bound);
      twice.setRemoteAddr(PROXY);
      twice.addHeader("Client-Cert", Certificates.FIELD_OF_CLIENT);
      twice.addHeader("Client-Cert", Certificates.FIELD_OF_CLIENT);
      requests.add(twice);

      MockHttpServletRequest malformed = request(door, bound);
      malformed.setRemoteAddr(PROXY);
      malformed.addHeader("Client-Cert", Certificates.FIELD_OF_CLIENT + ";");
      requests.add(malformed);

      MockHttpServletRequest ofTheProxyItself = request(door, bound);
      ofTheProxyItself.setRemoteAddr(PROXY);
      ofTheProxyItself.setAttribute(ATTRIBUTE, new X509Certificate[] {Certificates.CLIENT});
      requests.add(ofTheProxyItself);

      for (MockHttpServletRequest request : requests) {
        assertThat(text(answer(door, request))).isEqualTo(expected);
      }
    }
    assertThat(latchkey.uses(bound)).isZero();
  }

  @ParameterizedTest
  @DisplayName("a token that is bound to none costs no look at certificates, and needs none")
  @ValueSource(strings = {"127.0.0.1", PROXY})
  void unboundTokensAskForNothing(String peer) throws Exception {
    Issued unbound = latchkey.issues();
    for (Door door : Door.values()) {
      MockHttpServletRequest request =
          new MockHttpServletRequest("GET", door.path) {
            @Override
            public Object getAttribute(String name) {
              assertThat(name).isNotEqualTo(ATTRIBUTE);
              return super.getAttribute(name);
            }

            @Override
            public Enumeration<String> getHeaders(String name) {
              assertThat(name).isNotEqualToIgnoringCase("Client-Cert");
              return super.getHeaders(name);
            }
          };
      assertThat(admits(door, filled(request, door, unbound, peer))).isTrue();
    }
  }

  @Test
  @DisplayName("a forward to another rule is checked with the certificate of the request")
  void forwards() throws Exception {
    MockHttpServletRequest request = request(Door.FILTER, bound);
    request.setDispatcherType(jakarta.servlet.DispatcherType.FORWARD);
    Map<String, String> checked = Map.of("latchkey.filter.check-forwards", "true");
    assertThat(answer(Door.FILTER, request, checked).getStatus()).isEqualTo(401);
    request.setAttribute(ATTRIBUTE, new X509Certificate[] {Certificates.CLIENT});
    assertThat(answer(Door.FILTER, request, checked).getStatus()).isEqualTo(200);
  }

  private static MockHttpServletRequest request(Door door, Issued token) {
    return filled(new MockHttpServletRequest("GET", door.path), door, token, "127.0.0.1");
  }

  private static MockHttpServletRequest filled(
      MockHttpServletRequest request, Door door, Issued token, String peer) {
    request.setServletPath(door.path);
    request.setRemoteAddr(peer);
    request.addHeader("Authorization", token.header());
    return request;
  }

  private boolean admits(Door door, MockHttpServletRequest request) throws Exception {
    return answer(door, request).getStatus() == (door == Door.FILTER ? 200 : 204);
  }

  private MockHttpServletResponse answer(Door door, MockHttpServletRequest request)
      throws Exception {
    return answer(door, request, Map.of());
  }

  private MockHttpServletResponse answer(
      Door door, MockHttpServletRequest request, Map<String, String> more) throws Exception {
    Map<String, String> all = new java.util.HashMap<>(more);
    all.put("latchkey.filter.trusted-proxies", "10.9.0.0/16");
    Settings settings = Fixture.settings(all);
    Guard guard =
        Guard.of(settings, new Gate(settings, latchkey::verifier), door == Door.FORWARD_AUTH);
    MockHttpServletResponse response = new MockHttpServletResponse();
    new BearerTokenFilter(guard, latchkey.clock).doFilter(request, response, new MockFilterChain());
    return response;
  }

  private static String text(MockHttpServletResponse response) throws Exception {
    return response.getStatus()
        + Objects.requireNonNull(response.getHeader("WWW-Authenticate"))
        + response.getContentAsString();
  }
}
