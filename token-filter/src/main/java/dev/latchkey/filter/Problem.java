package dev.latchkey.filter;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Problem documents (RFC 9457) in the place of the server's HTML, for what is no challenge. */
final class Problem {

  private Problem() {}

  /**
   * Answers with a problem document.
   *
   * @param title the name of the status
   * @param detail what is wrong, for a person; neither text has a character that JSON escapes
   */
  static void write(HttpServletResponse response, int status, String title, String detail)
      throws IOException {
    byte[] body =
        ("{\"type\":\"about:blank\",\"title\":\""
                + title
                + "\",\"status\":"
                + status
                + ",\"detail\":\""
                + detail
                + "\"}")
            .getBytes(StandardCharsets.US_ASCII);
    response.setStatus(status);
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/problem+json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
