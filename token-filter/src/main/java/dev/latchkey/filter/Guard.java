package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to guard an application, by whichever door requests come. Immutable; thread-safe.
 */
record Guard(
    Gate gate,
    Challenge challenge,
    @Nullable ResourceMetadata metadata,
    @Nullable ForwardAuth forwardAuth,
    boolean checksForwards) {

  private static final String ATTRIBUTE = Guard.class.getName();
  private static final String PASSED = ATTRIBUTE + ".passed";

  static Guard of(Settings settings, Gate gate, boolean answersForwardAuth) {
    ResourceMetadata metadata =
        settings.get(Key.FILTER_RESOURCE_METADATA)
            ? new ResourceMetadata(settings, gate.rules().scopes(), gate.addresses())
            : null;
    Challenge challenge = new Challenge(settings.get(Key.FILTER_REALM), metadata);
    return new Guard(
        gate,
        challenge,
        metadata,
        answersForwardAuth ? new ForwardAuth(gate, challenge) : null,
        settings.get(Key.FILTER_CHECK_FORWARDS));
  }

  /** The metadata, if that is what is asked for. */
  @Nullable ResourceMetadata metadataAt(String path, HttpServletRequest request) {
    String method = request.getMethod();
    boolean reads = "GET".equals(method) || "HEAD".equals(method);
    return metadata != null && ResourceMetadata.isAt(path) && reads ? metadata : null;
  }

  /** Makes it the guard of an application's second door; null for none any more. */
  static void ofSecondDoor(ServletContext context, @Nullable Guard guard) {
    context.setAttribute(ATTRIBUTE, guard);
  }

  /** The guard of an application's second door; null while there is none. */
  static @Nullable Guard ofSecondDoor(ServletContext context) {
    return context.getAttribute(ATTRIBUTE) instanceof Guard guard ? guard : null;
  }

  /** Notes that the second door has let a request by, with a token or without need of one. */
  static void secondDoorPassed(HttpServletRequest request) {
    request.setAttribute(PASSED, true);
  }

  /** Whether the second door has let a request by. */
  static boolean hasPassedSecondDoor(HttpServletRequest request) {
    return request.getAttribute(PASSED) != null;
  }
}
