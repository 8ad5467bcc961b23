package dev.latchkey.admin.oauth;

import dev.latchkey.admin.problem.ProblemPage;
import dev.latchkey.core.oauth.OAuthError;
import dev.latchkey.core.oauth.OAuthRefusedException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/** Writes the answers of OAuth endpoints: JSON that nobody may keep (RFC 6749 §5.1, §5.2). */
final class OAuthAnswer {

  private OAuthAnswer() {}

  /** 200 with an object. */
  static void ok(HttpServletResponse response, JsonObject object) throws IOException {
    ProblemPage.writeOAuth(response, HttpServletResponse.SC_OK, object);
  }

  /** An error of RFC 6749 §5.2. */
  static void refusal(HttpServletResponse response, OAuthRefusedException refused)
      throws IOException {
    boolean client = refused.error() == OAuthError.INVALID_CLIENT;
    if (client) {
      response.setHeader("WWW-Authenticate", "Basic realm=\"latchkey\", charset=\"UTF-8\"");
    }
    error(
        response,
        client ? HttpServletResponse.SC_UNAUTHORIZED : HttpServletResponse.SC_BAD_REQUEST,
        refused.error().toString(),
        refused.description());
  }

  /** 429: the caller may come back after a while (RFC 6585 §4). */
  static void tooMany(HttpServletResponse response, Duration wait) throws IOException {
    response.setHeader("Retry-After", Long.toString(Math.max(1, wait.toSeconds() + 1)));
    error(response, 429, "temporarily_unavailable", "Too many requests. Wait, then try again.");
  }

  /** Another error, in the same form. */
  static void error(HttpServletResponse response, int status, String error, String description)
      throws IOException {
    ProblemPage.writeOAuth(
        response,
        status,
        Json.createObjectBuilder()
            .add("error", error)
            .add("error_description", description)
            .build());
  }
}
