package dev.latchkey.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** GlassFish and Payara Server: a domain of our own beside the unpacked server. */
final class GlassFish {

  private static final Pattern PORT = Pattern.compile("(port=\")(\\d+)(\")");
  private static final Pattern JMS =
      Pattern.compile("(name=\"JMS_PROVIDER_PORT\" value=\")(\\d+)(\")");

  private GlassFish() {}

  static ServerProcess start(Site site) throws IOException {
    Path domains = site.folder().resolve("domains");
    Path domain = domains.resolve("domain1");
    Site.copy(site.unpacked().resolve("glassfish/domains/domain1"), domain);
    int adminPort = Site.freePort();
    Path settings = domain.resolve("config/domain.xml");
    String xml =
        ServerProcess.read(settings)
            .replaceAll("<jvm-options>-Xmx[^<]*", "<jvm-options>-Xmx" + site.heap());
    xml = withFreePorts(xml, Map.of("8080", site.port(), "4848", adminPort));
    Files.writeString(settings, xml);
    String asadmin = Site.program(site.unpacked(), "bin/asadmin");
    Site.program(site.unpacked(), "glassfish/bin/asadmin");
    ProcessBuilder command =
        site.command(
            asadmin, "start-domain", "--verbose", "--domaindir", domains.toString(), "domain1");
    command.environment().put("AS_JAVA", site.jdk().toString());
    ServerProcess server =
        ServerProcess.start(
            command,
            site.logs(),
            (context, war) ->
                ServerProcess.run(
                    asadmin(
                        site,
                        adminPort,
                        "redeploy",
                        "--name",
                        context.substring(1),
                        war.toString()),
                    site.logs()));
    try {
      deploy(site, adminPort, server);
    } catch (IOException | RuntimeException | Error failed) {
      server.close();
      throw failed;
    }
    return server;
  }

  private static void deploy(Site site, int adminPort, ServerProcess server) throws IOException {
    server.listensOn(adminPort);
    for (Map.Entry<String, Path> war : site.wars().entrySet()) {
      deploy(site, adminPort, war.getKey(), war.getValue());
    }
  }

  private static void deploy(Site site, int adminPort, String context, Path war) {
    try {
      ServerProcess.run(
          asadmin(
              site,
              adminPort,
              "deploy",
              "--contextroot",
              context.isEmpty() ? "/" : context,
              "--name",
              context.isEmpty() ? "root" : context.substring(1),
              war.toString()),
          site.logs());
    } catch (IOException refused) {
      // As other servers start without it; the test that asks for the application misses it.
      System.getLogger(GlassFish.class.getName())
          .log(System.Logger.Level.WARNING, context + " is not taken", refused);
    }
  }

  private static ProcessBuilder asadmin(Site site, int adminPort, String... words) {
    List<String> all = new ArrayList<>();
    all.add(Site.program(site.unpacked(), "bin/asadmin"));
    all.add("--port");
    all.add(String.valueOf(adminPort));
    all.addAll(List.of(words));
    ProcessBuilder command = site.command(all);
    command.environment().put("AS_JAVA", site.jdk().toString());
    return command;
  }

  private static String withFreePorts(String xml, Map<String, Integer> known) {
    String loopback =
        xml.replace("address=\"0.0.0.0\"", "address=\"127.0.0.1\"")
            .replace("<network-listener port", "<network-listener address=\"127.0.0.1\" port");
    String listeners =
        PORT.matcher(loopback)
            .replaceAll(
                found ->
                    found.group(1)
                        + known.getOrDefault(found.group(2), Site.freePort())
                        + found.group(3));
    return JMS.matcher(listeners)
        .replaceAll(found -> found.group(1) + Site.freePort() + found.group(3));
  }
}
