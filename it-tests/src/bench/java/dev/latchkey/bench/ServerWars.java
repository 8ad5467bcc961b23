package dev.latchkey.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * The same small application four times: open, behind a filter that does nothing, behind our jar,
 * behind Spring Security.
 *
 * @param filter the WAR as built, out of which our jar comes with all that it brings
 */
record ServerWars(Path folder, Path filter, Installation installation) {

  private static final List<String> OF_SPRING_SECURITY =
      List.of(
          "spring-aop",
          "spring-beans",
          "spring-context",
          "spring-core",
          "spring-expression",
          "spring-jcl",
          "spring-security",
          "spring-web-",
          "micrometer-",
          // what its introspector asks with
          "caffeine",
          "HikariCP",
          "postgresql-",
          "slf4j-api",
          "slf4j-jdk14",
          "token-core",
          "jspecify");

  private static final String WEB_XML =
      """
      <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
        %s
        <servlet>
          <servlet-name>small</servlet-name>
          <servlet-class>dev.latchkey.bench.SmallServlet</servlet-class>
          <load-on-startup>1</load-on-startup>
        </servlet>
        <servlet-mapping>
          <servlet-name>small</servlet-name>
          <url-pattern>/small</url-pattern>
        </servlet-mapping>
      </web-app>
      """;
  private static final String LISTENER =
      """
      <context-param>
        <param-name>url</param-name>
        <param-value>%s</param-value>
      </context-param>
      <context-param>
        <param-name>user</param-name>
        <param-value>%s</param-value>
      </context-param>
      <listener>
        <listener-class>dev.latchkey.bench.SpringSecurityListener</listener-class>
      </listener>
      """;

  private static final String FILTER =
      """
      <filter>
        <filter-name>empty</filter-name>
        <filter-class>dev.latchkey.bench.EmptyFilter</filter-class>
      </filter>
      <filter-mapping>
        <filter-name>empty</filter-name>
        <url-pattern>/*</url-pattern>
      </filter-mapping>
      """;

  // Spring's jars make Payara start Faces, which wants CDI: so all have it.
  private static final String BEANS =
      "<beans xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"4.0\""
          + " bean-discovery-mode=\"annotated\"/>";

  /** All of them, by context path. */
  Map<String, Path> written() throws IOException {
    Files.createDirectories(folder);
    Map<String, Path> wars = new LinkedHashMap<>();
    wars.put("/open", written(war("open", "")));
    wars.put("/empty", written(war("empty", FILTER).addClass(EmptyFilter.class)));
    wars.put("/latchkey", written(latchkey()));
    wars.put("/spring", written(spring()));
    return wars;
  }

  private WebArchive latchkey() {
    WebArchive war = war("latchkey", "");
    ShrinkWrap.create(ZipImporter.class, "filter.war")
        .importFrom(filter.toFile())
        .as(WebArchive.class)
        .getContent(path -> path.get().startsWith("/WEB-INF/lib/") && path.get().endsWith(".jar"))
        .forEach((path, node) -> war.add(node.getAsset(), path));
    String properties =
        "latchkey.jdbc.url=%s\nlatchkey.jdbc.user=%s\n"
            .formatted(installation.url(), installation.user());
    return war.addAsResource(new StringAsset(properties), "latchkey.properties");
  }

  private WebArchive spring() {
    WebArchive war =
        war("spring", LISTENER.formatted(installation.url(), installation.user()))
            .addClasses(
                SpringSecurityListener.class,
                SpringSecurity.class,
                PlainStore.class,
                Client.class,
                Installation.class,
                Peer.class);
    Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(File::new)
        .filter(File::isFile)
        .filter(jar -> OF_SPRING_SECURITY.stream().anyMatch(jar.getName()::startsWith))
        .forEach(war::addAsLibrary);
    return war;
  }

  private static WebArchive war(String name, String more) {
    return ShrinkWrap.create(WebArchive.class, name + ".war")
        .addClass(SmallServlet.class)
        .addAsWebInfResource(new StringAsset(BEANS), "beans.xml")
        .setWebXML(new StringAsset(WEB_XML.formatted(more)));
  }

  private Path written(WebArchive war) {
    Path file = folder.resolve(war.getName());
    war.as(ZipExporter.class).exportTo(file.toFile(), true);
    return file;
  }
}
