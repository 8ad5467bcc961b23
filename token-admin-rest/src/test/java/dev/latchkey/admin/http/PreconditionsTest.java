package dev.latchkey.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.StaleVersionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreconditionsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                | ",
        "*               | ",
        "\"3\"           | 3",
        "\"1\", \"3\"    | 3",
        "W/\"3\"         | -1",
        "\"abc\"         | -1",
        "\"\"            | -1",
      })
  void expects(@Nullable String header, @Nullable Long version) {
    assertThat(Preconditions.expectedVersion(header, () -> 3)).isEqualTo(version);
  }

  @Test
  void noneOfSeveralIsStale() {
    assertThatThrownBy(() -> Preconditions.expectedVersion("\"1\", \"2\"", () -> 3))
        .isInstanceOf(StaleVersionException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "\"3", "3\"", "", "\"3\" \"4\"", "w/\"3\"", "\"3\",x"})
  void whatIsNoTagIsRefused(String header) {
    assertThatThrownBy(() -> Preconditions.expectedVersion(header, () -> 3))
        .isInstanceOf(InvalidInputException.class);
  }
}
