package dev.latchkey.nodes;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a node that is kept, so that asking costs little. Opened again when it breaks.
 * For one thread.
 */
final class Line implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 15_000;

  private final int port;
  private @Nullable Socket socket;
  private @Nullable InputStream in;

  Line(int port) {
    this.port = port;
  }

  /** The status of the answer to {@code GET /verify} with this token. */
  int verify(String token) throws IOException {
    return get("/verify", token);
  }

  /** The status of the answer to a GET. */
  int get(String path, String token) throws IOException {
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + token
            + "\r\n\r\n";
    return sent(request);
  }

  /**
   * The status of the answer to a POST of JSON.
   *
   * @param fields more lines of the header, each with its end
   */
  int post(String path, String fields, String json) throws IOException {
    return sent(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + json.length()
            + "\r\n"
            + fields
            + "\r\n"
            + json);
  }

  private int sent(String request) throws IOException {
    boolean fresh = socket == null;
    try {
      return exchanged(request);
    } catch (EOFException | SocketException idle) {
      // A server may close what was idle; that is no failure of the request.
      if (fresh) {
        throw idle;
      }
      return exchanged(request);
    }
  }

  private int exchanged(String request) throws IOException {
    try {
      connection().getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream from = in;
      if (from == null) {
        throw new IOException("not connected");
      }
      return answer(from);
    } catch (IOException broken) {
      close();
      throw broken;
    }
  }

  private Socket connection() throws IOException {
    Socket open = socket;
    if (open == null) {
      open = new Socket();
      open.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      open.setSoTimeout(TIMEOUT_MILLIS);
      open.setTcpNoDelay(true);
      socket = open;
      in = new BufferedInputStream(open.getInputStream());
    }
    return open;
  }

  private int answer(InputStream from) throws IOException {
    String first = line(from);
    int status = Integer.parseInt(first.split(" ")[1]);
    int length = 0;
    boolean chunked = false;
    boolean last = false;
    for (String field = line(from); !field.isEmpty(); field = line(from)) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
        chunked = true;
      } else if (lower.startsWith("connection:") && lower.contains("close")) {
        last = true;
      }
    }
    if (chunked) {
      for (int size = size(from); size > 0; size = size(from)) {
        from.skipNBytes(size);
        line(from);
      }
      line(from);
    } else {
      from.skipNBytes(length);
    }
    if (last) {
      close();
    }
    return status;
  }

  private static int size(InputStream from) throws IOException {
    return Integer.parseInt(line(from).strip(), 16);
  }

  private static String line(InputStream from) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = from.read(); c != '\n'; c = from.read()) {
      if (c < 0) {
        throw new EOFException("the server has hung up");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException closed) {
      // that is what was wanted
    } finally {
      socket = null;
      in = null;
    }
  }
}
