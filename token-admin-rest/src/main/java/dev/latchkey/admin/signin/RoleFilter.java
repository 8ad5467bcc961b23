package dev.latchkey.admin.signin;

import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.admin.startup.AdminStartup;
import jakarta.annotation.Priority;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Refuses what the caller's role does not include; what names no role, to everybody. */
@Provider
@Priority(Priorities.AUTHORIZATION)
public final class RoleFilter implements ContainerRequestFilter {

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final String FROM_ELSEWHERE = "the request comes from a page of another site";
  private static final String FROM_CONSOLE =
      "whoever is signed in to the console changes things by the console alone";

  private final Supplier<AdminUsers> users;

  @Context private ResourceInfo resource;

  @Context private HttpServletRequest http;

  /** A filter that tells refusals to the audit trail of what runs in this application. */
  @SuppressWarnings("NullAway") // the contexts are injected
  public RoleFilter(@Context ServletContext context) {
    this.users = () -> AdminStartup.services(context).users();
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Method method = resource.getResourceMethod();
    boolean writes = !READING.contains(request.getMethod());
    if (method != null && method.isAnnotationPresent(ForAnyone.class)) {
      if (Browser.fromElsewhere(http)) {
        request.abortWith(refusal(FROM_ELSEWHERE));
      }
      return;
    }
    Caller caller = Caller.of(request.getSecurityContext());
    String reason = reason(caller, method, writes);
    if (reason != null) {
      users
          .get()
          .recordRefusal(caller.actor(), Map.of("method", request.getMethod(), "reason", reason));
      request.abortWith(refusal(reason));
    }
  }

  private @Nullable String reason(Caller caller, @Nullable Method method, boolean writes) {
    if (writes) {
      String forged = forged(caller, http);
      if (forged != null) {
        return forged;
      }
    }
    OpenSession session = caller.session();
    if (session != null && session.mustChangePassword() && !beforePasswordChange(method)) {
      return "the first password must be changed before anything else";
    }
    return missingRole(method, caller.role());
  }

  /**
   * Why a change may be one that a page of another site made the caller's browser send, which adds
   * by itself what it knows of the caller; null when it can't be. Nobody's browser knows a bearer
   * token.
   */
  static @Nullable String forged(Caller caller, HttpServletRequest http) {
    return switch (caller.by()) {
      case TOKEN -> null;
      case BASIC -> Browser.fromElsewhere(http) ? FROM_ELSEWHERE : null;
      case SESSION -> Browser.fromConsole(http) ? null : FROM_CONSOLE;
      case SERVER -> Browser.fromConsole(http) || !Browser.maySendIt(http) ? null : FROM_CONSOLE;
    };
  }

  private static boolean beforePasswordChange(@Nullable Method method) {
    Needs needs = method == null ? null : method.getAnnotation(Needs.class);
    return needs != null && needs.beforePasswordChange();
  }

  private static Response refusal(String reason) {
    return ProblemMapper.problem(403, "Not allowed: " + reason + ".").build();
  }

  /** What a role lacks for a method; null when it lacks nothing. */
  static @Nullable String missingRole(@Nullable Method method, Role role) {
    Needs needs = method == null ? null : method.getAnnotation(Needs.class);
    if (needs == null) {
      return "this is for nobody";
    }
    return role.includes(needs.value()) ? null : "this needs the role " + needs.value();
  }
}
