package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forward-auth in a real container: what a proxy sends as UTF-8 bytes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForwardAuthOnTomcatTest {

  private TomcatServer server;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    server =
        TomcatServer.startsForwardAuth(
            folder,
            Map.of("latchkey.jdbc.url", Fixture.DATABASE, "latchkey.filter.paths", "/größe/*"));
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  // issue 15.1
  @ParameterizedTest
  @CsvSource({
    "/größe/1, 400",
    "/größe/1, 400",
    "/gr%C3%B6%C3%9Fe/1, 401",
    "/GR%C3%96%C3%9FE/1, 401",
    "/gr%F6%DFe/1, 400",
    "/other, 204",
  })
  void decidesAboutThePathThatTheApplicationServes(String uri, int status) throws Exception {
    assertThat(
            server
                .sends("GET", "/verify", "X-Original-Method: GET", "X-Original-Uri: " + uri)
                .status())
        .isEqualTo(status);
  }

  // issue 15.1
  @ParameterizedTest
  @CsvSource({"/verify?/gr%C3%B6%C3%9Fe/1, 401", "/verify?/other, 200", "/verify/gr%F6%DFe, 400"})
  void decidesAboutThePathBehindTheEndpoint(String target, int status) throws Exception {
    assertThat(server.sends("GET", target).status()).isEqualTo(status);
  }
}
