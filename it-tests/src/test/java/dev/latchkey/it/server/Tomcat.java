package dev.latchkey.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Tomcat: a base folder of our own beside the unpacked server. */
final class Tomcat {

  private Tomcat() {}

  static ServerProcess start(Site site) throws IOException {
    Path base = site.folder().resolve("tomcat");
    Site.copy(site.unpacked().resolve("conf"), base.resolve("conf"));
    for (String folder : new String[] {"logs", "temp", "work"}) {
      Files.createDirectories(base.resolve(folder));
    }
    Path settings = base.resolve("conf/server.xml");
    Files.writeString(
        settings,
        ServerProcess.read(settings)
            .replace("<Engine ", "<Engine backgroundProcessorDelay=\"1\" ")
            .replace("port=\"8005\"", "port=\"-1\"")
            .replace("port=\"8080\"", "port=\"%d\" address=\"127.0.0.1\"".formatted(site.port())));
    // Tomcat logs header lines that it rejects, tokens included; docs/servers.md says so.
    Files.writeString(
        base.resolve("conf/logging.properties"),
        "\norg.apache.coyote.http11.Http11Processor.level = WARNING\n",
        StandardOpenOption.APPEND);
    Files.writeString(
        settings,
        ServerProcess.read(settings)
            .replaceFirst(
                "(protocol=\"HTTP/1.1\"[^/]*)/>",
                "$1><UpgradeProtocol className=\"org.apache.coyote.http2.Http2Protocol\"/>"
                    + "</Connector>"));
    site.copyWars(base.resolve("webapps"));
    ProcessBuilder command = site.command(Site.program(site.unpacked(), "bin/catalina.sh"), "run");
    command.environment().put("CATALINA_BASE", base.toString());
    command.environment().put("CATALINA_OUT", site.logs().resolve("catalina.out").toString());
    command.environment().put("CATALINA_OPTS", "-Xmx" + site.heap());
    return ServerProcess.start(
        command, site.logs(), (context, war) -> Site.touch(base.resolve("webapps"), context, war));
  }
}
