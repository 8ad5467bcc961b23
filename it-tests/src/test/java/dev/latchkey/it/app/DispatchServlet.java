package dev.latchkey.it.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Hands the request on to {@link CallerServlet} in each of the ways that there are. */
@WebServlet(urlPatterns = "/dispatch/*", asyncSupported = true)
public class DispatchServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    switch (request.getPathInfo()) {
      case "/async" -> request.startAsync().dispatch("/caller/async");
      case "/forward" ->
          request.getRequestDispatcher("/caller/forwarded").forward(request, response);
      case "/include" ->
          request.getRequestDispatcher("/caller/included").include(request, response);
      default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }
}
