package dev.latchkey.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.latchkey.it.server.Site;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real nginx in front of an application, with the configuration that the documentation shows. */
final class Nginx implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofSeconds(20);

  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static boolean isInstalled() {
    try {
      return new ProcessBuilder("nginx", "-v").redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Starts one that asks Latchkey from an address that Latchkey trusts.
   *
   * @param folder for all that it writes
   */
  static Nginx starts(Path folder, int latchkey, int application) throws IOException {
    Files.writeString(folder.resolve("latchkey.conf"), documented(), UTF_8);
    int port = Site.freePort();
    return starts(
        folder, port, AROUND.formatted(folder, latchkey, application, port).replace('\'', '"'));
  }

  /** Starts one with settings that have it listen on a port. */
  static Nginx starts(Path folder, int port, String text) throws IOException {
    Path settings = Files.writeString(folder.resolve("nginx.conf"), text, UTF_8);
    Process process =
        new ProcessBuilder("nginx", "-p", folder.toString(), "-c", settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.log").toFile())
            .start();
    Nginx started = new Nginx(process, port);
    try {
      Eventually.within(START, "nginx listens", started::listens);
      return started;
    } catch (AssertionError notListening) {
      started.close();
      throw new IOException(Files.readString(folder.resolve("output.log"), UTF_8), notListening);
    }
  }

  private boolean listens() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** What is on the wire. */
  BareSocket bare() {
    return new BareSocket(port, "127.0.0.1");
  }

  /** The text that docs/filter.md tells people to save as latchkey.conf. */
  private static String documented() throws IOException {
    String page =
        Files.readString(Path.of(Installation.setting("tested.docs"), "filter.md"), UTF_8);
    String part =
        page.substring(page.indexOf("<!-- nginx -->"), page.indexOf("<!-- end of nginx -->"));
    int from = part.indexOf("```nginx\n") + "```nginx\n".length();
    return part.substring(from, part.indexOf("```", from));
  }

  private static final String AROUND =
      """
      daemon off;
      master_process off;
      pid '%1$s/nginx.pid';
      error_log '%1$s/error.log';
      events {}
      http {
        access_log off;
        client_body_temp_path '%1$s/body';
        proxy_temp_path '%1$s/proxy';
        fastcgi_temp_path '%1$s/fastcgi';
        uwsgi_temp_path '%1$s/uwsgi';
        scgi_temp_path '%1$s/scgi';
        proxy_bind 127.0.0.9;
        upstream latchkey { server 127.0.0.1:%2$d; }
        upstream application { server 127.0.0.1:%3$d; }
        server {
          listen 127.0.0.1:%4$d;
          server_name api.example.org;
          include '%1$s/latchkey.conf';
        }
      }
      """;

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
