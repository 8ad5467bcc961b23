package dev.latchkey.admin.sso;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code /sso}: the one address that the server asks everybody to sign in at, by whatever it has
 * been set up with. Whoever gets here is signed in, and goes on to the console.
 */
public final class SingleSignOnServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  /** Where the OpenID provider sends people back to. */
  static final String CALLBACK = "/sso/callback";

  /** For the container. */
  public SingleSignOnServlet() {}

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Cache-Control", "no-store");
    @Nullable Principal principal = request.getUserPrincipal();
    if (principal == null) {
      say(response, 401, "Nobody has signed you in. Try again from the console.");
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
      response.setHeader("Location", request.getContextPath() + "/");
    }
  }

  private static void say(HttpServletResponse response, int status, String text)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain;charset=UTF-8");
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
