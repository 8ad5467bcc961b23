package dev.latchkey.admin.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "1",
        "\"a\"",
        "null",
        "{",
        "{]",
        "{} {}",
        "{}x",
        "{'a':1}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "{\"a\":01}",
        "// x",
        // issue 15.11
        "{\"a\":1e1000000000}",
        "{\"a\":-1E+99999}",
        "{\"a\":[1.5e-99999999999999999999]}",
        "{\"a\":1e}",
        "{\"a\":-}"
      })
  void whatIsNotOneWellFormedObjectIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(
            MalformedBodyException.class, refused -> assertThat(refused.status()).isEqualTo(400));
  }

  // issue 15.11
  @Test
  void aNumberOfMoreDigitsThanAnyoneNeedsIsRefused() throws IOException {
    assertThatThrownBy(() -> read("{\"a\":" + "1".repeat(1101) + "}"))
        .isInstanceOf(MalformedBodyException.class);
    assertThatThrownBy(() -> read("{\"a\":0." + "1".repeat(1101) + "}"))
        .isInstanceOf(MalformedBodyException.class);
    assertThat(read("{\"a\":-1.5e10,\"b\":\"" + "1".repeat(1101) + "\"}").object()).hasSize(2);
  }

  // issue 15.12
  @Test
  void aTextThatNoDatabaseHoldsIsRefused() throws IOException {
    for (String text : List.of("\\u0000", "\\ud800", "\\udc00\\ud800", "a\\ud83d")) {
      Fields fields = new Fields(read("{\"a\":\"" + text + "\",\"b\":[\"" + text + "\"]}"));
      assertThat(fields.text("a")).isNull();
      assertThat(fields.texts("b")).isNull();
      assertThatThrownBy(fields::done).isInstanceOf(InvalidInputException.class);
    }
    assertThat(new Fields(read("{\"a\":\"\\ud83d\\ude00\"}")).text("a")).isEqualTo("😀");
  }

  @Test
  @DisplayName("D7 64 KB and 20 levels are allowed, and no more")
  void bounds() throws IOException {
    String frame = "{\"a\":\"\"}";
    String largest = "{\"a\":\"" + "x".repeat(64 * 1024 - frame.length()) + "\"}";
    assertThat(read(largest).text()).hasSize(64 * 1024);
    assertThatThrownBy(() -> read(largest + " "))
        .isInstanceOfSatisfying(
            MalformedBodyException.class, refused -> assertThat(refused.status()).isEqualTo(413));
    assertThat(read("{\"a\":" + "[".repeat(19) + "]".repeat(19) + "}").object()).hasSize(1);
    assertThatThrownBy(() -> read("{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}"))
        .isInstanceOf(MalformedBodyException.class)
        .hasMessageContaining("20 levels");
    assertThat(read("{\"a\":\"" + "[\\\"".repeat(30) + "\"}").object()).hasSize(1);
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    assertThatThrownBy(
            () -> JsonBody.read(new ByteArrayInputStream(new byte[] {'{', (byte) 0xff, '}'})))
        .isInstanceOf(MalformedBodyException.class)
        .hasMessage("the body is not UTF-8");
  }

  @Test
  void nothingIsAnEmptyObjectUnlessSomethingIsNeeded() throws IOException {
    assertThat(read(" ")).isEqualTo(JsonBody.NONE);
    assertThatThrownBy(() -> JsonBody.required(read("")))
        .isInstanceOf(MalformedBodyException.class);
    assertThatThrownBy(() -> JsonBody.required(null)).isInstanceOf(MalformedBodyException.class);
    assertThat(JsonBody.required(read("{}")).object()).isEmpty();
  }

  @Test
  @DisplayName("D1 everything that is wrong is told at once, unknown fields included")
  void fields() throws IOException {
    Fields fields =
        new Fields(
            read("{\"a\":1,\"b\":\"x\",\"c\":[\"x\",1],\"d\":null,\"id\":\"x\",\"e\":true}"));
    assertThat(fields.text("a")).isNull();
    assertThat(fields.truth("b")).isNull();
    assertThat(fields.texts("c")).isNull();
    assertThat(fields.isNull("d")).isTrue();
    assertThat(fields.truth("e")).isTrue();
    Integer number = fields.parsed("b", Integer::valueOf, "takes a number");
    assertThat(number).isNull();
    assertThat(fields.requiredText("f")).isEmpty();
    assertThatThrownBy(fields::done)
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            invalid ->
                assertThat(invalid.errors())
                    .contains(
                        new FieldError("a", "takes a text"),
                        new FieldError("b", "takes true or false"),
                        new FieldError("c", "takes a list of texts"),
                        new FieldError("b", "takes a number"),
                        new FieldError("f", "is needed"),
                        new FieldError("id", "is not a field that can be set here")));
  }

  @Test
  @DisplayName("A16 a body does not tell itself")
  void tellsNothing() throws IOException {
    assertThat(read("{\"token\":\"secret\"}")).hasToString("JsonBody[…]");
  }

  private static JsonBody read(String text) throws IOException {
    return JsonBody.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
