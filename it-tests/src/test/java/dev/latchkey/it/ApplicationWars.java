package dev.latchkey.it;

import dev.latchkey.it.app.AddedByCode;
import dev.latchkey.it.app.AddedByCodeAfter;
import dev.latchkey.it.app.BareServlet;
import dev.latchkey.it.app.CallerServlet;
import dev.latchkey.it.app.DispatchServlet;
import dev.latchkey.it.app.EchoSocket;
import dev.latchkey.it.app.EventsServlet;
import dev.latchkey.it.app.LateSocket;
import dev.latchkey.it.app.MarkingFilter;
import dev.latchkey.it.app.MeResource;
import dev.latchkey.it.app.Note;
import dev.latchkey.it.app.NotesServlet;
import dev.latchkey.it.app.ReportsBean;
import dev.latchkey.it.app.ReportsSocket;
import dev.latchkey.it.app.RestApplication;
import dev.latchkey.it.app.SecuredServlet;
import dev.latchkey.it.app.UploadServlet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.ArchivePath;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Makes applications as teams have them, each with the filter jar and a properties file. */
final class ApplicationWars {

  private static final List<String> NOT_BROUGHT_BY_THE_JAR =
      List.of("postgresql", "mariadb-java-client", "slf4j-jdk14");
  private static final List<String> THEIR_OWN = List.of("h2-", "slf4j-api-");

  private final Installation installation;
  private final Path folder;
  private final List<Path> jars;
  private final Map<String, Path> made = new LinkedHashMap<>();

  ApplicationWars(Installation installation) throws IOException {
    this.installation = installation;
    this.folder = Files.createDirectories(installation.server().resolve("wars"));
    this.jars = unpackedJars();
  }

  /** All that a plain servlet container takes as well, by context path. */
  Map<String, Path> forServletContainers() throws IOException {
    // A file where the folder of a database is to be: nothing can be opened there for now.
    Files.createFile(mendedHome());
    add("/auto", war -> plain(war).addClasses(EchoSocket.class));
    add(
        "/declared",
        war ->
            plain(war)
                .addClasses(EchoSocket.class, ReportsSocket.class)
                .setWebXML(new StringAsset(TWO_FILTERS)),
        "");
    add(
        "/coded",
        war -> plain(war).addClasses(AddedByCode.class, EchoSocket.class),
        "latchkey.filter.register=false");
    add(
        "/codedafter",
        war -> plain(war).addClasses(AddedByCodeAfter.class, EchoSocket.class),
        "latchkey.filter.register=false");
    add(
        "/late",
        war -> plain(war).addClasses(LateSocket.class, LateSocket.Echo.class, EchoSocket.class));
    add("/named", war -> plain(war).setWebXML(new StringAsset(ordered("<name>latchkey</name>"))));
    add("/wrong", ApplicationWars::plain, "latchkey.filter.ruls=x");
    add("/down", ApplicationWars::plain, "latchkey.jdbc.url=jdbc:h2:tcp://127.0.0.1:1/none");
    add(
        "/empty",
        ApplicationWars::plain,
        "latchkey.jdbc.url=jdbc:h2:mem:empty" + ";DB_CLOSE_DELAY=-1");
    add("/incomplete", war -> without("caffeine", plain(war)));
    add("/mending", ApplicationWars::plain, "latchkey.home=" + mendedHome());
    made.put("/theirs", theirs());
    made.put("/bare", written("/bare", plain(war("/bare")).addClass(BareServlet.class)));
    addUnordered();
    return made;
  }

  // The last one: Payara Micro takes no more after one that does not start.
  private void addUnordered() {
    made.remove(UNORDERED);
    add(UNORDERED, war -> plain(war).setWebXML(new StringAsset(ordered(""))));
  }

