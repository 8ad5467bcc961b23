package dev.latchkey.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.Driver;

/** Open Liberty: a user folder of our own beside the unpacked server. */
final class OpenLiberty {

  private OpenLiberty() {}

  static ServerProcess start(Site site) throws IOException {
    Path user = site.folder().resolve("liberty");
    Path server = Files.createDirectories(user.resolve("servers/tested"));
    site.copyWars(server.resolve("apps"));
    // A data source that an application declares takes its driver from the server only.
    Path libraries = Files.createDirectories(user.resolve("shared/config/lib/global"));
    Files.copy(Site.libraryOf(Driver.class), libraries.resolve("h2.jar"));
    StringBuilder applications = new StringBuilder();
    for (String context : site.wars().keySet()) {
      String name = context.isEmpty() ? "ROOT" : context.substring(1);
      applications.append(
          "  <webApplication location=\"%s.war\" contextRoot=\"%s\"/>\n"
              .formatted(name, context.isEmpty() ? "/" : context));
    }
    Files.writeString(
        server.resolve("server.xml"),
        """
        <server>
          <featureManager>
            <feature>webProfile-10.0</feature>
          </featureManager>
          <httpEndpoint id="defaultHttpEndpoint" protocolVersion="http/2" host="127.0.0.1" httpPort="%d" httpsPort="-1"/>
          <applicationMonitor updateTrigger="polled" pollingRate="500ms"/>
        %s</server>
        """
            .formatted(site.port(), applications));
    Files.writeString(server.resolve("jvm.options"), "-Xmx" + site.heap() + "\n");
    ProcessBuilder command =
        site.command(Site.program(site.unpacked(), "bin/server"), "run", "tested");
    command.environment().put("WLP_USER_DIR", user.toString());
    command.environment().put("LOG_DIR", site.logs().toString());
    return ServerProcess.start(
        command, site.logs(), (context, war) -> Site.touch(server.resolve("apps"), context, war));
  }
}
