package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Embedded servers, with the lines of docs/embedding.md. */
// issue 22.1
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedServersTest {

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final String token = latchkey.issues("other").header();
  @TempDir Path folder;

  @BeforeAll
  void configure() {
    System.setProperty("latchkey.jdbc.url", Fixture.DATABASE);
  }

  @AfterAll
  void forget() {
    System.clearProperty("latchkey.jdbc.url");
  }

  @Test
  void guardsAnEmbeddedTomcat() throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    Context context = tomcat.addContext("", folder.toString());
    Tomcat.addServlet(context, "hello", new Hello());
    context.addServletMappingDecoded("/*", "hello");
    context.addServletContainerInitializer(new LatchkeyInitializer(), Set.of());
    tomcat.start();
    try {
      isGuarded(tomcat.getConnector().getLocalPort());
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  @Test
  @DisplayName("Jetty, whose context has no class loader")
  void guardsAnEmbeddedJetty() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(Hello.class, "/*");
    context.addServletContainerInitializer(new LatchkeyInitializer());

    isGuarded(context);
  }

  @Test
  @DisplayName("Jetty: onStartup by a listener of the embedding code")
  void guardsAnEmbeddedJettyWhenCalledByAnInitializerOfTheApplication() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(Hello.class, "/*");
    context.addServletContainerInitializer(
        (none, servlets) -> new LatchkeyInitializer().onStartup(null, servlets));

    isGuarded(context);
  }

  // issue 22: the table, "WebAppContext without annotations"
  @Test
  @DisplayName("Jetty: a WebAppContext with the jar in WEB-INF/lib, though it looks for nothing")
  void guardsAWebAppContextWithoutAnnotations() throws Exception {
    Path lib = Files.createDirectories(folder.resolve("app/WEB-INF/lib"));
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(lib.resolve("token-filter.jar")))) {
      writeClassesOf(LatchkeyInitializer.class, jar);
    }
    WebAppContext context = new WebAppContext(folder.resolve("app").toString(), "/");
    context.addServlet(Hello.class, "/*");
    context.setParentLoaderPriority(true);

    isGuarded(context);
  }

  @Test
  void guardsAnEmbeddedUndertow() throws Exception {
    DeploymentInfo application =
        Servlets.deployment()
            .setClassLoader(EmbeddedServersTest.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName("application")
            .addServlet(Servlets.servlet("hello", Hello.class).addMapping("/*"))
            .addServletContainerInitializer(
                new ServletContainerInitializerInfo(LatchkeyInitializer.class, Set.of()));
    DeploymentManager manager = Servlets.defaultContainer().addDeployment(application);
    manager.deploy();
    Undertow server =
        Undertow.builder().addHttpListener(0, "127.0.0.1").setHandler(manager.start()).build();
    server.start();
    try {
      isGuarded(((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort());
    } finally {
      server.stop();
      manager.stop();
      manager.undeploy();
    }
  }

  private void isGuarded(ServletContextHandler context) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(context);
    server.start();
    try {
      isGuarded(connector.getLocalPort());
    } finally {
      server.stop();
    }
  }

  private void isGuarded(int port) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    URI uri = URI.create("http://127.0.0.1:" + port + "/");
    assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()))
        .returns(401, answer -> answer.statusCode());
    assertThat(
            client.send(
                HttpRequest.newBuilder(uri).header("Authorization", token).build(),
                BodyHandlers.ofString()))
        .returns(200, answer -> answer.statusCode())
        .returns("hello", answer -> answer.body());
  }

  private static void writeClassesOf(Class<?> type, JarOutputStream jar) throws Exception {
    Path classes = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        jar.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, jar);
      }
    }
  }

  /** The application. */
  public static final class Hello extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("hello");
    }
  }
}
