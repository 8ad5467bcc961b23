package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
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

  static Guard of(Settings settings, Gate gate, boolean answersForwardAuth) {
    // Made also where it is not served, since it checks the URLs in the configuration.
    ResourceMetadata made = new ResourceMetadata(settings, gate.rules().scopes(), gate.addresses());
    ResourceMetadata metadata = settings.get(Key.FILTER_RESOURCE_METADATA) ? made : null;
    Challenge challenge = new Challenge(settings.get(Key.FILTER_REALM), metadata);
    return new Guard(
        gate,
        challenge,
        metadata,
        answersForwardAuth ? new ForwardAuth(gate, challenge) : null,
        settings.get(Key.FILTER_CHECK_FORWARDS));
  }

  /** The metadata, if that is what is asked for, in whichever way the path is read. */
  @Nullable ResourceMetadata metadataAt(String path, HttpServletRequest request) {
    if (metadata == null || !ResourceMetadata.isAt(path)) {
      return null;
    }
    String method = request.getMethod();
    boolean reads = "GET".equals(method) || "HEAD".equals(method);
    return reads && !RequestPath.ambiguous(request.getRequestURI()) ? metadata : null;
  }
}
