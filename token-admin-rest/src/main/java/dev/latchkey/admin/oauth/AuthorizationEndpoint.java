package dev.latchkey.admin.oauth;

import dev.latchkey.admin.http.PublicAddress;
import dev.latchkey.admin.signin.Caller;
import dev.latchkey.admin.signin.Role;
import dev.latchkey.admin.signin.ServletSignIn;
import dev.latchkey.core.administer.NotAllowedException;
import dev.latchkey.core.oauth.AuthorizationRequest;
import dev.latchkey.core.oauth.Client;
import dev.latchkey.core.oauth.OAuthError;
import dev.latchkey.core.oauth.OAuthGrants;
import dev.latchkey.core.oauth.OAuthRefusedException;
import dev.latchkey.core.oauth.ProofKey;
import dev.latchkey.core.token.Base62;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /oauth/authorize} (RFC 6749 §4.1.1): somebody who is signed in to the console as
 * operator or admin approves or refuses what a third party asks for. The answer goes to the third
 * party's registered callback URL by a 303 (RFC 9700 §4.12). A request whose client or redirect URI
 * is not known gets a page, never a redirect.
 *
 * <p>The code is derived from the form's one-time id by a key that only this server and the
 * browser's session know, so that a form that is sent twice gives one code.
 */
final class AuthorizationEndpoint {

  private static final int CONSENT_LENGTH = 12;
  private static final int LONGEST_REQUEST = 8000;

  private final OAuthGrants grants;
  private final ServletSignIn signIn;
  private final SecureRandom random;

  AuthorizationEndpoint(OAuthGrants grants, ServletSignIn signIn, SecureRandom random) {
    this.grants = grants;
    this.signIn = signIn;
    this.random = random;
  }

  /** What an authorization request comes to before anybody is asked. */
  private sealed interface Reading {

    /** It may be shown to somebody. */
    record Good(AuthorizationRequest request, @Nullable String state) implements Reading {}

    /** It goes back to the client with an error (RFC 6749 §4.1.2.1). */
    record Bad(String redirectUri, @Nullable String state, OAuthRefusedException error)
        implements Reading {}

    /** Nobody knows where to send an answer. */
    record Nowhere(String reason) implements Reading {}
  }

  /** Shows a request to somebody for approval. */
  void show(HttpServletRequest request, HttpServletResponse response, String issuer, String address)
      throws IOException {
    String query = request.getQueryString() == null ? "" : request.getQueryString();
    Reading reading = reading(query);
    if (!(reading instanceof Reading.Good good)) {
      answerBad(reading, request, response, issuer);
      return;
    }
    Optional<ServletSignIn.Browsing> browsing = signIn.atBrowser(request, address);
    if (browsing.isEmpty()) {
      // The console signs in, and comes back here with the same query.
      redirect(response, PublicAddress.of(request).path() + "/#/authorize?" + query);
      return;
    }
    Caller caller = browsing.get().caller();
    if (!caller.role().includes(Role.OPERATOR)) {
      tell(
          request,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "Not allowed",
          "You are signed in as "
              + caller.getName()
              + " with the role "
              + caller.role()
              + ". Approving access needs the role operator or admin.");
      return;
    }
    String consent = Base62.random(random, CONSENT_LENGTH);
    Page.write(
        request,
        response,
        HttpServletResponse.SC_OK,
        "Give " + good.request.client().name() + " access?",
        form(good.request, caller, query, consent, proof(browsing.get().secret(), consent, query)),
        origin(good.request.redirectUri()));
  }

