package dev.latchkey.admin.sso;

import dev.latchkey.admin.http.PublicAddress;
import dev.latchkey.admin.problem.ProblemPage;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code /sso}: the one address that has the server sign people in, by whatever it has been set up
 * with. Whoever is signed in goes on to the console.
 */
public final class SingleSignOnServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  /** Where the OpenID provider sends people back to. */
  static final String CALLBACK = "/sso/callback";

  /** For the container. */
  public SingleSignOnServlet() {}

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    if (!ProblemPage.refusesChange(request, response)) {
      super.service(request, response);
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Cache-Control", "no-store");
    @Nullable Principal principal = principal(request, response);
    if (response.isCommitted() || response.getStatus() != HttpServletResponse.SC_OK) {
      return; // by whatever signs people in
    }
    if (principal == null) {
      say(response, 404, "Nobody signs people in here. Begin again at the console.");
    } else if (Stream.of("viewer", "operator", "admin")
        .noneMatch(role -> request.isUserInRole("latchkey-" + role))) {
      say(
          response,
          403,
          "You are signed in as "
              + principal.getName()
              + ", but in none of the groups latchkey-viewer, latchkey-operator and"
              + " latchkey-admin. Ask whoever looks after accounts for one of them.");
    } else {
      response.setStatus(HttpServletResponse.SC_SEE_OTHER);
      response.setHeader("Location", PublicAddress.of(request).path() + "/");
    }
  }

  private static @Nullable Principal principal(
      HttpServletRequest request, HttpServletResponse response) throws IOException {
    try {
      // Coming back in vain must not send people off again.
      if (request.getUserPrincipal() == null && !request.getServletPath().equals(CALLBACK)) {
        request.authenticate(response);
      }
    } catch (ServletException nothingIsSetUp) {
      return null;
    }
    return request.getUserPrincipal();
  }

  private static void say(HttpServletResponse response, int status, String text)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain;charset=UTF-8");
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
