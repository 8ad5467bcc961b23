package dev.latchkey.admin.signin;

import dev.latchkey.admin.signin.AdminUsers.SignIn;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.token.Base62;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out who calls, for what is no JAX-RS resource. Thread-safe. */
public final class ServletSignIn {

  private static final String SECRET = ServletSignIn.class.getName();
  private static final int SECRET_LENGTH = 43;

  private final AdminUsers users;
  private final Sessions sessions;
  private final SecureRandom random;

  /** Sign-in by the passwords and sessions that are there. */
  public ServletSignIn(AdminUsers users, Sessions sessions, SecureRandom random) {
    this.users = users;
    this.sessions = sessions;
    this.random = random;
  }

  /** There were too many failed sign-ins. */
  public static final class TooManyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Duration delay;

    TooManyException(Duration delay) {
      super("too many failed sign-ins", null, false, false);
      this.delay = delay;
    }

    /** How long to wait. */
    public Duration delay() {
      return delay;
    }
  }

  /**
   * Somebody signed in at a browser.
   *
   * @param caller who it is
   * @param secret known to nobody but this server and the browser's session
   */
  public record Browsing(Caller caller, String secret) {

    @Override
    public String toString() {
      return "Browsing[" + caller.getName() + "]";
    }
  }

  /**
   * Who calls by HTTP Basic.
   *
   * @param encoded what stands behind {@code Basic}
   * @param address where the request comes from
   * @return empty when the credentials are malformed or wrong
   * @throws TooManyException when there were too many failures; nothing was looked at
   */
  public Optional<Caller> byBasic(String encoded, String address) {
    Optional<BasicCredentials> credentials = BasicCredentials.parse(encoded);
    if (credentials.isEmpty()) {
      return Optional.empty();
    }
    SignIn signIn = users.signIn(credentials.get(), address);
    if (signIn instanceof SignIn.TooMany tooMany) {
      throw new TooManyException(tooMany.delay());
    }
    // A password alone is not enough where there is a second factor.
    return signIn instanceof SignIn.Accepted accepted && !accepted.user().secondFactorOn()
        ? Optional.of(
            Caller.by(Caller.By.BASIC, new Actor(accepted.user().name(), address), accepted.role()))
        : Optional.empty();
  }

  /**
   * Who is signed in at the browser that sends a request, by the console's session or by the
   * server; nobody as long as a first password is to be changed.
   *
   * @param address where the request comes from
   */
  public Optional<Browsing> atBrowser(HttpServletRequest request, String address) {
    Principal principal = request.getUserPrincipal();
    if (principal != null) {
      return Role.greatest(role -> request.isUserInRole("latchkey-" + role))
          .map(
              role ->
                  new Browsing(
                      Caller.ofServer(principal.getName(), address, role), ofServer(request)));
    }
    @Nullable String cookie = Browser.cookie(request);
    return sessions
        .find(cookie, address)
        .filter(session -> !session.mustChangePassword() && cookie != null)
        .map(session -> new Browsing(Caller.by(session, address), String.valueOf(cookie)));
  }

  /** Whether a page of another site has made the browser send the request. */
  public static boolean fromElsewhere(HttpServletRequest request) {
    return Browser.fromElsewhere(request);
  }

  private String ofServer(HttpServletRequest request) {
    HttpSession session = request.getSession();
    if (session.getAttribute(SECRET) instanceof String secret) {
      return secret;
    }
    String made = Base62.random(random, SECRET_LENGTH);
    session.setAttribute(SECRET, made);
    return made;
  }
}
