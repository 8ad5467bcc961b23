package dev.latchkey.filter;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** A Tomcat with an application in it that tells what it was given, and verbs for a test. */
final class TomcatServer implements AutoCloseable {

  private final Tomcat tomcat = new Tomcat();

  private TomcatServer(Path folder) {
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
  }

  /** Begins with an application whose filter registers itself, configured by these properties. */
  static TomcatServer starts(Path folder, Map<String, String> properties) throws Exception {
    TomcatServer server = new TomcatServer(folder);
    return server.starts(server.application("/app"), properties);
  }

  /** Begins with the forward-auth WAR at the root, configured by these properties. */
  static TomcatServer startsForwardAuth(Path folder, Map<String, String> properties)
      throws Exception {
    TomcatServer server = new TomcatServer(folder);
    Context context = server.application("");
    context.addParameter("dev.latchkey.server", "true");
    return server.starts(context, properties);
  }

  private TomcatServer starts(Context context, Map<String, String> properties) throws Exception {
    tomcat.getHost().addChild(context);
    properties.forEach(System::setProperty);
    try {
      tomcat.start();
    } finally {
      properties.keySet().forEach(System::clearProperty);
    }
    return this;
  }

  /** Adds an application whose web.xml declares the filter with these init parameters. */
  Context deploys(String contextPath, Map<String, String> parameters) {
    Context context = application(contextPath);
    FilterDef declared = new FilterDef();
    declared.setFilterName("tokens");
    declared.setFilterClass(BearerTokenFilter.class.getName());
    declared.setAsyncSupported("true");
    parameters.forEach(declared::addInitParameter);
    context.addFilterDef(declared);
    map(context, "tokens", DispatcherType.values());
    // Starts it where the server runs already.
    tomcat.getHost().addChild(context);
    return context;
  }

  private Context application(String path) {
    Context context = new StandardContext();
    context.setName(path);
    context.setPath(path);
    context.setDocBase(tomcat.getServer().getCatalinaBase().getPath());
    context.addLifecycleListener(new Tomcat.FixContextListener());
    context.setParentClassLoader(TomcatServer.class.getClassLoader());
    context.addServletContainerInitializer(new LatchkeyInitializer(), Set.of());
    servlet(context, "echo", "/api/*", TomcatServer::echo);
    servlet(context, "home", "/", TomcatServer::echo);
    servlet(
        context,
        "forward",
        "/forward/*",
        (request, response) ->
            request.getRequestDispatcher(target(request)).forward(request, response));
    servlet(
        context,
        "include",
        "/include/*",
        (request, response) -> {
          response.getWriter().print("before ");
          request.getRequestDispatcher(target(request)).include(request, response);
          response.getWriter().print(" after");
        });
    servlet(
        context,
        "async",
        "/async/*",
        (request, response) -> {
          AsyncContext later = request.startAsync();
          later.start(() -> later.dispatch(target(request)));
        });
    servlet(
        context,
        "failing",
        "/failing",
        (request, response) -> {
          throw new ServletException("of the application");
        });
    servlet(
        context,
        "cached",
        "/cached",
        (request, response) -> response.setHeader("Cache-Control", "max-age=60"));
    servlet(
        context, "error", "/error", (request, response) -> response.getWriter().print("our page"));
    for (int status : new int[] {400, 401, 403, 500, 503}) {
      ErrorPage page = new ErrorPage();
      page.setErrorCode(status);
      page.setLocation("/error");
      context.addErrorPage(page);
    }
    FilterDef own = new FilterDef();
    own.setFilterName("own");
    own.setFilter(
        (Filter)
            (request, response, chain) -> {
              ((HttpServletResponse) response).setHeader("X-Own-Filter", "reached");
              chain.doFilter(request, response);
            });
    own.setFilterClass("of the application");
    own.setAsyncSupported("true");
    context.addFilterDef(own);
    map(context, "own", DispatcherType.REQUEST);
    return context;
  }

  private static void map(Context context, String filter, DispatcherType... types) {
    FilterMap map = new FilterMap();
    map.setFilterName(filter);
    map.addURLPattern("/*");
    for (DispatcherType type : types) {
      map.setDispatcher(type.name());
    }
    context.addFilterMap(map);
  }

  private static void servlet(Context context, String name, String pattern, Handler handler) {
    Wrapper wrapper = Tomcat.addServlet(context, name, new Handling(handler));
    wrapper.setAsyncSupported(true);
    context.addServletMappingDecoded(pattern, name);
  }

  // /forward/api/x goes on to /api/x
  private static String target(HttpServletRequest request) {
    return String.valueOf(request.getPathInfo());
  }

  private static void echo(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Principal caller = request.getUserPrincipal();
    response
        .getWriter()
        .print(
            request.getDispatcherType()
                + " "
                + RequestPath.dispatched(request)
                + " by "
                + (caller == null ? "nobody" : request.getRemoteUser()));
  }

  @FunctionalInterface
  private interface Handler {
    void handle(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  private static final class Handling extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Handler handler;

    Handling(Handler handler) {
      this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      handler.handle(request, response);
    }
  }

  /**
   * Adds a connector with TLS that asks clients for a certificate and also serves those without.
   *
   * @return its port
   */
  int addsTls(Path keys, Path trusted, String password) {
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setScheme("https");
    connector.setSecure(true);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("SSLEnabled", "true");
    SSLHostConfig tls = new SSLHostConfig();
    tls.setCertificateVerification("optional");
    tls.setTruststoreFile(trusted.toString());
    tls.setTruststorePassword(password);
    SSLHostConfigCertificate own =
        new SSLHostConfigCertificate(tls, SSLHostConfigCertificate.Type.EC);
    own.setCertificateKeystoreFile(keys.toString());
    own.setCertificateKeystorePassword(password);
    tls.addCertificate(own);
    connector.addSslHostConfig(tls);
    tomcat.getService().addConnector(connector);
    return connector.getLocalPort();
  }

  /** Sends a request as it stands here, and reads the answer to its end. */
  Reply sends(String method, String target, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    request.append("Host: localhost\r\nConnection: close\r\nContent-Length: 0\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    request.append("\r\n");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
      return Reply.read(socket.getInputStream());
    }
  }

  /** An answer as it came over the wire. */
  record Reply(int status, List<String> headers, String body) {

    private static final Pattern LINES = Pattern.compile("\r\n");

    static Reply read(InputStream in) throws IOException {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      int end = text.indexOf("\r\n\r\n");
      List<String> lines = new ArrayList<>(LINES.splitAsStream(text.substring(0, end)).toList());
      return new Reply(
          Integer.parseInt(lines.remove(0).substring(9, 12)), lines, text.substring(end + 4));
    }

    /** All values of a header. */
    List<String> header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ": ";
      return headers.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()))
          .toList();
    }
  }

  private int port() {
    return tomcat.getConnector().getLocalPort();
  }

  void undeploys(Context context) throws LifecycleException {
    context.stop();
    tomcat.getHost().removeChild(context);
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }
}
