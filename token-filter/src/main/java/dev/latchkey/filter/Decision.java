package dev.latchkey.filter;

import dev.latchkey.core.verify.Grant;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What becomes of a request. */
sealed interface Decision permits Decision.Open, Decision.Admitted, Decision.Refused {

  /** It needs no token, or no more than the one that it was let in with. */
  enum Open implements Decision {
    /** The one. */
    INSTANCE
  }

  /**
   * It gets in.
   *
   * @param atMillis when its token was checked
   */
  record Admitted(Grant grant, long atMillis) implements Decision {}

  /** It does not, and is answered. What is written is made once, not for each request. */
  final class Refused implements Decision {

    /** RFC 6750 §3.1: no authentication information, so no error code. */
    static final Refused NO_CREDENTIALS =
        new Refused(401, "", "This needs an access token in the Authorization header.", "");

    /** RFC 6750 §3.1: "is otherwise malformed". */
    static final Refused MALFORMED =
        new Refused(
            400,
            "invalid_request",
            "There must be one Authorization header with one bearer token.",
            "");

    /** A path that could be read in two ways. */
    static final Refused AMBIGUOUS_PATH =
        new Refused(400, "invalid_request", "The path is spelt in an ambiguous way.", "");

    /** A method in a case that the application could read otherwise (RFC 9110 §9.1). */
    static final Refused MALFORMED_METHOD =
        new Refused(
            400, "invalid_request", "The request method must be written in capital letters.", "");

    /** Forwarding headers that contradict themselves. */
    static final Refused AMBIGUOUS_FORWARDING =
        new Refused(400, "invalid_request", "A forwarding header is there twice.", "");

    /** A method without a URI or the other way round: who did not say it could be a client. */
    static final Refused INCOMPLETE_FORWARDING =
        new Refused(
            400,
            "invalid_request",
            "The proxy must set X-Forwarded-Method and X-Forwarded-Uri, or X-Original-Method and"
                + " X-Original-Uri: both of a pair.",
            "");

    /** RFC 6750 §3.1: "expired, revoked, malformed, or invalid for other reasons". */
    static final Refused INVALID_TOKEN =
        new Refused(401, "invalid_token", "The access token is not active.", "");

    /** The check could not be made. */
    static final Refused UNAVAILABLE =
        new Refused(503, "", "The access token can't be checked at the moment. Try again.", "");

    private final int status;
    private final String parameters;
    private final byte[] body;

    /**
     * A refusal.
     *
     * @param error the code of RFC 6750 §3.1; empty for none
     * @param scope what the request needs; empty for nothing
     */
    private Refused(int status, String error, String description, String scope) {
      this.status = status;
      this.parameters =
          (error.isEmpty() ? "" : parameter("error", error))
              + (error.isEmpty() ? "" : parameter("error_description", description))
              + (scope.isEmpty() ? "" : parameter("scope", scope));
      this.body = body(status, error, description).getBytes(StandardCharsets.US_ASCII);
    }

    /** RFC 6750 §3.1: "requires higher privileges". */
    static Refused insufficientScope(String scope) {
      return new Refused(
          403, "insufficient_scope", "The access token does not have the scope for this.", scope);
    }

    int status() {
      return status;
    }

    /** What stands in the challenge behind the realm, with the comma before it. */
    String parameters() {
      return parameters;
    }

    int length() {
      return body.length;
    }

    /** Writes the problem document (RFC 9457). */
    void writeTo(OutputStream out) throws IOException {
      out.write(body);
    }

    private static String parameter(String name, String value) {
      return ", " + name + "=\"" + value + '"';
    }

    private static String body(int status, String error, String description) {
      return "{\"type\":\"about:blank\",\"title\":\""
          + title(status)
          + "\",\"status\":"
          + status
          + ",\"detail\":\""
          + description
          + '"'
          + (error.isEmpty() ? "" : ",\"error\":\"" + error + '"')
          + '}';
    }

    private static String title(int status) {
      return switch (status) {
        case 400 -> "Bad Request";
        case 401 -> "Unauthorized";
        case 403 -> "Forbidden";
        default -> "Service Unavailable";
      };
    }
  }
}