  /** Takes the decision. */
  void decide(
      HttpServletRequest request, HttpServletResponse response, String issuer, String address)
      throws IOException {
    Parameters parameters = Parameters.ofForm(request);
    String query = Optional.ofNullable(parameters.optional("request")).orElse("");
    String consent = Optional.ofNullable(parameters.optional("consent")).orElse("");
    String proof = Optional.ofNullable(parameters.optional("csrf")).orElse("");
    Optional<ServletSignIn.Browsing> browsing = signIn.atBrowser(request, address);
    boolean genuine =
        !ServletSignIn.fromElsewhere(request)
            && consent.length() == CONSENT_LENGTH
            && browsing.isPresent()
            && MessageDigest.isEqual(
                bytes(proof(browsing.get().secret(), consent, query)), bytes(proof));
    if (!genuine) {
      tell(
          request,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "This form is no longer valid",
          "Your session has ended, or the form is not from this server. Start again from the"
              + " third party's software.");
      return;
    }
    Reading reading = reading(query);
    if (!(reading instanceof Reading.Good good)) {
      answerBad(reading, request, response, issuer);
      return;
    }
    Caller caller = browsing.get().caller();
    if (!caller.role().includes(Role.OPERATOR)) {
      tell(
          request,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "Not allowed",
          "Approving access needs the role operator or admin.");
      return;
    }
    boolean approved = "approve".equals(parameters.optional("decision"));
    if (!approved) {
      grants.refuse(caller.actor(), good.request);
      sendBack(
          response,
          good.request.redirectUri(),
          good.state,
          issuer,
          new OAuthRefusedException(OAuthError.ACCESS_DENIED, "An admin refused the request."));
      return;
    }
    String code = consent + '.' + proof(browsing.get().secret(), "code", consent);
    try {
      grants.approve(caller.actor(), good.request, code);
    } catch (NotAllowedException needsAdmin) {
      tell(
          request,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "Not allowed",
          String.valueOf(needsAdmin.getMessage()));
      return;
    } catch (OAuthRefusedException refused) {
      sendBack(response, good.request.redirectUri(), good.state, issuer, refused);
      return;
    }
    redirect(
        response,
        with(
            good.request.redirectUri(),
            "code=" + encoded(code) + state(good.state) + "&iss=" + encoded(issuer)));
  }

  private Reading reading(String query) {
    Parameters parameters;
    @Nullable String clientId;
    @Nullable String asked;
    try {
      if (query.length() > LONGEST_REQUEST) {
        return new Reading.Nowhere("The request is too long.");
      }
      parameters = Parameters.of(query);
      clientId = parameters.optional("client_id");
      asked = parameters.optional("redirect_uri");
    } catch (OAuthRefusedException malformed) {
      return new Reading.Nowhere(malformed.description());
    }
    Optional<Client> known = clientId == null ? Optional.empty() : grants.clientOf(clientId);
    @Nullable String registered = known.map(Client::callbackUrl).orElse(null);
    if (known.isEmpty() || registered == null) {
      return new Reading.Nowhere(
          "The request names no third party that can be given access here (client_id).");
    }
    Client client = known.get();
    if (asked != null && !OAuthGrants.mayRedirectTo(client, asked)) {
      return new Reading.Nowhere(
          "The address for the answer (redirect_uri) is not the one that is registered for this"
              + " third party.");
    }
    String redirectUri = asked == null ? registered : asked;
    @Nullable String state = parameters.isRepeated("state") ? null : parameters.optional("state");
    try {
      return new Reading.Good(checked(client, redirectUri, asked != null, parameters), state);
    } catch (OAuthRefusedException error) {
      return new Reading.Bad(redirectUri, state, error);
    }
  }

  private static AuthorizationRequest checked(
      Client client, String redirectUri, boolean given, Parameters parameters) {
    parameters.optional("state");
    if (!parameters.required("response_type").equals("code")) {
      throw new OAuthRefusedException(
          OAuthError.UNSUPPORTED_RESPONSE_TYPE, "response_type takes code.");
    }
    OAuthGrants.refuseManual(client);
    // RFC 7636 §4.4.1
    String challenge = parameters.required("code_challenge");
    if (!"S256".equals(parameters.optional("code_challenge_method"))) {
      throw new OAuthRefusedException(
          OAuthError.INVALID_REQUEST, "code_challenge_method takes S256.");
    }
    if (!ProofKey.isChallenge(challenge)) {
      throw new OAuthRefusedException(
          OAuthError.INVALID_REQUEST, "code_challenge takes 43 characters of base64url.");
    }
    SortedSet<String> scopes = OAuthGrants.scopes(client, parameters.optional("scope"));
    return new AuthorizationRequest(client, redirectUri, given, scopes, challenge);
  }

