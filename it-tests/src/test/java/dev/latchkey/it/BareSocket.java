package dev.latchkey.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * HTTP/1.1 by hand, for what no client would send. Each char of path and fields is one byte.
 *
 * @param address the client's own
 */
record BareSocket(int port, String address) {

  Answer ask(String method, String path, List<Call.Field> fields, String body) {
    byte[] sent = body.getBytes(UTF_8);
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    if (fields.stream().noneMatch(field -> field.name().equalsIgnoreCase("Host"))) {
      head.append("Host: 127.0.0.1:").append(port).append("\r\n");
    }
    head.append("Connection: close\r\n");
    if (sent.length > 0) {
      head.append("Content-Length: ").append(sent.length).append("\r\n");
    }
    fields.forEach(
        field -> head.append(field.name()).append(": ").append(field.value()).append("\r\n"));
    head.append("\r\n");
    try (Socket socket = new Socket()) {
      socket.setSoTimeout((int) Call.TIMEOUT.toMillis());
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      OutputStream out = socket.getOutputStream();
      out.write(head.toString().getBytes(ISO_8859_1));
      out.write(sent);
      out.flush();
      byte[] received = socket.getInputStream().readAllBytes();
      return parse(method + ' ' + path, received);
    } catch (IOException broken) {
      throw new AssertionError("no answer to " + method + ' ' + path, broken);
    }
  }

  private static Answer parse(String question, byte[] received) {
    String text = new String(received, ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new AssertionError("no whole answer to " + question + ": " + text);
    }
    List<String> lines = new ArrayList<>(List.of(text.substring(0, end).split("\r\n")));
    int status = Integer.parseInt(lines.remove(0).split(" ", 3)[1]);
    Map<String, List<String>> fields = new TreeMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      fields
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), n -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    byte[] rest = text.substring(end + 4).getBytes(ISO_8859_1);
    boolean chunked = fields.getOrDefault("transfer-encoding", List.of()).contains("chunked");
    return new Answer(question, status, fields, new String(chunked ? unchunk(rest) : rest, UTF_8));
  }

  private static byte[] unchunk(byte[] chunks) {
    String text = new String(chunks, ISO_8859_1);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    int at = 0;
    while (at < text.length()) {
      int line = text.indexOf("\r\n", at);
      int size = Integer.parseInt(text.substring(at, line), 16);
      whole.write(chunks, line + 2, size);
      at = line + 2 + size + 2;
    }
    return whole.toByteArray();
  }
}
