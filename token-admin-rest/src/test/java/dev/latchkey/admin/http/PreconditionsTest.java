package dev.latchkey.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.admin.json.VersionTag;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.StaleVersionException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// issue 15.10, 15.11
class PreconditionsTest {

  private static final JsonObject ACTIVE =
      Json.createObjectBuilder().add("status", "active").build();
  private static final JsonObject EXPIRED =
      Json.createObjectBuilder().add("status", "expired").build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"3\"",
        "W/\"3\"",
        "\"3-abc\"",
        "W/\"3-abc\"",
        "\"3-abc-gzip\"",
        "\"3--gzip\"",
        " \"3\" ",
        "\"3\",",
        ",,\"3\"",
        "\"2\", \"3-x\"",
        "\"0\",,\"x\",\"3\"",
        "\"a,b\",\"3\""
      })
  void ifMatchTakesTheVersionInATag(String header) {
    assertThat(Preconditions.expectedVersion(header, () -> 3)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", " * "})
  void ifMatchTakesAnyVersion(String header) {
    assertThat(Preconditions.expectedVersion(header, () -> 3)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ",",
        "3",
        "0",
        "\"3",
        "3\"",
        "\"3\" \"4\"",
        "w/\"3\"",
        "W/3",
        "*, \"3\"",
        "\"3\"x",
        "\"\u0001\"",
        "\"a b\"",
        "\"3\", x"
      })
  void ifMatchThatIsMalformedIsRefused(String header) {
    assertThatThrownBy(() -> Preconditions.expectedVersion(header, () -> 3))
        .isInstanceOf(InvalidInputException.class);
    assertThat(EntityTags.parse(header)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"x\"", "\"-3\"", "\"99999999999999999999\"", "\"3x\"", "\"\"", "\"3.0\""})
  void aTagThatIsNotOursNamesNoVersion(String header) {
    assertThat(Preconditions.expectedVersion(header, () -> 3)).isEqualTo(-1);
  }

  @Test
  void severalTagsOfOtherVersionsAreStale() {
    assertThatThrownBy(() -> Preconditions.expectedVersion("\"1\", \"2\"", () -> 3))
        .isInstanceOf(StaleVersionException.class);
  }

  @Test
  void aTagCoversTheAnswer() {
    String tag = VersionTag.of(3, ACTIVE);
    assertThat(tag).matches("\"3-[\\w-]{16}\"").isEqualTo(VersionTag.of(3, ACTIVE));
    assertThat(tag).isNotEqualTo(VersionTag.of(3, EXPIRED)).isNotEqualTo(VersionTag.of(4, ACTIVE));
  }

  @Test
  void ifNoneMatchNamesATagAsAProxyMayWriteIt() {
    String tag = VersionTag.of(3, ACTIVE);
    String compressed = tag.substring(0, tag.length() - 1) + "-gzip\"";
    for (String header :
        new String[] {tag, "W/" + tag, compressed, "W/" + compressed, "\"0\",," + tag, "*"}) {
      assertThat(Objects.requireNonNull(EntityTags.parse(header)).name(tag)).as(header).isTrue();
    }
    for (String header : new String[] {"\"3\"", "\"x\"", VersionTag.of(3, EXPIRED)}) {
      assertThat(Objects.requireNonNull(EntityTags.parse(header)).name(tag)).as(header).isFalse();
    }
  }
}
