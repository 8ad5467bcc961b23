package dev.latchkey.admin.health;

import dev.latchkey.admin.problem.ProblemPage;
import dev.latchkey.admin.startup.AdminStartup;
import dev.latchkey.admin.startup.Services;
import dev.latchkey.core.BackgroundStart;
import dev.latchkey.core.Check;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Probes, for anybody. {@code live}: the process answers. {@code ready}: it can do its work; else
 * 503 and why.
 */
public final class HealthServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

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
    String probe = String.valueOf(request.getPathInfo());
    switch (probe) {
      case "/live" -> answer(response, List.of());
      case "/ready" -> answer(response, checks(AdminStartup.of(getServletContext())));
      default ->
          ProblemPage.write(
              response, HttpServletResponse.SC_NOT_FOUND, "There is nothing at this address.");
    }
  }

  private static List<Check> checks(BackgroundStart<Services> start) {
    Services services = start.running();
    return services == null
        ? List.of(Check.notOpened(start.lastFailure()))
        : services.node().checks();
  }

  private static void answer(HttpServletResponse response, List<Check> checks) throws IOException {
    Check.Status all = Check.all(checks);
    JsonArrayBuilder list = Json.createArrayBuilder();
    checks.forEach(
        check ->
            list.add(
                Json.createObjectBuilder()
                    .add("name", check.name())
                    .add("status", check.status().text())
                    .add("detail", check.detail())));
    byte[] body =
        Json.createObjectBuilder()
            .add("status", all.text())
            .add("checks", list)
            .build()
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    response.setStatus(
        all == Check.Status.UP
            ? HttpServletResponse.SC_OK
            : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
