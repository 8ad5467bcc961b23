package dev.latchkey.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** WildFly: a base folder of our own beside the unpacked server. */
final class WildFly {

  private WildFly() {}

  static ServerProcess start(Site site) throws IOException {
    Path base = site.folder().resolve("wildfly");
    Site.copy(site.unpacked().resolve("standalone/configuration"), base.resolve("configuration"));
    Path settings = base.resolve("configuration/standalone.xml");
    String xml =
        ServerProcess.read(settings)
            // The root belongs to what is deployed there.
            .replace("<location name=\"/\" handler=\"welcome-content\"/>", "")
            .replace("scan-interval=\"5000\"", "scan-interval=\"500\"")
            // Its own limit of 10 MB would refuse a large upload before we are asked.
            .replace("<http-listener ", "<http-listener max-post-size=\"2147483648\" ")
            // TLS is not tested, and its port is not ours to take.
            .replaceFirst("<https-listener[^>]*/>", "");
    Files.writeString(settings, withoutUsersOfTheServer(xml));
    site.copyWars(base.resolve("deployments"));
    ProcessBuilder command =
        site.command(
            Site.program(site.unpacked(), "bin/standalone.sh"),
            "-b",
            "127.0.0.1",
            "-Djboss.server.base.dir=" + base,
            "-Djboss.server.log.dir=" + site.logs(),
            "-Djboss.http.port=" + site.port(),
            "-Djboss.management.http.port=" + Site.freePort(),
            "-Djboss.tx.node.id=latchkey");
    command
        .environment()
        .put("JAVA_OPTS", "-Xmx" + site.heap() + " -Djava.net.preferIPv4Stack=true");
    return ServerProcess.start(
        command,
        site.logs(),
        (context, war) -> Site.touch(base.resolve("deployments"), context, war));
  }

  // Callers of a Jakarta Security mechanism are not users of the server; docs/servers.md says so.
  private static String withoutUsersOfTheServer(String xml) {
    String domain = "name=\"other\" security-domain=\"ApplicationDomain\"";
    int undertow = xml.lastIndexOf(domain) + domain.length();
    return xml.substring(0, undertow) + " integrated-jaspi=\"false\"" + xml.substring(undertow);
  }
}
