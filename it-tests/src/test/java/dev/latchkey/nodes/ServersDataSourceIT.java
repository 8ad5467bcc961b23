package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.nodes.Cluster.Member;
import dev.latchkey.nodes.Watched.Kind;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node on its server's DataSource, which sets no limit and tests no connection. */
@ExtendWith(Cluster.class)
@Order(6)
@DisplayName("When connections of a server's DataSource hang for ever")
class ServersDataSourceIT {

  private static final String NAME = "java:app/latchkey";
  // Each of the few connections in the pool is found to hang after twenty seconds.
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Report REPORT =
      new Report("servers-datasource", "what fails", "not ready after", "ready again after");

  private final Cluster.Running cluster;

  ServersDataSourceIT(Cluster.Running cluster) {
    this.cluster = cluster;
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E3 readiness tells, the connections are given up, and the node goes on by itself")
  void connectionsAreForgotten() throws Exception {
    Watched good = cluster.issues(Kind.GOOD, Map.of(), Map.of());
    Watched deactivated = cluster.issues(Kind.GOOD, Map.of(), Map.of());
    try (Wire wire = cluster.postgres().wire();
        Node node =
            cluster.another(
                new Member("datasource", Cluster.MAX_STALE, Map.of("LATCHKEY_DATASOURCE", NAME)),
                war(cluster.postgres().url(wire.port())))) {
      assertThat(Cluster.Running.answer(node, good.text())).isEqualTo(204);
      assertThat(Cluster.Running.answer(node, deactivated.text())).isEqualTo(204);
      Eventually.within(
          Duration.ofSeconds(30), node + " is ready", () -> Cluster.Running.ready(node) == 200);
      wire.forgetsConnections();
      Duration untilTold =
          Eventually.within(
              Duration.ofSeconds(30), node + " tells", () -> Cluster.Running.ready(node) == 503);
      assertThat(cluster.revokes(deactivated)).isTrue();
      assertThat(Cluster.Running.answer(node, good.text())).isEqualTo(204);
      Duration untilReady =
          Eventually.within(
              PATIENCE, node + " is ready again", () -> Cluster.Running.ready(node) == 200);
      Eventually.within(
          Duration.ofSeconds(20),
          deactivated + " is refused",
          () -> Cluster.Running.answer(node, deactivated.text()) == 401);
      REPORT.row(
          "a firewall forgets the open connections", seconds(untilTold), seconds(untilReady));
    }
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }

  /** The filter WAR with a DataSource in its descriptor. */
  private Path war(String url) throws IOException {
    Path war = cluster.folder().resolve("datasource.war");
    Files.copy(Cluster.Running.war("filter.war"), war, StandardCopyOption.REPLACE_EXISTING);
    try (FileSystem inside = FileSystems.newFileSystem(war)) {
      Path descriptor = inside.getPath("/WEB-INF/web.xml");
      Files.writeString(
          descriptor,
          Files.readString(descriptor).replace("</web-app>", dataSource(url) + "</web-app>"));
    }
    return war;
  }

  private static String dataSource(String url) {
    return """
        <data-source>
          <name>%s</name>
          <class-name>org.postgresql.ds.PGSimpleDataSource</class-name>
          <url>%s</url>
          <user>postgres</user>
          <password>none-is-asked-for</password>
          <initial-pool-size>1</initial-pool-size>
          <max-pool-size>10</max-pool-size>
          <min-pool-size>1</min-pool-size>
        </data-source>
        """
        .formatted(NAME, url.replace("&", "&amp;"));
  }
}
