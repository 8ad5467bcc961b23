package dev.latchkey.core.thirdparty;

import dev.latchkey.core.token.Scopes;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A third party's row. Its id is its OAuth client id. It holds no collection of its tokens, so that
 * a third party with a million of them is as quick as one with none. Not thread-safe; lives in one
 * transaction.
 */
@Entity
@Table(name = "third_party")
public class ThirdParty {

  /** How the third party comes by its tokens. */
  public enum Authorization {
    /** Tokens expire, and an admin hands over the next one. */
    MANUAL("manual"),
    /** Tokens do not expire. */
    AUTOMATIC("automatic");

    private final String text;

    Authorization(String text) {
      this.text = text;
    }

    /** The name in the REST API. */
    @Override
    public String toString() {
      return text;
    }
  }

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "name")
  private String name;

  @Column(name = "name_key")
  private String nameKey;

  @Column(name = "enabled")
  private boolean enabled;

  @Enumerated(EnumType.STRING)
  @Column(name = "authorization_kind")
  private Authorization authorization;

  @Column(name = "callback_url")
  private @Nullable String callbackUrl;

  @Column(name = "contact_name")
  private @Nullable String contactName;

  @Column(name = "contact_email")
  private @Nullable String contactEmail;

  @Column(name = "scopes")
  private String scopes;

  @Column(name = "allowed_networks")
  private String allowedNetworks;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Column(name = "created_by", updatable = false)
  private String createdBy;

  @Version
  @Column(name = "version")
  private long version;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected ThirdParty() {}

  /** A new third party with no scope, no network restriction and nobody to contact. */
  public ThirdParty(
      String id,
      String name,
      boolean enabled,
      Authorization authorization,
      Instant createdAt,
      String createdBy) {
    this.id = id;
    this.name = name;
    this.nameKey = nameKey(name);
    this.enabled = enabled;
    this.authorization = authorization;
    this.scopes = "";
    this.allowedNetworks = "";
    this.createdAt = createdAt;
    this.createdBy = createdBy;
  }

  /** What makes a name unique and found; see {@link NameKey}. */
  public static String nameKey(String name) {
    return NameKey.of(name);
  }

  /** The public id, which is the OAuth client id. */
  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  public String nameKey() {
    return nameKey;
  }

  public boolean enabled() {
    return enabled;
  }

  public Authorization authorization() {
    return authorization;
  }

  public @Nullable String callbackUrl() {
    return callbackUrl;
  }

  public @Nullable String contactName() {
    return contactName;
  }

  public @Nullable String contactEmail() {
    return contactEmail;
  }

  /** The most that its tokens may do; unmodifiable. */
  public SortedSet<String> scopes() {
    return Scopes.parse(scopes);
  }

  /** Where its requests may come from; unrestricted by default. */
  public AllowedNetworks allowedNetworks() {
    return AllowedNetworks.parse(allowedNetworks);
  }

  public Instant createdAt() {
    return createdAt;
  }

  public String createdBy() {
    return createdBy;
  }

  /** Counts changes, for optimistic locking. */
  public long version() {
    return version;
  }

  /** Gives it a name. The key of a name that stays is kept as well. */
  public void name(String newName) {
    if (!newName.equals(name)) {
      this.name = newName;
      this.nameKey = nameKey(newName);
    }
  }

  public void enabled(boolean nowEnabled) {
    this.enabled = nowEnabled;
  }

  public void authorization(Authorization newAuthorization) {
    this.authorization = newAuthorization;
  }

  public void callbackUrl(@Nullable String newCallbackUrl) {
    this.callbackUrl = newCallbackUrl;
  }

  public void contactName(@Nullable String newContactName) {
    this.contactName = newContactName;
  }

  public void contactEmail(@Nullable String newContactEmail) {
    this.contactEmail = newContactEmail;
  }

  public void scopes(Collection<String> newScopes) {
    this.scopes = Scopes.text(newScopes);
  }

  public void allowedNetworks(AllowedNetworks newNetworks) {
    this.allowedNetworks = newNetworks.toString();
  }

  @Override
  public String toString() {
    return "ThirdParty[" + id + "]";
  }
}
