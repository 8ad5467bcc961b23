package dev.latchkey.admin.signin;

import dev.latchkey.admin.problem.ProblemMapper;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
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
  private static final Set<String> ELSEWHERE = Set.of("cross-site", "same-site");

  private final Supplier<AdminUsers> users;

  @Context private ResourceInfo resource;

  /** A filter that tells refusals to the audit trail of what runs. */
  @SuppressWarnings("NullAway") // the context is injected
  public RoleFilter(Supplier<AdminUsers> users) {
    this.users = users;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Caller caller = Caller.of(request.getSecurityContext());
    String reason = reason(caller, request);
    if (reason != null) {
      users
          .get()
          .recordRefusal(caller.actor(), Map.of("method", request.getMethod(), "reason", reason));
      request.abortWith(ProblemMapper.problem(403, "Not allowed: " + reason + ".").build());
    }
  }

  private @Nullable String reason(Caller caller, ContainerRequestContext request) {
    // A browser that has remembered a password sends it wherever a page tells it to.
    if (!READING.contains(request.getMethod())
        && ELSEWHERE.contains(String.valueOf(request.getHeaderString("Sec-Fetch-Site")))) {
      return "the request comes from a page of another site";
    }
    return missingRole(resource.getResourceMethod(), caller.role());
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
