package dev.latchkey.core.administer;

/**
 * How many tokens of an origin a third party has. Counting stops at {@link #MOST}.
 *
 * @param active how many of them are active
 */
public record TokenCounts(TokenOrigin origin, int total, int active) {

  /** The highest count, which stands for all higher ones. */
  public static final int MOST = 10_000;
}
