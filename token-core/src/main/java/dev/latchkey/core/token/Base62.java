package dev.latchkey.core.token;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;

/** Numbers as digits and letters, most significant first, filled up with zeros. */
public final class Base62 {

  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  static final int BASE = 62;
  private static final BigInteger BIG_BASE = BigInteger.valueOf(BASE);
  private static final byte[] VALUES = values();

  private Base62() {}

  /** A random text; each digit is drawn without bias. */
  public static String random(SecureRandom random, int length) {
    char[] text = new char[length];
    for (int i = 0; i < length; i++) {
      text[i] = DIGITS.charAt(random.nextInt(BASE));
    }
    return new String(text);
  }

  static String encode(BigInteger number, int length) {
    char[] text = new char[length];
    BigInteger rest = number;
    for (int i = length - 1; i >= 0; i--) {
      BigInteger[] next = rest.divideAndRemainder(BIG_BASE);
      text[i] = DIGITS.charAt(next[1].intValue());
      rest = next[0];
    }
    return new String(text);
  }

  static String encode(long number, int length) {
    char[] text = new char[length];
    long rest = number;
    for (int i = length - 1; i >= 0; i--) {
      text[i] = DIGITS.charAt((int) (rest % BASE));
      rest /= BASE;
    }
    return new String(text);
  }

  /** The number of at most 10 digits, or -1 when one of them is no digit. */
  static long decode(String text, int from, int length) {
    long number = 0;
    for (int i = from; i < from + length; i++) {
      int value = value(text.charAt(i));
      if (value < 0) {
        return -1;
      }
      number = number * BASE + value;
    }
    return number;
  }

  /** The value of a digit, or -1 when it is none. */
  static int value(char digit) {
    return digit < VALUES.length ? VALUES[digit] : -1;
  }

  private static byte[] values() {
    byte[] values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < BASE; i++) {
      values[DIGITS.charAt(i)] = (byte) i;
    }
    return values;
  }
}
