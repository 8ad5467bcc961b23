package dev.latchkey.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// issue 15.15
class MediaTypesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "application/json                    | application/json",
        "Application/JSON ; Charset=UTF-8    | application/json;charset=UTF-8",
        "application/json;                   | application/json",
        "application/json;;charset=\"utf-8\" | application/json;charset=utf-8",
        "text/plain;a=\"b;c\"                | text/plain;a=\"b;c\"",
      })
  void writesAContentTypeInOneSpelling(String sent, String passedOn) {
    assertThat(MediaTypes.contentType(sent)).isEqualTo(passedOn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "json",
        "application/",
        "/json",
        "a/b/c",
        "a b/c",
        "application/json; charset",
        "application/json;=utf-8",
        "application/json;a=",
        "application/json;a=\"b",
        "a/b, c/d",
        "*/*",
        "*/json",
        "application/jsön",
        "a/b;c=\"\u0000\"",
        "a/b;c d=e"
      })
  void refusesWhatIsNoContentType(String sent) {
    assertThat(MediaTypes.contentType(sent)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "*/*                                      | */*",
        "application/json, */*;q=0.1              | application/json, */*;q=0.1",
        "text/html, image/gif, *; q=.2, */*; q=.2 | text/html, image/gif, */*;q=0.2, */*;q=0.2",
        ",, application/json ,                    | application/json",
        "application/*;q=0.12345                  | application/*;q=0.123",
        "text/html;level=1;q=1.000                | text/html;level=1;q=1.000",
        ",                                        | */*",
      })
  void writesAnAcceptInOneSpelling(String sent, String passedOn) {
    assertThat(MediaTypes.accept(sent)).isEqualTo(passedOn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "json",
        "*/json",
        "a/b;q=2",
        "a/b;q=-1",
        "a/b;q=x",
        "a/b;q=1.5",
        "a/b;q=0.1.2",
        "a/b c/d",
        "a/b;q=",
        "a/b;=",
        "(a)/b",
        "a/b;c=\"d",
        "a/b;q=1;ext"
      })
  void refusesWhatIsNoAccept(String sent) {
    assertThat(MediaTypes.accept(sent)).isNull();
  }
}
