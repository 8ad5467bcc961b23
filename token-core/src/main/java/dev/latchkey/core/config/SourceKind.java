package dev.latchkey.core.config;

/** How tokens are looked up that are not in memory. */
public enum Source {
  /** By one statement. */
  JDBC,
  /** In the JPA model; needs Hibernate. */
  JPA;

  static Source parse(String text) {
    return switch (text) {
      case "jdbc" -> JDBC;
      case "jpa" -> JPA;
      default -> throw new IllegalArgumentException();
    };
  }
}
