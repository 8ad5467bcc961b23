package dev.latchkey.admin.console;

import dev.latchkey.admin.http.PublicAddress;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of the WAR the same on every server: types, entity tags, compressed where it is
 * taken so. They are few: all are held in memory, and what is not among them is not there, however
 * its path is spelled. Browsers keep them, and ask each time whether they are still the same, so
 * that nobody has half of an old console.
 */
public final class ConsoleServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private static final Set<String> CLOSED = Set.of("/WEB-INF/", "/META-INF/");
  private static final String INDEX = "index.html";

  private transient volatile Map<String, StaticFile> files = Map.of();

  /** For the container. */
  public ConsoleServlet() {}

  @Override
  public void init() throws ServletException {
    Map<String, StaticFile> found = new HashMap<>();
    try {
      collect(getServletContext(), "/", found);
    } catch (IOException notReadable) {
      throw new ServletException("the console's files can't be read", notReadable);
    }
    files = Map.copyOf(found);
  }

  private static void collect(ServletContext context, String folder, Map<String, StaticFile> found)
      throws IOException {
    Set<String> paths = context.getResourcePaths(folder);
    if (paths == null) {
      return;
    }
    for (String path : paths) {
      if (!path.endsWith("/")) {
        found.put(path, read(context, path));
      } else if (!CLOSED.contains(path)) {
        collect(context, path, found);
      }
    }
  }

  private static StaticFile read(ServletContext context, String path) throws IOException {
    try (InputStream in = context.getResourceAsStream(path)) {
      return new StaticFile(path, in.readAllBytes());
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      say(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "This address takes GET alone.");
      return;
    }
    String path = request.getServletPath();
    StaticFile file = files.get(path.endsWith("/") ? path + INDEX : path);
    if (request.getRequestURI().equals(request.getContextPath())) {
      moveTo(PublicAddress.of(request).path() + '/', response);
    } else if (file != null) {
      send(file, request, response);
    } else if (files.containsKey(path + '/' + INDEX)) {
      moveTo(PublicAddress.of(request).path() + path + '/', response);
    } else {
      say(response, HttpServletResponse.SC_NOT_FOUND, "There is nothing at this address.");
    }
  }

  // Relative addresses in a page are meant from within its folder.
  private static void moveTo(String folder, HttpServletResponse response) {
    response.setStatus(HttpServletResponse.SC_MOVED_PERMANENTLY);
    response.setHeader("Location", folder);
  }

  private static void send(
      StaticFile file, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("ETag", file.tag());
    if (file.isCompressible()) {
      response.setHeader("Vary", "Accept-Encoding");
    }
    if (names(request.getHeader("If-None-Match"), file.tag())) {
      response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
      return;
    }
    boolean compressed = file.isCompressible() && takesGzip(request.getHeader("Accept-Encoding"));
    if (compressed) {
      response.setHeader("Content-Encoding", "gzip");
    }
    write(request, response, file.type(), file.content(compressed));
  }

  private static void say(HttpServletResponse response, int status, String text)
      throws IOException {
    response.setStatus(status);
    response.setHeader("Cache-Control", "no-store");
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    response.setContentType("text/plain;charset=UTF-8");
    response.setContentLength(content.length);
    response.getOutputStream().write(content);
  }

  private static void write(
      HttpServletRequest request, HttpServletResponse response, String type, byte[] content)
      throws IOException {
    response.setContentType(type);
    response.setContentLength(content.length);
    if (request.getMethod().equals("GET")) {
      response.getOutputStream().write(content);
    }
  }

  /** Whether {@code If-None-Match} names an entity tag; compared weakly (RFC 9110 §13.1.2). */
  static boolean names(@Nullable String header, String tag) {
    if (header == null) {
      return false;
    }
    String opaque = tag.substring("W/".length());
    return header.strip().equals("*")
        || Arrays.stream(header.split(",", -1))
            .map(String::strip)
            .anyMatch(each -> each.equals(opaque) || each.equals(tag));
  }

  /** Whether {@code Accept-Encoding} takes gzip (RFC 9110 §12.5.3). */
  static boolean takesGzip(@Nullable String header) {
    return header != null
        && Arrays.stream(header.split(",", -1))
            .map(each -> each.replace(" ", ""))
            .anyMatch(
                each ->
                    each.equalsIgnoreCase("gzip")
                        || each.regionMatches(true, 0, "gzip;q=", 0, 7)
                            && !each.substring(7).matches("0(\\.0*)?"));
  }
}
