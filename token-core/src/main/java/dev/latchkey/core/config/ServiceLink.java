package dev.latchkey.core.config;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A shape of the environment variables that an orchestrator makes of service names: Kubernetes for
 * each service of the namespace, Docker for each link. A service called {@code latchkey-db} puts
 * {@code LATCHKEY_DB_PORT=tcp://10.0.0.1:5432} into every container. These are nobody's settings.
 *
 * @param name of the variable, without {@code LATCHKEY} at the front
 * @param value that such a variable has; it tells a link from a setting of ours with the same name
 */
record ServiceLink(Pattern name, Pattern value) {

  private static final String HOST = "[A-Za-z0-9.:_\\[\\]-]*";
  private static final String NUMBER = "[0-9]{1,5}";
  private static final String URL = "(?:tcp|udp|sctp)://[^\\s]*";
  private static final String SERVICE = "(?:_[A-Z0-9_]+)?";
  private static final String PORT = SERVICE + "_PORT_[0-9]+_(?:TCP|UDP|SCTP)";

  private static final List<ServiceLink> ALL =
      List.of(
          link(SERVICE + "_SERVICE_HOST", HOST),
          link(SERVICE + "_SERVICE_PORT(?:_[A-Z0-9_]+)?", NUMBER),
          link(SERVICE + "_PORT", URL),
          link(PORT, URL),
          link(PORT + "_ADDR", HOST),
          link(PORT + "_PORT", NUMBER),
          link(PORT + "_PROTO", "tcp|udp|sctp"),
          // Docker's, for a range of ports
          link(PORT + "_(?:START|END)", URL),
          link(PORT + "_PORT_(?:START|END)", NUMBER),
          // Docker's, for a link: /container/alias, and the variables of the linked container
          link(SERVICE + "_NAME", "/[^/\\s]+/[^/\\s]+"),
          link(SERVICE + "_ENV_.+", "(?s).*"));

  private static ServiceLink link(String name, String value) {
    return new ServiceLink(Pattern.compile("LATCHKEY" + name), Pattern.compile(value));
  }

  /** Whether an orchestrator has made this environment variable. */
  static boolean made(String variable, String text) {
    return ALL.stream()
        .anyMatch(
            link -> link.name.matcher(variable).matches() && link.value.matcher(text).matches());
  }
}