  /** All that it takes a full server for, in addition. */
  Map<String, Path> forFullServers() throws IOException {
    forServletContainers();
    add("/rest", war -> plain(war).addClasses(RestApplication.class, MeResource.class));
    add(
        "/second",
        ApplicationWars::secured,
        "latchkey.mechanism=true\nlatchkey.filter.paths=/caller/*,/rest/*");
    add(
        "/both",
        war -> secured(war).setWebXML(new StringAsset(TWO_FILTERS)),
        "latchkey.mechanism=true");
    add("/seconddown", ApplicationWars::secured, "latchkey.mechanism=true\n" + DOWN);
    add("/own", this::own);
    made.put("/bare", written("/bare", bare()));
    add(
        "/jndi",
        // With a DataSource of the server, HikariCP and SLF4J are not needed.
        war ->
            without("slf4j", without("HikariCP", plain(war)))
                .setWebXML(new StringAsset(latchkeysDataSource())),
        "latchkey.datasource=java:global/latchkey");
    addUnordered();
    return made;
  }

  /** What {@code <absolute-ordering>} leaves us out of; some servers do not start it. */
  static final String UNORDERED = "/unordered";

  private static final String DOWN = "latchkey.jdbc.url=jdbc:h2:tcp://127.0.0.1:1/none";

  /** The {@code latchkey.home} that comes to be after the start. */
  Path mendedHome() {
    return installation.server().resolve("mended");
  }

  private static WebArchive plain(WebArchive war) {
    return war.addClasses(
        CallerServlet.class,
        DispatchServlet.class,
        EventsServlet.class,
        UploadServlet.class,
        MarkingFilter.class);
  }

  private static WebArchive secured(WebArchive war) {
    return war.addClasses(
            CallerServlet.class, SecuredServlet.class, ReportsBean.class, RestApplication.class)
        .addAsWebInfResource(new StringAsset(BEANS), "beans.xml");
  }

  /** The application with persistence of its own, without anything of ours. */
  private WebArchive bare() {
    WebArchive war = war("/bare").addClasses(BareServlet.class, MarkingFilter.class);
    jars.stream()
        .filter(jar -> THEIR_OWN.stream().anyMatch(jar.getFileName().toString()::startsWith))
        .forEach(jar -> war.addAsLibrary(jar.toFile()));
    return own(war);
  }

  private WebArchive own(WebArchive war) {
    String database = "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(war.getName());
    without("caffeine", war)
        .addClasses(CallerServlet.class, Note.class, NotesServlet.class)
        .addAsResource(new StringAsset(PERSISTENCE), "META-INF/persistence.xml")
        .addAsWebInfResource(new StringAsset(OWN_LOGGING), "jboss-deployment-structure.xml")
        .setWebXML(new StringAsset(dataSource("java:app/jdbc/own", database, "", "")));
    files(installation.folder().resolve("own-libraries"))
        .forEach(jar -> war.addAsLibrary(jar.toFile()));
    return war;
  }

  private static WebArchive without(String jar, WebArchive war) {
    for (ArchivePath path : List.copyOf(war.getContent().keySet())) {
      if (path.get().startsWith("/WEB-INF/lib/" + jar)) {
        war.delete(path);
      }
    }
    return war;
  }

  /** Somebody else's application, with our jar and one properties file. */
  private Path theirs() {
    WebArchive war =
        ShrinkWrap.create(ZipImporter.class, "theirs.war")
            .importFrom(installation.war("hawtio").toFile())
            .as(WebArchive.class);
    jars.forEach(jar -> war.addAsLibrary(jar.toFile()));
    String properties =
        properties("latchkey.filter.paths=/jolokia/*\nlatchkey.filter.rules=* /jolokia/* reports");
    war.addAsResource(new StringAsset(properties), "latchkey.properties");
    return written("/theirs", war);
  }

  private void add(String context, Consumer<WebArchive> contents) {
    add(context, contents, "latchkey.filter.rules=* /reports/* reports");
  }

  private void add(String context, Consumer<WebArchive> contents, String properties) {
    WebArchive war = war(context);
    jars.forEach(jar -> war.addAsLibrary(jar.toFile()));
    contents.accept(war);
    war.addAsResource(new StringAsset(properties(properties)), "latchkey.properties");
    made.put(context, written(context, war));
  }

  private static WebArchive war(String context) {
    return ShrinkWrap.create(WebArchive.class, context.substring(1) + ".war");
  }

