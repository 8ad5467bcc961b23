package dev.latchkey.core.verify;

import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.usage.UseCounter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An active token: all that a request needs to know of it and of its third party. Immutable but for
 * the count of its uses and for having been seen expired; thread-safe.
 */
public final class Grant implements Verdict, Answer.Finding {

  /** A third party as its tokens see it; shared by all of them. */
  record Holder(String id, String name, AllowedNetworks networks) {}

  static final long NEVER = Long.MAX_VALUE;

  private final long id;
  private final TokenHash hash;
  private final Holder holder;
  private final Set<String> scopes;
  private final long expiresAtMillis;
  private final @Nullable CertificateThumbprint certificate;
  private final UseCounter uses;
  private volatile boolean seenExpired;

  Grant(
      long id,
      TokenHash hash,
      Holder holder,
      Set<String> scopes,
      long expiresAtMillis,
      @Nullable CertificateThumbprint certificate,
      UseCounter uses) {
    this.id = id;
    this.hash = hash;
    this.holder = holder;
    this.scopes = scopes;
    this.expiresAtMillis = expiresAtMillis;
    this.certificate = certificate;
    this.uses = uses;
  }

  /** The token's public id. */
  public String tokenId() {
    return TokenFormat.idText(id);
  }

  /** The third party's OAuth client id. */
  public String clientId() {
    return holder.id;
  }

  /** The third party's name. */
  public String name() {
    return holder.name;
  }

  /** What the token may do: its own scopes, as far as its third party still has them. */
  public Set<String> scopes() {
    return scopes;
  }

  /** Whether the third party may call from anywhere. */
  public boolean fromAnywhere() {
    return holder.networks.anywhere();
  }

  /**
   * Whether the third party may call from this address.
   *
   * @param address an IP address as text
   */
  public boolean from(String address) {
    return holder.networks.contain(address);
  }

  /** Whether it lets a request in only with a certain client certificate (RFC 8705 §3). */
  public boolean bound() {
    return certificate != null;
  }

  /**
   * Whether it may be used with this client certificate.
   *
   * @param presented null for a request without a certificate
   */
  public boolean usableWith(@Nullable CertificateThumbprint presented) {
    return certificate == null || certificate.equals(presented);
  }

  /**
   * Counts a request that was let in.
   *
   * @param nowMillis the time of the request
   * @param address the address that it came from
   */
  public void used(long nowMillis, String address) {
    uses.used(nowMillis, address);
  }

  /**
   * Whether it is kept where a request that was let in at this time came from; where not, {@link
   * #used()} counts it. Finding out an address may take longer than all else.
   */
  public boolean wantsAddress(long nowMillis) {
    return uses.wantsAddress(nowMillis);
  }

  /** Counts a request that was let in, in the same second as one that is known. */
  public void used() {
    uses.used();
  }

  TokenHash hash() {
    return hash;
  }

  Holder holder() {
    return holder;
  }

  long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** Whether it is over; once seen so, it stays so, even when the clock is set back. */
  boolean over(long nowMillis) {
    if (seenExpired) {
      return true;
    }
    if (nowMillis >= expiresAtMillis) {
      seenExpired = true;
      return true;
    }
    return false;
  }

  /** When it was over, if it was seen so; else {@link #NEVER}. */
  long seenOverAt() {
    return seenExpired ? expiresAtMillis : NEVER;
  }

  /** Takes over that the same token was seen expired when its end was this one's, or later. */
  void succeed(long overAt) {
    if (overAt != NEVER && overAt >= expiresAtMillis) {
      seenExpired = true;
    }
  }

  @Override
  public String toString() {
    return "Grant[" + tokenId() + " of " + holder.id + "]";
  }
}
