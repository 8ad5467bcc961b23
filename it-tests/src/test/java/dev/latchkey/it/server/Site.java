package dev.latchkey.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a server is to serve, and where. Immutable.
 *
 * @param unpacked the server as it was downloaded; is not written to
 * @param folder for everything that the server writes
 * @param logs for its logs
 * @param jdk that it runs on
 * @param port on 127.0.0.1
 * @param environment configuration of what is deployed
 * @param wars by context path, {@code ""} for the root
 * @param heap as {@code -Xmx} takes it
 */
public record Site(
    Path unpacked,
    Path folder,
    Path logs,
    Path jdk,
    int port,
    Map<String, String> environment,
    Map<String, Path> wars,
    String heap) {

  /** A process with the site's JDK and environment, to be given more of it. */
  ProcessBuilder command(List<String> words) {
    ProcessBuilder command = new ProcessBuilder(words).directory(folder.toFile());
    Map<String, String> variables = command.environment();
    // What Maven was started with is none of the server's business.
    variables.keySet().removeIf(name -> name.startsWith("MAVEN_") || name.startsWith("LATCHKEY_"));
    variables.put("JAVA_HOME", jdk.toString());
    // Short start before speed; what is held softly is let go at once, so that leaks can be
    // counted.
    variables.put(
        "JAVA_TOOL_OPTIONS",
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:SoftRefLRUPolicyMSPerMB=0");
    variables.putAll(environment);
    return command;
  }

  ProcessBuilder command(String... words) {
    return command(List.of(words));
  }

  /** The path of a program of the server or of the JDK. */
  static String program(Path home, String name) {
    Path program = home.resolve(name);
    program.toFile().setExecutable(true);
    return program.toString();
  }

  /** Copies the WARs into a folder where servers take the context path from a file's name. */
  void copyWars(Path target) throws IOException {
    Files.createDirectories(target);
    for (Map.Entry<String, Path> war : wars.entrySet()) {
      String name = war.getKey().isEmpty() ? "ROOT" : war.getKey().substring(1);
      Files.copy(war.getValue(), target.resolve(name + ".war"));
    }
  }

  /** Writes a WAR again where the server looks for changes. */
  static void touch(Path target, String context, Path war) throws IOException {
    Path file = target.resolve(context.substring(1) + ".war");
    // At once: a server that sees it missing for a moment takes it for undeployed.
    Path copy =
        Files.copy(
            war,
            Files.createTempFile(target.toAbsolutePath().getParent(), "copy", null),
            StandardCopyOption.REPLACE_EXISTING);
    // Servers compare whole seconds.
    long later = Files.getLastModifiedTime(file).toMillis() + 2000;
    Files.setLastModifiedTime(copy, FileTime.fromMillis(later));
    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Copies a folder and all that is in it. */
  static void copy(Path from, Path to) throws IOException {
    List<Path> all = new ArrayList<>();
    try (var walk = Files.walk(from)) {
      walk.forEach(all::add);
    }
    for (Path each : all) {
      Path target = to.resolve(from.relativize(each).toString());
      if (Files.isDirectory(each)) {
        Files.createDirectories(target);
      } else {
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.copy(each, target);
      }
    }
  }

  /** The jar that a class of this test is in. */
  static Path libraryOf(Class<?> type) throws IOException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new IOException(impossible);
    }
  }

  /** A port that nobody listens on. */
  public static int freePort() {
    try (var socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
  }
}
