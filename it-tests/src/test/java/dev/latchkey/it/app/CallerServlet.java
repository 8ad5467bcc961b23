package dev.latchkey.it.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.UUID;

/** Tells what the application is given to know of its caller, a line each. */
@WebServlet(
    urlPatterns = {"/caller/*", "/reports/*", "/constrained/*", "/jolokia-like/*"},
    asyncSupported = true)
public class CallerServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  // Another one each time that the class is loaded.
  private static final UUID APPLICATION = UUID.randomUUID();

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Principal principal = request.getUserPrincipal();
    response.setContentType("text/plain");
    response.setCharacterEncoding("UTF-8");
    response
        .getWriter()
        .print(
            """
            principal=%s
            name=%s
            user=%s
            auth=%s
            reports=%s
            other=%s
            application=%s
            """
                .formatted(
                    principal == null ? "none" : principal.getClass().getSimpleName(),
                    principal == null ? "none" : principal.getName(),
                    request.getRemoteUser(),
                    request.getAuthType(),
                    request.isUserInRole("reports"),
                    request.isUserInRole("other"),
                    APPLICATION));
  }
}
