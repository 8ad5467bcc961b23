package dev.latchkey.core.administer;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who has made a token: a person, or the third party's own software by an OAuth grant. */
public enum TokenOrigin {
  /** An admin user, a one-time link, or a program that uses the admin API. */
  ADMIN("admin", null),
  /** The client credentials grant (RFC 6749 §4.4): a token that ends after an hour or so. */
  CLIENT_CREDENTIALS("client_credentials", "oauth:client_credentials"),
  /** The authorization code grant (RFC 6749 §4.1): somebody has approved the request. */
  AUTHORIZATION_CODE("authorization_code", "oauth:authorization_code");

  private final String text;
  private final @Nullable String createdBy;

  TokenOrigin(String text, @Nullable String createdBy) {
    this.text = text;
    this.createdBy = createdBy;
  }

  /** The origin that {@link #toString} has written; empty for any other text. */
  public static Optional<TokenOrigin> of(String text) {
    return Arrays.stream(values()).filter(each -> each.text.equals(text)).findFirst();
  }

  /**
   * The {@code createdBy} of each token of a grant.
   *
   * @throws IllegalStateException for {@link #ADMIN}, where it is a name
   */
  public String createdBy() {
    if (createdBy == null) {
      throw new IllegalStateException("tokens that people make have their names");
    }
    return createdBy;
  }

  /** A condition on the token {@code t} of a query. */
  String condition() {
    return createdBy == null
        ? Arrays.stream(values())
            .filter(each -> each.createdBy != null)
            .map(each -> "'" + each.createdBy + "'")
            .collect(Collectors.joining(", ", "t.createdBy not in (", ")"))
        : "t.createdBy = '" + createdBy + "'";
  }

  @Override
  public String toString() {
    return text;
  }
}
