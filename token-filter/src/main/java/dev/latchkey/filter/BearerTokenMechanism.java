package dev.latchkey.filter;

import dev.latchkey.core.verify.Grant;
import dev.latchkey.filter.Decision.Admitted;
import dev.latchkey.filter.Decision.Open;
import dev.latchkey.filter.Decision.Refused;
import jakarta.security.enterprise.AuthenticationException;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The second door (Jakarta Security 3.0 §2.2): the container asks for the token before it looks at
 * {@code <auth-constraint>} and {@code @RolesAllowed}, and the scopes are the caller's groups. Same
 * paths, rules and answers as {@link BearerTokenFilter}, and in addition a token for whatever the
 * application itself protects. Used with {@code latchkey.mechanism=true}; thread-safe.
 */
public class BearerTokenMechanism implements HttpAuthenticationMechanism {

  private static final Logger LOG = System.getLogger(BearerTokenMechanism.class.getName());

  private final AtomicBoolean told = new AtomicBoolean();

  /** For the container. */
  public BearerTokenMechanism() {}

  /**
   * Tells the container who calls, or answers the request itself.
   *
   * @return {@code SUCCESS} with the third party as the caller, {@code NOT_DONE} for what needs no
   *     token, {@code SEND_FAILURE} when the request is answered already
   */
  @Override
  public AuthenticationStatus validateRequest(
      HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
      throws AuthenticationException {
    try {
      return validate(request, response, context);
    } catch (IOException gone) {
      throw new AuthenticationException("the caller could not be answered", gone);
    }
  }

  private AuthenticationStatus validate(
      HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
      throws IOException {
    Decision decision;
    Guard guard = SecondDoor.guardOf(request.getServletContext());
    try {
      decision = guard == null ? Refused.UNAVAILABLE : decide(guard, request, context);
    } catch (RuntimeException | LinkageError broken) {
      if (told.compareAndSet(false, true)) {
        LOG.log(
            Level.ERROR,
            "a check failed for a reason that should not be; such requests are answered 503",
            broken);
      }
      decision = Refused.UNAVAILABLE;
    }
    if (decision instanceof Refused refused) {
      answer(guard, refused, request, response);
      return AuthenticationStatus.SEND_FAILURE;
    }
    if (decision instanceof Admitted admitted) {
      Grant grant = admitted.grant();
      AuthenticatedRequest.remember(request, grant);
      BearerTokenFilter.keepFromSharedCaches(response);
      return context.notifyContainerAboutLogin(new ThirdPartyPrincipal(grant), grant.scopes());
    }
    return context.doNothing();
  }

  private static Decision decide(
      Guard guard, HttpServletRequest request, HttpMessageContext context) {
    if (guard.metadataAt(RequestPath.dispatched(request), request) != null) {
      return Open.INSTANCE;
    }
    Decision decision = guard.gate().decide(request);
    boolean needed = context.isProtected() || context.isAuthenticationRequest();
    return decision == Open.INSTANCE && needed ? guard.gate().decideWithToken(request) : decision;
  }

  private static void answer(
      @Nullable Guard guard,
      Refused refused,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (guard == null) {
      ClosedFilter.answer(response);
      response.flushBuffer();
    } else {
      guard.challenge().write(refused, request, response);
    }
  }
}
