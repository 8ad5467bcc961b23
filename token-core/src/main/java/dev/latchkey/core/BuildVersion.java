package dev.latchkey.core;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The version of this code, from what Maven puts into the jar. */
final class BuildVersion {

  private static final String RESOURCE = "/META-INF/maven/dev.latchkey/token-core/pom.properties";

  private BuildVersion() {}

  /** The version; {@code unknown} outside of Maven's jar. */
  static String get() {
    try (@Nullable InputStream in = BuildVersion.class.getResourceAsStream(RESOURCE)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException unreadable) {
      return "unknown";
    }
  }
}