  private static void answerBad(
      Reading reading, HttpServletRequest request, HttpServletResponse response, String issuer)
      throws IOException {
    if (reading instanceof Reading.Bad bad) {
      sendBack(response, bad.redirectUri, bad.state, issuer, bad.error);
    } else if (reading instanceof Reading.Nowhere nowhere) {
      tell(
          request,
          response,
          HttpServletResponse.SC_BAD_REQUEST,
          "This request can’t be answered",
          nowhere.reason + " Tell whoever sent you here.");
    }
  }

  private static void sendBack(
      HttpServletResponse response,
      String redirectUri,
      @Nullable String state,
      String issuer,
      OAuthRefusedException error) {
    redirect(
        response,
        with(
            redirectUri,
            "error="
                + encoded(error.error().toString())
                + "&error_description="
                + encoded(error.description())
                + state(state)
                + "&iss="
                + encoded(issuer)));
  }

  private static void redirect(HttpServletResponse response, String location) {
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Location", location);
    response.setStatus(HttpServletResponse.SC_SEE_OTHER);
  }

  private static void tell(
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      String title,
      String text)
      throws IOException {
    Page.write(
        request, response, status, title, "<p role=\"alert\">" + Page.escaped(text) + "</p>", "");
  }

  private static String form(
      AuthorizationRequest request, Caller caller, String query, String consent, String proof) {
    String scopes =
        request.scopes().isEmpty()
            ? "<li>Only what needs no scope</li>"
            : request.scopes().stream()
                .map(scope -> "<li><code>" + Page.escaped(scope) + "</code></li>")
                .collect(Collectors.joining());
    return """
        <p>The third party <b><bdi>%s</bdi></b> asks for a token that calls your applications in its name.</p>
        <h2>What the token may do</h2>
        <ul>%s</ul>
        <h2>For how long</h2>
        <p>The token does not expire. You can deactivate it at any time.</p>
        <h2>Where the answer goes</h2>
        <p><code>%s</code></p>
        <form method="post" action="authorize" accept-charset="utf-8">
          <input type="hidden" name="request" value="%s">
          <input type="hidden" name="consent" value="%s">
          <input type="hidden" name="csrf" value="%s">
          <p class="actions">
            <button class="primary" name="decision" value="approve">Approve</button>
            <button name="decision" value="refuse">Refuse</button>
          </p>
        </form>
        <p class="hint">You are signed in as <bdi>%s</bdi>.</p>
        """
        .formatted(
            Page.escaped(request.client().name()),
            scopes,
            Page.escaped(request.redirectUri()),
            Page.escaped(query),
            Page.escaped(consent),
            Page.escaped(proof),
            Page.escaped(caller.getName()));
  }

  private static String with(String uri, String parameters) {
    return uri + (uri.indexOf('?') < 0 ? '?' : '&') + parameters;
  }

  private static String state(@Nullable String state) {
    return state == null ? "" : "&state=" + encoded(state);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String origin(String uri) {
    URI parsed = URI.create(uri);
    return parsed.getScheme()
        + "://"
        + parsed.getHost()
        + (parsed.getPort() < 0 ? "" : ":" + parsed.getPort());
  }

  /** A text that only whoever knows {@code secret} can make of two others. */
  private static String proof(String secret, String first, String second) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
      mac.update(bytes(first.length() + ":" + first));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(bytes(second)));
    } catch (GeneralSecurityException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
