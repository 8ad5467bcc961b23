package dev.latchkey.filter;

import dev.latchkey.core.verify.Grant;
import java.io.Serializable;
import java.security.Principal;
import java.util.Objects;
import java.util.Set;

/**
 * The third party that a request comes from, as the token says that it came with. Immutable; holds
 * no secret.
 *
 * <p>{@code (ThirdPartyPrincipal) request.getUserPrincipal()}
 */
public class ThirdPartyPrincipal implements Principal, Serializable {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final String clientId;
  private final String tokenId;
  private final Set<String> scopes;

  ThirdPartyPrincipal(Grant grant) {
    this.name = grant.name();
    this.clientId = grant.clientId();
    this.tokenId = grant.tokenId();
    this.scopes = grant.scopes();
  }

  /** The same third party, for frameworks whose principals have more than a name. */
  protected ThirdPartyPrincipal(ThirdPartyPrincipal same) {
    this.name = same.name;
    this.clientId = same.clientId;
    this.tokenId = same.tokenId;
    this.scopes = same.scopes;
  }

  /** The third party's name, as an admin registered it. */
  @Override
  public String getName() {
    return name;
  }

  /** The third party's OAuth client id. */
  public String getClientId() {
    return clientId;
  }

  /** The public id of the token. */
  public String getTokenId() {
    return tokenId;
  }

  /** What the token may do; unmodifiable. */
  public Set<String> getScopes() {
    return scopes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ThirdPartyPrincipal that
        && clientId.equals(that.clientId)
        && tokenId.equals(that.tokenId)
        && name.equals(that.name)
        && scopes.equals(that.scopes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(clientId, tokenId);
  }

  @Override
  public String toString() {
    return "ThirdPartyPrincipal[" + clientId + ", token " + tokenId + "]";
  }
}
