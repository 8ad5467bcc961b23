package dev.latchkey.core.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Settings;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsNetworksTest {

  private final Map<String, String> settings =
      new HashMap<>(Map.of("latchkey.filter.trusted-proxies", "10.0.0.1/32"));
  private final Map<String, String> headers = new HashMap<>();

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.9.9.9, true",
    "::1, true",
    "::ffff:127.0.0.1, true",
    "10.0.0.2, false",
    "203.0.113.9, false",
    "nonsense, false",
  })
  void areLoopbackByDefault(String peer, boolean allowed) {
    assertThat(contain(peer)).isEqualTo(allowed);
  }

  @Test
  void areThoseThatAreConfigured() {
    settings.put("latchkey.metrics.allowed-networks", "203.0.113.0/24");
    assertThat(contain("203.0.113.9")).isTrue();
    assertThat(contain("127.0.0.1")).isFalse();
  }

  @Test
  void areNoneWhereTheListIsEmpty() {
    settings.put("latchkey.metrics.allowed-networks", "");
    assertThat(contain("127.0.0.1")).isFalse();
  }

  @Test
  void goByWhatATrustedProxySays() {
    settings.put("latchkey.metrics.allowed-networks", "203.0.113.0/24, 10.0.0.0/8");
    headers.put("X-Forwarded-For", "203.0.113.9");
    assertThat(contain("10.0.0.1")).isTrue();
    headers.put("X-Forwarded-For", "203.0.113.9, 198.51.100.1");
    assertThat(contain("10.0.0.1")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"})
  void doNotContainAProxyOnThisMachineThatNobodyTrusts(String header) {
    headers.put(header, "127.0.0.1");
    assertThat(contain("127.0.0.1")).isFalse();
  }

  @Test
  void refuseWhatIsNoNetwork() {
    settings.put("latchkey.metrics.allowed-networks", "everywhere");
    assertThatThrownBy(() -> contain("127.0.0.1"))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("latchkey.metrics.allowed-networks")
        .hasMessageContaining("everywhere");
  }

  private boolean contain(String peer) {
    Settings read = Settings.read(Map.of(), settings, Map.of(), Map.of());
    return MetricsNetworks.configured(read, ClientAddress.configured(read))
        .contain(
            peer,
            name ->
                Collections.enumeration(
                    headers.containsKey(name) ? List.of(headers.get(name)) : List.of()));
  }
}
