package dev.latchkey.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Jetty: a base folder of our own beside the unpacked server. */
final class Jetty {

  private Jetty() {}

  static ServerProcess start(Site site) throws IOException {
    Path base = Files.createDirectories(site.folder().resolve("jetty"));
    site.copyWars(base.resolve("webapps"));
    return ServerProcess.start(
        site.command(
            Site.program(site.jdk(), "bin/java"),
            "-Xmx" + site.heap(),
            "-jar",
            site.unpacked().resolve("start.jar").toString(),
            "jetty.base=" + base,
            "--module=http,http2c,ee10-deploy,ee10-annotations,ee10-websocket-jakarta",
            "jetty.http.host=127.0.0.1",
            "jetty.http.port=" + site.port(),
            // docs/servers.md says why
            "jetty.httpConfig.headerCacheSize=0"),
        site.logs());
  }
}
