package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.thirdparty.AllowedNetworks;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class ClientAddressTest {

  private final ClientAddress addresses =
      new ClientAddress(AllowedNetworks.of(List.of("10.0.0.0/8", "::1")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1 | 203.0.113.9             | 192.0.2.1",
        "10.0.0.1  | 203.0.113.9             | 203.0.113.9",
        "10.0.0.1  | 6.6.6.6, 203.0.113.9    | 203.0.113.9",
        "10.0.0.1  | 203.0.113.9, 10.0.0.2   | 203.0.113.9",
        "10.0.0.1  | 203.0.113.9:4711        | 203.0.113.9",
        "10.0.0.1  | [2001:db8::1]:80        | 2001:db8::1",
        "10.0.0.1  | 2001:db8::1             | 2001:db8::1",
        "10.0.0.1  | 10.0.0.3, 10.0.0.2      | 10.0.0.3",
        "10.0.0.1  | nonsense                | nonsense",
        "10.0.0.1  | [broken                 | [broken",
        "::1       | 203.0.113.9             | 203.0.113.9",
      })
  void readsForwardedForFromRightToLeft(String peer, String header, String expected) {
    MockHttpServletRequest request = from(peer);
    request.addHeader("X-Forwarded-For", header);
    assertThat(addresses.of(request)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for=203.0.113.9;proto=http            | 203.0.113.9",
        "proto=http; For=\"[2001:db8::17]:80\" | 2001:db8::17",
        "for=6.6.6.6, for=203.0.113.9          | 203.0.113.9",
        "proto=http                            | unknown",
        "for=6.6.6.6, proto=http               | unknown",
        "for=unknown                           | unknown",
        "for=\"6.6.6.6, for=203.0.113.9        | 203.0.113.9",
      })
  void readsForwarded(String header, String expected) {
    MockHttpServletRequest request = from("10.0.0.1");
    request.addHeader("Forwarded", header);
    assertThat(addresses.of(request)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.9           | for=203.0.113.9              | 203.0.113.9",
        "203.0.113.9, 10.0.0.2 | for=203.0.113.9              | 203.0.113.9",
        "203.0.113.9           | for=6.6.6.6                  | unknown",
        "6.6.6.6               | for=6.6.6.6, for=203.0.113.9 | unknown",
      })
  @DisplayName("a header that a client adds can't outvote the one that the proxy sets")
  void bothHeadersMustSayTheSame(String forwardedFor, String forwarded, String expected) {
    MockHttpServletRequest request = from("10.0.0.1");
    request.addHeader("X-Forwarded-For", forwardedFor);
    request.addHeader("Forwarded", forwarded);
    assertThat(addresses.of(request)).isEqualTo(expected);
  }

  @Test
  void aTrustedProxyThatSaysNothingIsThePeer() {
    assertThat(addresses.of(from("10.0.0.1"))).isEqualTo("10.0.0.1");
  }

  @Test
  void withoutTrustedProxiesThePeerCounts() {
    MockHttpServletRequest request = from("10.0.0.1");
    request.addHeader("X-Forwarded-For", "203.0.113.9");
    ClientAddress direct = new ClientAddress(AllowedNetworks.ANYWHERE);
    assertThat(direct.of(request)).isEqualTo("10.0.0.1");
    assertThat(direct.viaTrustedProxy(request)).isFalse();
    assertThat(addresses.viaTrustedProxy(request)).isTrue();
    assertThat(addresses.viaTrustedProxy(from("192.0.2.1"))).isFalse();
  }

  private static MockHttpServletRequest from(String peer) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setRemoteAddr(peer);
    return request;
  }
}
