package dev.latchkey.core.thirdparty;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
  // A stored text that does not parse, which no address is in; null when all of it parses.
  private final @Nullable String unreadable;

  private AllowedNetworks(List<Cidr> networks) {
    this(networks, null);
  }

  private AllowedNetworks(List<Cidr> networks, @Nullable String unreadable) {
    this.networks = networks;
    this.unreadable = unreadable;
  }

  /**
   * The networks in these CIDRs (RFC 4632, RFC 4291 §2.3), such as {@code 10.0.0.0/8}, {@code
   * 2001:db8::/32} or a single address, each once.
   *
   * @throws IllegalArgumentException when one does not parse or has bits behind its prefix; the
   *     message says which and why
   */
  public static AllowedNetworks of(Collection<String> cidrs) {
    List<Cidr> networks = new ArrayList<>();
    for (String cidr : cidrs) {
      Cidr network = Cidr.parse(cidr);
      if (!networks.contains(network)) {
        networks.add(network);
      }
    }
    return networks.isEmpty() ? ANYWHERE : new AllowedNetworks(List.copyOf(networks));
  }

  /**
   * The networks in a stored text, as {@link #toString} writes it. Never throws: when any part of
   * the text does not parse, no address is allowed.
   */
  public static AllowedNetworks parse(String text) {
    if (text.isEmpty()) {
      return ANYWHERE;
    }
    try {
      return of(List.of(text.split(" ", -1)));
    } catch (IllegalArgumentException notNetworks) {
      return new AllowedNetworks(List.of(), text);
    }
  }

  /** Whether any address is allowed. */
  public boolean anywhere() {
    return networks.isEmpty() && unreadable == null;
  }

  /**
   * Whether a request from this address is allowed.
   *
   * @param address an IP address as text; anything else is allowed only from anywhere
   */
  public boolean contain(String address) {
    if (anywhere()) {
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

  /**
   * The CIDRs in canonical form, in the order given; unmodifiable. One element that is not a CIDR
   * when the stored text did not parse.
   */
  public List<String> cidrs() {
    return unreadable != null
        ? List.of(unreadable)
        : networks.stream().map(Cidr::toString).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AllowedNetworks that
        && networks.equals(that.networks)
        && Objects.equals(unreadable, that.unreadable);
  }

  @Override
  public int hashCode() {
    return Objects.hash(networks, unreadable);
  }

  /** The CIDRs separated by single spaces. */
  @Override
  public String toString() {
    return String.join(" ", cidrs());
  }
}
