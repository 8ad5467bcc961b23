package dev.latchkey.admin.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.administer.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords as RFC 8265 §4.2 prepares them. */
// issue 15.14
class OpaqueStringTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "correct horse battery staple",
        "Correct Horse Battery Staple",
        "\u03c0\u00df\u00e5",
        "Jack of \u2666s"
      })
  @DisplayName("RFC 8265 §4.3: these stay as they are, case included")
  void keepsCaseAndCharacters(String password) {
    assertThat(OpaqueString.prepared(password)).contains(password);
  }

  @ParameterizedTest
  @CsvSource({
    "foo\u1680bar, foo bar",
    "foo\u00a0bar, foo bar",
    "foo\u3000bar, foo bar",
    "e\u0301, \u00e9",
    "u\u0308\u0304, \u01d6",
    "\u1112\u1161\u11ab, \ud55c",
    "\u212b, \u00c5",
    "\uff21, \uff21",
    "\ufb01, \ufb01"
  })
  @DisplayName("RFC 8265 §4.2.2: spaces become U+0020, the text is in NFC, width is kept")
  void mapsSpacesAndComposes(String typed, String prepared) {
    assertThat(OpaqueString.prepared(typed)).contains(prepared);
  }

  @Test
  @DisplayName("RFC 8265 §4.3: no empty password, and no control character")
  void refusesWhatNoPasswordIs() {
    for (String impossible :
        List.of("", "my cat is a \u0009by", "a\u0000", "\u0085", "\ud800x", "x".repeat(129))) {
      assertThat(OpaqueString.prepared(impossible)).isEmpty();
    }
  }

  @Test
  @DisplayName("lengths are of the prepared text, in code points")
  void countsCodePointsAfterwards() {
    String eleven = "\ud83d\udd11 plum e\u0301 79";
    assertThat(OpaqueString.length(OpaqueString.prepared(eleven).orElseThrow())).isEqualTo(11);
    assertThatThrownBy(() -> NewPassword.check(eleven, "ada"))
        .isInstanceOf(InvalidInputException.class);
    assertThat(OpaqueString.prepared("\ud83d\udd11".repeat(128))).isPresent();
    assertThat(OpaqueString.prepared("e\u0301".repeat(128))).contains("\u00e9".repeat(128));
    assertThat(OpaqueString.prepared("e\u0301".repeat(129))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plum\u200btractor violin 79",
        "plum\ufe0ftractor violin 79",
        "plum\u3164tractor violin 79",
        "plum\u202etractor violin 79",
        "plum\ue000tractor violin 79",
        "plum\uffffftractor violin 79",
        "plum\ttractor violin 79"
      })
  @DisplayName("RFC 8264 §4.3: a new password has no character that can't be seen")
  void takesNoInvisibleCharactersInNewPasswords(String password) {
    assertThatThrownBy(() -> NewPassword.check(password, "ada"))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused -> assertThat(refused.errors().get(0).message()).contains("can't be seen"));
  }

  @Test
  void answersWhatIsToBeHashed() {
    assertThat(NewPassword.check("plume\u0301-tractor\u00a0violin 79", "ada"))
        .isEqualTo("plum\u00e9-tractor violin 79");
  }
}
