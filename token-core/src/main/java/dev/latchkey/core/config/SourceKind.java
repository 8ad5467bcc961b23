package dev.latchkey.core.config;

/** How tokens are looked up that are not in memory. */
public enum SourceKind {
  /** By one statement. */
  JDBC,
  /** In the JPA model; needs Hibernate. */
  JPA;

  static SourceKind parse(String text) {
    return switch (text) {
      case "jdbc" -> JDBC;
      case "jpa" -> JPA;
      default -> throw new IllegalArgumentException();
    };
  }
}