  private Path written(String context, WebArchive war) {
    Path file = folder.resolve(context.substring(1) + ".war");
    war.as(ZipExporter.class).exportTo(file.toFile(), true);
    return file;
  }

  private String properties(String more) {
    boolean elsewhere = more.contains("latchkey.jdbc.url") || more.contains("latchkey.home");
    return (elsewhere ? "" : "latchkey.home=" + installation.home() + "\n")
        + "latchkey.feed.poll-interval=PT1S\n"
        + more
        + "\n";
  }

  /** What the filter jar brings, and the driver of the database: as Maven would put it there. */
  private List<Path> unpackedJars() throws IOException {
    Path lib = Files.createDirectories(folder.resolve("lib"));
    WebArchive war =
        ShrinkWrap.create(ZipImporter.class, "filter.war")
            .importFrom(installation.war("filter").toFile())
            .as(WebArchive.class);
    war.getContent(path -> path.get().startsWith("/WEB-INF/lib/") && path.get().endsWith(".jar"))
        .forEach(
            (path, node) -> {
              String name = path.get().substring("/WEB-INF/lib/".length());
              if (NOT_BROUGHT_BY_THE_JAR.stream().noneMatch(name::startsWith)) {
                try (var in = node.getAsset().openStream()) {
                  Files.copy(in, lib.resolve(name));
                } catch (IOException notWritten) {
                  throw new UncheckedIOException(notWritten);
                }
              }
            });
    return files(lib);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  private String latchkeysDataSource() {
    return dataSource(
        "java:global/latchkey",
        installation.databaseUrl(),
        Installation.DATABASE_USER,
        Installation.DATABASE_PASSWORD);
  }

  private static String ordered(String names) {
    return """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <absolute-ordering>%s</absolute-ordering>
        </web-app>
        """
        .formatted(names);
  }

  private static String dataSource(String name, String url, String user, String password) {
    return """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <data-source>
            <name>%s</name>
            <class-name>org.h2.jdbcx.JdbcDataSource</class-name>
            <url>%s</url>
            <user>%s</user>
            <password>%s</password>
          </data-source>
        </web-app>
        """
        .formatted(name, url, user, password);
  }

  private static final String BEANS =
      """
      <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0"
             bean-discovery-mode="annotated"/>
      """;

  private static final String PERSISTENCE =
      """
      <persistence xmlns="https://jakarta.ee/xml/ns/persistence" version="3.0">
        <persistence-unit name="own" transaction-type="JTA">
          <jta-data-source>java:app/jdbc/own</jta-data-source>
          <class>dev.latchkey.it.app.Note</class>
          <properties>
            <property name="jakarta.persistence.schema-generation.database.action"
                      value="drop-and-create"/>
          </properties>
        </persistence-unit>
      </persistence>
      """;

  /** As an application with logging of its own has it for WildFly, which gives it the server's. */
  private static final String OWN_LOGGING =
      """
      <jboss-deployment-structure xmlns="urn:jboss:deployment-structure:1.2">
        <deployment>
          <exclude-subsystems>
            <subsystem name="logging"/>
          </exclude-subsystems>
        </deployment>
      </jboss-deployment-structure>
      """;

  private static final String TWO_FILTERS =
      """
      <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
        <filter>
          <filter-name>anyToken</filter-name>
          <filter-class>dev.latchkey.filter.BearerTokenFilter</filter-class>
          <async-supported>true</async-supported>
        </filter>
        <filter>
          <filter-name>reports</filter-name>
          <filter-class>dev.latchkey.filter.BearerTokenFilter</filter-class>
          <async-supported>true</async-supported>
          <init-param>
            <param-name>filter.rules</param-name>
            <param-value>* /reports/* reports</param-value>
          </init-param>
        </filter>
        <filter-mapping>
          <filter-name>anyToken</filter-name>
          <url-pattern>/caller/*</url-pattern>
          <url-pattern>/socket</url-pattern>
        </filter-mapping>
        <filter-mapping>
          <filter-name>reports</filter-name>
          <url-pattern>/reports/*</url-pattern>
        </filter-mapping>
      </web-app>
      """;
}
