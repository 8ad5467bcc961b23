package dev.latchkey.admin.health;

import dev.latchkey.admin.startup.AdminStartup;
import dev.latchkey.admin.startup.Services;
import dev.latchkey.core.BackgroundStart;
import dev.latchkey.core.store.StoreUnavailableException;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Probes, for anybody. {@code live}: the process answers. {@code ready}: it can do its work; else
 * 503 and why.
 */
public final class HealthServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final long REMEMBERED_NANOS = 1_000_000_000L;
  private static final String UP = "up";

  private transient volatile Remembered remembered =
      new Remembered(Map.of(), System.nanoTime() - REMEMBERED_NANOS);

  private record Remembered(Map<String, String> checks, long atNanos) {}

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String probe = String.valueOf(request.getPathInfo());
    switch (probe) {
      case "/live" -> answer(response, Map.of());
      case "/ready" -> answer(response, checks(AdminStartup.of(getServletContext())));
      default -> response.setStatus(HttpServletResponse.SC_NOT_FOUND);
    }
  }

  // However often it is asked, the database is asked once a second.
  private synchronized Map<String, String> checks(BackgroundStart<Services> start) {
    long now = System.nanoTime();
    if (now - remembered.atNanos >= REMEMBERED_NANOS) {
      remembered = new Remembered(checked(start), now);
    }
    return remembered.checks;
  }

  private static Map<String, String> checked(BackgroundStart<Services> start) {
    Map<String, String> checks = new LinkedHashMap<>();
    Services services = start.running();
    if (services == null) {
      checks.put("database", reason(start.lastFailure()));
      return checks;
    }
    checks.put("database", database(services));
    checks.put("feed", services.node().follower().failing() ? "the change feed can't be read" : UP);
    checks.put("tokens", services.node().verifier().failing() ? "tokens can't be looked up" : UP);
    return checks;
  }

  private static String database(Services services) {
    try {
      services
          .administration()
          .database()
          .read(em -> em.createNativeQuery("select version from schema_info").getSingleResult());
      return UP;
    } catch (RuntimeException notAnswering) {
      return "the database does not answer";
    }
  }

  private static String reason(@Nullable Throwable failure) {
    return failure instanceof StoreUnavailableException
        ? String.valueOf(failure.getMessage())
        : "the database is not there yet";
  }

  private static void answer(HttpServletResponse response, Map<String, String> checks)
      throws IOException {
    boolean up = checks.values().stream().allMatch(UP::equals);
    JsonArrayBuilder list = Json.createArrayBuilder();
    checks.forEach(
        (name, found) ->
            list.add(
                Json.createObjectBuilder()
                    .add("name", name)
                    .add("status", UP.equals(found) ? UP : "down")
                    .add("detail", found)));
    byte[] body =
        Json.createObjectBuilder()
            .add("status", up ? UP : "down")
            .add("checks", list)
            .build()
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    response.setStatus(up ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
