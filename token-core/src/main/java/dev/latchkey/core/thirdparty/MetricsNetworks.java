package dev.latchkey.core.thirdparty;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Function;

/** The networks that may read the metrics without a token. Immutable. */
public final class MetricsNetworks {

  private static final List<String> OF_PROXIES =
      List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via");

  private final ClientAddress addresses;
  private final AllowedNetworks networks;

  private MetricsNetworks(ClientAddress addresses, AllowedNetworks networks) {
    this.addresses = addresses;
    this.networks = networks;
  }

  /**
   * The networks of {@code latchkey.metrics.allowed-networks}.
   *
   * @throws InvalidConfigurationException when one of those is no CIDR
   */
  public static MetricsNetworks configured(Settings settings, ClientAddress addresses) {
    List<String> cidrs = settings.get(Key.METRICS_ALLOWED_NETWORKS);
    try {
      return new MetricsNetworks(addresses, AllowedNetworks.of(cidrs));
    } catch (IllegalArgumentException notANetwork) {
      throw Key.METRICS_ALLOWED_NETWORKS.invalid(String.join(", ", cidrs), "the configuration");
    }
  }

  /**
   * Whether a request comes from one of them. A request that has passed a proxy which is not
   * trusted does not: its peer is the proxy, often on this machine, and whom it speaks for is not
   * known.
   *
   * @param peer the other end of the connection
   * @param headers the values of a header by its name, one for each line
   */
  public boolean contain(String peer, Function<String, Enumeration<String>> headers) {
    boolean throughAStranger =
        !addresses.viaTrustedProxy(peer)
            && OF_PROXIES.stream().anyMatch(name -> headers.apply(name).hasMoreElements());
    // An empty list means nobody here, and anybody there.
    return !throughAStranger
        && !networks.anywhere()
        && networks.contain(addresses.of(peer, headers));
  }
}
