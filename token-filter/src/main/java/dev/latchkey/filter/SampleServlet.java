package dev.latchkey.filter;

import dev.latchkey.core.token.Scopes;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A protected endpoint to try things with: tells who calls, and what the application was given. */
final class SampleServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!(request.getUserPrincipal() instanceof ThirdPartyPrincipal caller)) {
      // A preflight, which comes without a token.
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }
    String scopes =
        caller.getScopes().isEmpty()
            ? ""
            : quoted(Scopes.text(caller.getScopes())).replace(" ", "\",\"");
    String body =
        "{\"name\":"
            + quoted(caller.getName())
            + ",\"clientId\":"
            + quoted(caller.getClientId())
            + ",\"tokenId\":"
            + quoted(caller.getTokenId())
            + ",\"scopes\":["
            + scopes
            + "],\"method\":"
            + quoted(request.getMethod())
            + ",\"path\":"
            + quoted(RequestPath.dispatched(request))
            + "}";
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c >= 0x7f) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
