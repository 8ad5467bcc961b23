package dev.latchkey.core.administer;

import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.thirdparty.NameKey;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.Scopes;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an admin says of a third party, checked only when a command takes it.
 *
 * @param name unique but for case
 * @param callbackUrl null for none; needed with automatic authorization
 * @param contactName null for none
 * @param contactEmail null for none
 * @param scopes the most that its tokens may do
 * @param allowedNetworks CIDRs that it may call from, in canonical form if they are all CIDRs; none
 *     for anywhere
 */
public record ThirdPartyDraft(
    String name,
    ThirdParty.Authorization authorization,
    @Nullable String callbackUrl,
    @Nullable String contactName,
    @Nullable String contactEmail,
    List<String> scopes,
    List<String> allowedNetworks,
    boolean enabled) {

  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_KEY = 600;
  private static final int LONGEST_URL = 2000;
  private static final int LONGEST_EMAIL = 254;
  private static final int LONGEST_SCOPES = 2000;
  private static final int LONGEST_NETWORKS = 4000;

  public ThirdPartyDraft {
    name = name.strip();
    callbackUrl = noneIfBlank(callbackUrl);
    contactName = noneIfBlank(contactName);
    contactEmail = noneIfBlank(contactEmail);
    scopes = List.copyOf(scopes);
    allowedNetworks = canonical(allowedNetworks);
  }

  private static List<String> canonical(List<String> cidrs) {
    try {
      return AllowedNetworks.of(cidrs).cidrs();
    } catch (IllegalArgumentException notNetworks) {
      return List.copyOf(cidrs);
    }
  }

  private static @Nullable String noneIfBlank(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  /**
   * Complains of every field that is not allowed.
   *
   * @param stored what is stored; its networks are not checked again, so that a third party whose
   *     stored networks do not parse can still be disabled. Null for a new third party
   */
  void check(Complaints complaints, @Nullable ThirdPartyDraft stored) {
    complaints.unless(
        shows(name, LONGEST_NAME) && ThirdParty.nameKey(name).length() <= LONGEST_KEY,
        "name",
        "takes 1 to " + LONGEST_NAME + " characters, not only invisible ones and no controls");
    complaints.unless(
        contactName == null || shows(contactName, LONGEST_NAME),
        "contactName",
        "takes at most " + LONGEST_NAME + " characters, not only invisible ones and no controls");
    complaints.unless(
        contactEmail == null || email(contactEmail),
        "contactEmail",
        "takes an address such as ann@example.org");
    if (callbackUrl != null) {
      complaints.unless(
          callback(callbackUrl),
          "callbackUrl",
          "takes an absolute https URL (http for a loopback address only) without user"
              + " information and fragment, of at most "
              + LONGEST_URL
              + " characters");
    } else {
      complaints.unless(
          authorization != ThirdParty.Authorization.AUTOMATIC,
          "callbackUrl",
          "is needed with automatic authorization");
    }
    checkScopes(scopes, complaints);
    if (stored == null || !allowedNetworks.equals(stored.allowedNetworks)) {
      checkNetworks(complaints);
    }
  }

  static void checkScopes(List<String> scopes, Complaints complaints) {
    complaints.unless(
        scopes.stream().allMatch(Scopes::valid) && Scopes.text(scopes).length() <= LONGEST_SCOPES,
        "scopes",
        "takes names of printable ASCII characters without space, \" and \\ (RFC 6749 §3.3), of at"
            + " most "
            + LONGEST_SCOPES
            + " characters in all");
  }

  private void checkNetworks(Complaints complaints) {
    try {
      complaints.unless(
          AllowedNetworks.of(allowedNetworks).toString().length() <= LONGEST_NETWORKS,
          "allowedNetworks",
          "takes at most " + LONGEST_NETWORKS + " characters in all");
    } catch (IllegalArgumentException notANetwork) {
      complaints.add("allowedNetworks", String.valueOf(notANetwork.getMessage()));
    }
  }

  /** Gives a third party what the draft says. */
  void applyTo(ThirdParty party) {
    party.name(name);
    party.enabled(enabled);
    party.authorization(authorization);
    party.callbackUrl(callbackUrl);
    party.contactName(contactName);
    party.contactEmail(contactEmail);
    party.scopes(scopes);
    if (!allowedNetworks.equals(party.allowedNetworks().cidrs())) {
      party.allowedNetworks(AllowedNetworks.of(allowedNetworks));
    }
  }

  static ThirdPartyDraft of(ThirdParty party) {
    return new ThirdPartyDraft(
        party.name(),
        party.authorization(),
        party.callbackUrl(),
        party.contactName(),
        party.contactEmail(),
        List.copyOf(party.scopes()),
        party.allowedNetworks().cidrs(),
        party.enabled());
  }

  /** Whether tokens behave otherwise under the other draft, so that old answers must go. */
  boolean invalidates(ThirdPartyDraft other) {
    return enabled != other.enabled
        || !name.equals(other.name)
        || !new TreeSet<>(scopes).equals(new TreeSet<>(other.scopes))
        || !allowedNetworks.equals(other.allowedNetworks);
  }

  static boolean fits(String text, int longest) {
    return text.length() <= longest && Texts.plain(text);
  }

  /** Whether a text fits and something of it is visible. */
  static boolean shows(String text, int longest) {
    return fits(text, longest) && NameKey.visible(text);
  }

  // No quoted local part (RFC 5321 §4.1.2), so that no address can become two in a mail header.
  private static boolean email(String text) {
    int at = text.indexOf('@');
    return fits(text, LONGEST_EMAIL)
        && at > 0
        && at == text.lastIndexOf('@')
        && at < text.length() - 1
        && NameKey.visible(text)
        && text.codePoints()
            .noneMatch(
                c ->
                    Character.isWhitespace(c)
                        || Character.isSpaceChar(c)
                        || "<>()[],;:\"\\".indexOf(c) >= 0);
  }

  private static boolean callback(String text) {
    if (text.length() > LONGEST_URL || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      return false;
    }
    try {
      URI uri = new URI(text);
      String host = uri.getHost();
      return host != null
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null
          && ("https".equalsIgnoreCase(uri.getScheme())
              || ("http".equalsIgnoreCase(uri.getScheme()) && loopback(host)));
    } catch (URISyntaxException notAUrl) {
      return false;
    }
  }

  private static boolean loopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || AllowedNetworks.of(List.of("127.0.0.0/8", "::1"))
            .contain(name.startsWith("[") ? name.substring(1, name.length() - 1) : name);
  }
}
