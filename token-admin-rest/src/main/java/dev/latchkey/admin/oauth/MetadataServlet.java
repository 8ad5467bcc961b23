package dev.latchkey.admin.oauth;

import dev.latchkey.admin.problem.ProblemPage;
import dev.latchkey.admin.running.Running;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.oauth.ServerMetadata;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Authorization server metadata (RFC 8414), for anybody. */
public final class MetadataServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  /** For the container. */
  public MetadataServlet() {}

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
    String issuer = new Issuer(Running.configured(getServletContext(), Settings.class)).of(request);
    byte[] body = ServerMetadata.json(issuer).getBytes(StandardCharsets.US_ASCII);
    // A client in a browser may read it (RFC 8414 §3): nothing in it is secret.
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    response.setHeader("Cache-Control", "no-cache");
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
