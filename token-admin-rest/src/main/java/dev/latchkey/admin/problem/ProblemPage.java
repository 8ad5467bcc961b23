package dev.latchkey.admin.problem;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The error page of the application: a problem document (RFC 9457) in the place of the server's
 * HTML, for what is refused before the REST API sees it. Asked for directly it is not there.
 */
public final class ProblemPage extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final String OAUTH = "/oauth";
  private static final Set<String> READING = Set.of("GET", "HEAD");

  /** For the container. */
  public ProblemPage() {}

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    int status =
        request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer refused
            ? refused
            : HttpServletResponse.SC_NOT_FOUND;
    write(response, status, ProblemMapper.detail(status));
  }

  /**
   * Answers 405 unless a request only reads.
   *
   * @return whether it was answered
   */
  public static boolean refusesChange(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (READING.contains(request.getMethod())) {
      return false;
    }
    response.setHeader("Allow", "GET, HEAD");
    write(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "This address takes GET and HEAD.");
    return true;
  }

  /**
   * Refuses a request in the form of the address that it was for: an error of RFC 6749 §5.2 at the
   * OAuth endpoints, elsewhere a problem document.
   *
   * @param detail what is wrong, for a person
   */
  public static void refuse(
      HttpServletRequest request, HttpServletResponse response, int status, String detail)
      throws IOException {
    if (isOAuth(request)) {
      boolean later = status == 429 || status >= 500;
      writeOAuth(
          response,
          status,
          Json.createObjectBuilder()
              .add("error", later ? "temporarily_unavailable" : "invalid_request")
              .add("error_description", detail)
              .build());
    } else {
      write(response, status, detail);
    }
  }

  /** Whether a request is for an OAuth endpoint. */
  public static boolean isOAuth(HttpServletRequest request) {
    return OAUTH.equals(request.getServletPath());
  }

  /** Answers as an OAuth endpoint: JSON that nobody may keep (RFC 6749 §5.1, §5.2). */
  public static void writeOAuth(HttpServletResponse response, int status, JsonObject object)
      throws IOException {
    byte[] body = object.toString().getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Pragma", "no-cache");
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /**
   * Answers with a problem document.
   *
   * @param detail what is wrong, for a person
   */
  public static void write(HttpServletResponse response, int status, String detail)
      throws IOException {
    byte[] body =
        Json.createObjectBuilder()
            .add("type", "about:blank")
            .add("title", ProblemMapper.title(status))
            .add("status", status)
            .add("detail", detail)
            .build()
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response.setContentType("application/problem+json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
