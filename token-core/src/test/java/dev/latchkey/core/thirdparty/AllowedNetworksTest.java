package dev.latchkey.core.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedNetworksTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.0.0.0/9, 10.127.255.255, true",
    "10.0.0.0/9, 10.128.0.0, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.8, false",
    "192.0.2.6/31, 192.0.2.7, true",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::1, false",
    "2001:db8::/33, 2001:db8:8000::, false",
    "::1, 0:0:0:0:0:0:0:1, true",
    "::/0, ::1, true",
    "::/0, 127.0.0.1, false",
    "10.0.0.0/8, ::ffff:10.0.0.1, true",
    "fe80::/10, fe80::1%eth0, true",
    "10.0.0.0/8, localhost, false",
    "10.0.0.0/8, 10, false",
    "10.0.0.0/8, 10.1, false",
    "10.0.0.0/8, 010.0.0.1, false",
    "10.0.0.0/8, 10.0.0.1.1, false",
    "10.0.0.0/8, 10.0.0.256, false",
    "10.0.0.0/8, '', false",
    "10.0.0.0/8, dead.beef, false",
    "::/0, dead:beef, false",
    "::/0, [::1], false",
    "127.0.0.0/8, %::, false",
    "::/0, %::, false",
    "0.0.0.0/0, 1%::, false",
    "0.0.0.0/0, 2130706433%::, false",
  })
  void containAnAddress(String network, String address, boolean contained) {
    assertThat(AllowedNetworks.of(List.of(network)).contain(address)).isEqualTo(contained);
  }

  @ParameterizedTest
  @DisplayName(
      "no text of a client is looked up in the DNS, not even one that looks like an address")
  @ValueSource(strings = {".::", ".a:", "abc%::", "%::", "::.", "a:b", "a.b.c.d"})
  void asksNoDns(String text, @TempDir Path folder) throws Exception {
    // A file in place of the DNS that knows each of them; a JVM reads its name when it starts.
    Path names = Files.writeString(folder.resolve("names"), "10.1.2.3 " + text + " abc\n");
    String classes =
        Stream.of(AllowedNetworks.class, Asked.class)
            .map(type -> Path.of(URI.create(location(type))).toString())
            .collect(Collectors.joining(File.pathSeparator));
    Process asked =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djdk.net.hosts.file=" + names,
                "-cp",
                classes,
                Asked.class.getName(),
                text)
            .redirectErrorStream(true)
            .start();
    assertThat(new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
        .isEqualTo("false");
  }

  private static String location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().toString();
  }

  /** Says whether an address is in the network of all names that can be looked up. */
  static final class Asked {

    private Asked() {}

    public static void main(String[] arguments) {
      System.out.println(AllowedNetworks.of(List.of("10.0.0.0/8")).contain(arguments[0]));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0.1/8",
        "10.0.0/8",
        "2001:db8::/129",
        "2001:db8::1/32",
        "example.org",
        "example.org/8",
        "10.0.0.0/08",
        "256.0.0.0/8",
        "::g/128",
        "10.0.0.0/8 ",
        // issue 15.4
        "::%a 0.0.0.0/0",
        "::1%a b",
        "::1%eth0",
        "fe80::1%25eth0/64",
        "10.0.0.1%a",
        "::1\u0000",
        "10.0.0.1\n",
        "\t::1",
        "::1,10.0.0.1",
        "[::1]",
        "[::1]/128",
        "10.0.0.010",
        "010.0.0.1",
        "0x0a.0.0.1",
        "167772161",
        "::ffff:010.0.0.1",
        "::ffff:10.0.0.0/8",
        "::ffff:10.0.0/120",
        "::10.0.0.1:1",
        "1.2.3.4::",
        "00001::",
        "1::2::3",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8:9",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        "１０.0.0.1",
        "::１",
        "10.0.0.0/ 8",
        "10.0.0.0/+8"
      })
  void whatIsNoNetworkIsRefused(String text) {
    assertThatThrownBy(() -> AllowedNetworks.of(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noneMeansAnywhere() {
    assertThat(AllowedNetworks.of(List.of()).anywhere()).isTrue();
    assertThat(AllowedNetworks.ANYWHERE.contain("not even an address")).isTrue();
    assertThat(AllowedNetworks.parse("")).isEqualTo(AllowedNetworks.ANYWHERE);
  }

  @Test
  void anyOfSeveralIsEnough() {
    AllowedNetworks networks = AllowedNetworks.parse("10.0.0.0/8 2001:db8::/32");
    assertThat(networks.anywhere()).isFalse();
    assertThat(networks.contain("10.1.2.3")).isTrue();
    assertThat(networks.contain("2001:db8::1")).isTrue();
    assertThat(networks.contain("192.0.2.1")).isFalse();
    assertThat(networks.cidrs()).containsExactly("10.0.0.0/8", "2001:db8::/32");
    assertThat(AllowedNetworks.parse(networks.toString()))
        .isEqualTo(networks)
        .hasSameHashCodeAs(networks);
  }

  // issue 15.4
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0/8",
    "10.0.0.1, 10.0.0.1",
    "127.0.0.1/32, 127.0.0.1/32",
    "2001:DB8:0:0:0:0:0:0/32, 2001:db8::/32",
    "2001:0db8::0001, 2001:db8::1",
    "::, ::",
    "::/0, ::/0",
    "::1, ::1",
    "1::, 1::",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    "1:0:0:2:0:0:3:4, 1::2:0:0:3:4",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "::ffff:10.0.0.1, 10.0.0.1",
    "::ffff:a00:1, 10.0.0.1",
    "::ffff:10.0.0.0/104, 10.0.0.0/8",
    "::ffff:0:0/96, 0.0.0.0/0",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
  })
  void aNetworkIsStoredInItsCanonicalForm(String text, String stored) {
    AllowedNetworks networks = AllowedNetworks.of(List.of(text));
    assertThat(networks).hasToString(stored);
    assertThat(AllowedNetworks.parse(stored)).isEqualTo(networks);
    assertThat(networks.cidrs()).containsExactly(stored);
  }

  // issue 15.4
  @ParameterizedTest
  @ValueSource(strings = {"::%a 0.0.0.0/0", "nonsense", " ", "10.0.0.0/8 ", "10.0.0.0/8  ::1"})
  void noAddressIsInAStoredTextThatDoesNotParse(String stored) {
    AllowedNetworks networks = AllowedNetworks.parse(stored);
    assertThat(networks.anywhere()).isFalse();
    assertThat(networks.contain("10.0.0.1")).isFalse();
    assertThat(networks.contain("::1")).isFalse();
    assertThat(networks.contain("not even an address")).isFalse();
    assertThat(networks.cidrs()).containsExactly(stored);
    assertThat(networks).hasToString(stored);
  }

  // issue 15.4
  @Test
  void aRequestsAddressMayHaveAZoneIdAndNoMore() {
    AllowedNetworks networks = AllowedNetworks.of(List.of("fe80::/64"));
    assertThat(networks.contain("fe80::1%eth0")).isTrue();
    assertThat(networks.contain("fe80:0:0:0:0:0:0:1%2")).isTrue();
    assertThat(networks.contain("fe80::1%a b")).isFalse();
    assertThat(networks.contain("fe80::1%")).isFalse();
    assertThat(networks.contain("[fe80::1]")).isFalse();
    assertThat(networks.contain("::ffff:fe80::1")).isFalse();
  }

  // issue 15.4
  @Test
  void aNetworkThatIsNamedTwiceIsStoredOnce() {
    assertThat(AllowedNetworks.of(List.of("::1", "0:0:0:0:0:0:0:1", "::1/128")).cidrs())
        .containsExactly("::1");
  }
}
