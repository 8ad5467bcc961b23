package dev.latchkey.core.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        "10.0.0.1  | [2001:db8::1]x          | [2001:db8::1]x",
        "10.0.0.1  | 203.0.113.9:a b         | 203.0.113.9:a b",
        "10.0.0.1  | fe80::1%eth0            | fe80::1%eth0",
        "::1       | 203.0.113.9             | 203.0.113.9",
      })
  void readsForwardedForFromRightToLeft(String peer, String header, String expected) {
    Asked request = from(peer);
    request.add("X-Forwarded-For", header);
    assertThat(request.seenBy(addresses)).isEqualTo(expected);
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
        // issue 15.4: a separator in a quoted string separates nothing
        "for=203.0.113.9;host=\"a,for=6.6.6.6\" | 203.0.113.9",
        "host=\"a;for=6.6.6.6\";for=203.0.113.9 | 203.0.113.9",
        "host=\"\\\",for=6.6.6.6\";for=203.0.113.9 | 203.0.113.9",
        "x\", for=203.0.113.9;host=\"a,for=6.6.6.6\" | unknown",
        "for=203.0.113.9;for=6.6.6.6            | unknown",
        "for=unknown;for=6.6.6.6                | unknown",
        "for=_hidden                            | _hidden",
        "for=\"_hidden:_port\"                  | _hidden",
      })
  void readsForwarded(String header, String expected) {
    Asked request = from("10.0.0.1");
    request.add("Forwarded", header);
    assertThat(request.seenBy(addresses)).isEqualTo(expected);
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
    Asked request = from("10.0.0.1");
    request.add("X-Forwarded-For", forwardedFor);
    request.add("Forwarded", forwarded);
    assertThat(request.seenBy(addresses)).isEqualTo(expected);
  }

  @Test
  void aTrustedProxyThatSaysNothingIsThePeer() {
    assertThat(from("10.0.0.1").seenBy(addresses)).isEqualTo("10.0.0.1");
  }

  @Test
  void withoutTrustedProxiesThePeerCounts() {
    Asked request = from("10.0.0.1");
    request.add("X-Forwarded-For", "203.0.113.9");
    ClientAddress direct = new ClientAddress(AllowedNetworks.ANYWHERE);
    assertThat(request.seenBy(direct)).isEqualTo("10.0.0.1");
    assertThat(direct.viaTrustedProxy("10.0.0.1")).isFalse();
    assertThat(addresses.viaTrustedProxy("10.0.0.1")).isTrue();
    assertThat(addresses.viaTrustedProxy("192.0.2.1")).isFalse();
  }

  @Test
  void anIpv4AddressInTheFormOfIpv6IsTheSamePlace() {
    assertThat(ClientAddress.place("::ffff:192.0.2.1"))
        .isEqualTo(ClientAddress.place("192.0.2.1"))
        .isEqualTo("192.0.2.1");
    assertThat(ClientAddress.place("2001:db8::1")).isEqualTo(ClientAddress.place("2001:db8::2"));
  }

  private static Asked from(String peer) {
    return new Asked(peer, new HashMap<>());
  }

  private record Asked(String peer, Map<String, List<String>> headers) {

    void add(String name, String value) {
      headers.computeIfAbsent(name, none -> new ArrayList<>()).add(value);
    }

    String seenBy(ClientAddress addresses) {
      return addresses.of(
          peer, name -> Collections.enumeration(headers.getOrDefault(name, List.of())));
    }
  }
}
