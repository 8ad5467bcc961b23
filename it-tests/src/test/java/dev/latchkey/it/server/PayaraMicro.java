package dev.latchkey.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Payara Micro: a jar and a command line. */
final class PayaraMicro {

  private PayaraMicro() {}

  static ServerProcess start(Site site) throws IOException {
    Path preboot = site.folder().resolve("preboot.txt");
    Files.writeString(
        preboot,
        "set configs.config.server-config.network-config.network-listeners.network-listener."
            + "http-listener.address=127.0.0.1\n");
    List<String> words =
        new ArrayList<>(
            List.of(
                Site.program(site.jdk(), "bin/java"),
                "-Xmx" + site.heap(),
                "-jar",
                site.unpacked().resolve("payara-micro.jar").toString(),
                "--port",
                String.valueOf(site.port()),
                "--nohazelcast",
                "--disablephonehome",
                "--prebootcommandfile",
                preboot.toString()));
    for (Map.Entry<String, Path> war : site.wars().entrySet()) {
      words.add("--deploy");
      words.add(war.getValue() + ":" + (war.getKey().isEmpty() ? "/" : war.getKey()));
    }
    return ServerProcess.start(site.command(words), site.logs());
  }
}
