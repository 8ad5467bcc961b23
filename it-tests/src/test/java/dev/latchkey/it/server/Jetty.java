package dev.latchkey.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Jetty: a base folder of our own beside the unpacked server. */
final class Jetty {

  private Jetty() {}

  static ServerProcess start(Site site) throws IOException {
    Path base = Files.createDirectories(site.folder().resolve("jetty"));
    Path modules = Files.createDirectories(base.resolve("start.d"));
    // Two files: what stands beside a module of an environment is set for that environment only.
    Files.writeString(
        modules.resolve("http.ini"),
        """
        --module=http
        --module=http2c
        --module=deployment-scanner
        jetty.deploy.scanInterval=1
        jetty.http.host=127.0.0.1
        jetty.http.port=%d
        # docs/servers.md says why
        jetty.httpConfig.headerCacheSize=0
        """
            .formatted(site.port()));
    Files.writeString(
        modules.resolve("ee10.ini"),
        """
        --module=ee10-deploy
        --module=ee10-annotations
        --module=ee10-websocket-jakarta
        """);
    site.copyWars(base.resolve("webapps"));
    return ServerProcess.start(
        site.command(
            Site.program(site.jdk(), "bin/java"),
            "-Xmx" + site.heap(),
            "-jar",
            site.unpacked().resolve("start.jar").toString(),
            "jetty.base=" + base),
        site.logs(),
        (context, war) -> Site.touch(base.resolve("webapps"), context, war));
  }
}
