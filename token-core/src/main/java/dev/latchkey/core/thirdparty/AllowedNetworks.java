package dev.latchkey.core.thirdparty;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The networks that requests may come from; none listed means from anywhere. Immutable.
 *
 * <p>Addresses are compared as numbers and never looked up in the DNS. An IPv4 address that comes
 * as IPv6 ({@code ::ffff:10.0.0.1}) counts as the IPv4 address that it is.
 */
public final class AllowedNetworks {

  /** From anywhere. */
  public static final AllowedNetworks ANYWHERE = new AllowedNetworks(List.of());

  private final List<Cidr> networks;

  private AllowedNetworks(List<Cidr> networks) {
    this.networks = networks;
  }

  /**
   * The networks in these CIDRs (RFC 4632, RFC 4291 §2.3), such as {@code 10.0.0.0/8}, {@code
   * 2001:db8::/32} or a single address.
   *
   * @throws IllegalArgumentException when one does not parse or has bits behind its prefix; the
   *     message says which and why
   */
  public static AllowedNetworks of(Collection<String> cidrs) {
    List<Cidr> networks = new ArrayList<>();
    for (String cidr : cidrs) {
      networks.add(Cidr.parse(cidr));
    }
    return networks.isEmpty() ? ANYWHERE : new AllowedNetworks(List.copyOf(networks));
  }

  /** The networks in a text as {@link #toString} writes it. */
  public static AllowedNetworks parse(String text) {
    return text.isEmpty() ? ANYWHERE : of(List.of(text.split(" ", -1)));
  }

  /** Whether any address is allowed. */
  public boolean anywhere() {
    return networks.isEmpty();
  }

  /**
   * Whether a request from this address is allowed.
   *
   * @param address an IP address as text; anything else is allowed only from anywhere
   */
  public boolean contain(String address) {
    if (networks.isEmpty()) {
      return true;
    }
    byte[] bytes = Cidr.address(address);
    if (bytes == null) {
      return false;
    }
    for (Cidr network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /** The CIDRs, in the order given; unmodifiable. */
  public List<String> cidrs() {
    return networks.stream().map(Cidr::toString).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AllowedNetworks that && networks.equals(that.networks);
  }

  @Override
  public int hashCode() {
    return networks.hashCode();
  }

  /** The CIDRs separated by single spaces. */
  @Override
  public String toString() {
    return networks.stream().map(Cidr::toString).collect(Collectors.joining(" "));
  }
}
