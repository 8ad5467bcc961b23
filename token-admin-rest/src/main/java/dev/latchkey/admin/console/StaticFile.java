package dev.latchkey.admin.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A file of the console as it is sent. Immutable. */
final class StaticFile {

  private static final int TAG_DIGITS = 20;

  // Below, the answer is one packet anyway.
  private static final int WORTH_COMPRESSING = 1024;

  /** By the name's end. Servers differ in what they know. */
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html;charset=UTF-8",
          "js", "text/javascript;charset=UTF-8",
          "css", "text/css;charset=UTF-8",
          "svg", "image/svg+xml;charset=UTF-8",
          "json", "application/json",
          "webmanifest", "application/manifest+json",
          "txt", "text/plain;charset=UTF-8",
          "woff2", "font/woff2",
          "png", "image/png");

  private final String type;
  private final String tag;
  private final byte[] plain;
  private final byte @Nullable [] compressed;

  StaticFile(String name, byte[] content) {
    String end = name.substring(name.lastIndexOf('.') + 1);
    this.type = TYPES.getOrDefault(end, "application/octet-stream");
    this.tag = "W/\"" + digest(content) + '"';
    this.plain = content.clone();
    byte[] gzip = isText() && content.length >= WORTH_COMPRESSING ? gzip(content) : content;
    this.compressed = gzip.length < content.length ? gzip : null;
  }

  String type() {
    return type;
  }

  /** The weak entity tag: it is the same file, compressed or not. */
  String tag() {
    return tag;
  }

  /** What is sent to whoever takes it compressed, or not. */
  byte[] content(boolean mayBeCompressed) {
    byte[] smaller = compressed;
    return mayBeCompressed && smaller != null ? smaller : plain;
  }

  boolean isCompressible() {
    return compressed != null;
  }

  private boolean isText() {
    return type.contains("charset") || type.contains("json");
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException memoryDoesNotFail) {
      throw new UncheckedIOException(memoryDoesNotFail);
    }
    return bytes.toByteArray();
  }

  private static String digest(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(hash).substring(0, TAG_DIGITS);
    } catch (NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }
}
