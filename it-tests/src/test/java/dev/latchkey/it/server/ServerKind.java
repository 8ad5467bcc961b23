package dev.latchkey.it.server;

import java.io.IOException;
import java.util.Locale;

/** The kinds of server that are started here, named as their Maven profiles. */
public enum ServerKind {
  /** Payara Micro, one process for all that is deployed. */
  PAYARA_MICRO,
  /** WildFly, full distribution. */
  WILDFLY,
  /** Open Liberty with the features of the Web Profile. */
  OPENLIBERTY,
  /** GlassFish 7 and 8. */
  GLASSFISH,
  /** Payara Server, which is laid out as GlassFish. */
  PAYARA_SERVER,
  /** Tomcat 10.1 and 11. */
  TOMCAT,
  /** Jetty 12, EE 10. */
  JETTY;

  /** The kind of a name such as {@code payara-server}. */
  public static ServerKind named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Whether it takes the admin WAR; a plain servlet container takes the filter only. */
  public boolean hasJaxRs() {
    return this != TOMCAT && this != JETTY;
  }

  /**
   * Starts one and returns when it listens; does not wait for what it serves.
   *
   * @throws IOException when it can't be set up or does not start
   */
  public ServerProcess start(Site site) throws IOException {
    ServerProcess server = launched(site);
    try {
      server.listensOn(site.port());
      return server;
    } catch (IOException notStarted) {
      server.close();
      throw notStarted;
    }
  }

  private ServerProcess launched(Site site) throws IOException {
    return switch (this) {
      case PAYARA_MICRO -> PayaraMicro.start(site);
      case WILDFLY -> WildFly.start(site);
      case OPENLIBERTY -> OpenLiberty.start(site);
      case GLASSFISH, PAYARA_SERVER -> GlassFish.start(site);
      case TOMCAT -> Tomcat.start(site);
      case JETTY -> Jetty.start(site);
    };
  }
}
