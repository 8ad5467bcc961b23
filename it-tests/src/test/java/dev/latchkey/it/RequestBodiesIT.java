package dev.latchkey.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of strangers that come slowly, or not to their end. */
// issue 14.3; found by attack: 300 of them stopped the server, 500 of them filled the log
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(30)
@Tag("admin")
@Tag("once")
@DisplayName("Bodies that do not come")
class RequestBodiesIT {

  private static final int SLOW = 250;

  private final Latchkey latchkey;

  RequestBodiesIT(Latchkey latchkey) {
    this.latchkey = latchkey;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/latchkey/api/v1/session application/json",
        "/latchkey/oauth/token application/x-www-form-urlencoded",
        "/latchkey/oauth/leaked application/json"
      })
  void holdNoOtherRequestWhenTheyComeSlowly(String pathAndType) throws IOException {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW; i++) {
        slow.add(begun(pathAndType));
      }
      Eventually.within(
          Duration.ofSeconds(5),
          "all but a few are refused at once",
          () -> slow.stream().filter(RequestBodiesIT::answered).count() >= SLOW - 60);
      for (int i = 0; i < 5; i++) {
        latchkey.calls("/latchkey/health/live").answer().hasStatus(200);
        latchkey.calls("/verify").answer().hasStatus(401);
      }
    } finally {
      for (Socket each : slow) {
        each.close();
      }
    }
  }

  @Test
  void writeNothingToTheLogWhenTheClientGoesAway() throws IOException {
    long before = bytesOfLog();
    for (int i = 0; i < 100; i++) {
      begun("/latchkey/api/v1/session application/json").close();
      begun("/latchkey/oauth/token application/x-www-form-urlencoded").close();
    }
    // The server has seen to all of them when it has answered one that came later.
    latchkey.calls("/latchkey/health/live").answer().hasStatus(200);
    assertThat(bytesOfLog() - before).as("bytes of log").isLessThan(20_000);
  }

  private Socket begun(String pathAndType) throws IOException {
    String[] parts = pathAndType.split(" ");
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), latchkey.installation().portOf(parts[0]));
    socket
        .getOutputStream()
        .write(
            ("POST "
                    + parts[0]
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                    + parts[1]
                    + "\r\nContent-Length: 5000\r\n\r\n{\"na")
                .getBytes(ISO_8859_1));
    return socket;
  }

  private static boolean answered(Socket socket) {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException gone) {
      return true;
    }
  }

  private long bytesOfLog() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(latchkey.installation().logs())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
