package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No spelling of a path gets around its rule. Paths go out on a bare socket, as they stand here.
 */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(3)
@DisplayName("A12, A14: path spellings")
class PathSpellingIT {

  private final Latchkey latchkey;
  private final Token withoutScope;
  private final Token reader;

  PathSpellingIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.withoutScope = latchkey.admin().registers("Path Spelling").addsToken();
    this.reader = latchkey.admin().issuesTokenFor("reports:read");
  }

  @Test
  void admitsThePlainSpellingWithTheScope() {
    latchkey.calls("/sample/reports/x").with(reader).rawAnswer().hasStatus(200);
    latchkey.calls("/sample/reports/x?a=;b//%2e").with(reader).rawAnswer().hasStatus(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sample/reports",
        "/sample/reports/",
        "/sample/reports/x/",
        "/sample/reports/x.",
        "/sample/reports/x%20",
        "/sample/reports/.",
        "/sample/reports/./x",
        "/sample/./reports/x",
        "/./sample/reports/x",
        "/sample/reports/y/../x",
        "/sample/y/../reports/x",
        "/y/../sample/reports/x",
        "/../sample/reports/x",
        "//sample/reports/x",
        "//sample//reports/x",
        "/sample//reports/x",
        "/sample///reports///x",
        "/sample/reports//x",
        "/sample/reports;x",
        "/sample/reports;x/y",
        "/sample/reports;/x",
        "/sample/reports;a=b;c=d/x",
        "/sample;x/reports/x",
        "/;x/sample/reports/x",
        "/sample/reports/x;jsessionid=1",
        "/sample/;/reports/x",
        "/sample/y/..;/reports/x",
        "/sample/y/..;a/reports/x",
        "/sample/..;/sample/reports/x",
        "/y/..;/sample/reports/x",
        "/sample/.;/reports/x",
        "/sample/%72eports/x",
        "/%73ample/reports/x",
        "/sample/%72%65%70%6f%72%74%73/x",
        "/sample/%2e/reports/x",
        "/sample/y/%2e%2e/reports/x",
        "/sample/y/%2E%2E/reports/x",
        "/sample/y/.%2e/reports/x",
        "/sample/%2e%2e/sample/reports/x",
        "/sample%2freports/x",
        "/sample%2Freports%2Fx",
        "/sample/reports%2fx",
        "/sample/reports%2f..%2freports/x",
        "/sample/y%2f..%2freports/x",
        "/sample/y%2f../reports/x",
        "/sample%5creports/x",
        "/sample/reports%5cx",
        "/sample/y%5c..%5creports/x",
        "/sample\\reports\\x",
        "/sample/y\\..\\reports\\x",
        "/sample/reports%00/x",
        "/sample/reports/%00x",
        "/sample/%00reports/x",
        "/sample/reports%0a/x",
        "/sample/reports%0d%0a/x",
        "/sample/reports%09/x",
        "/sample/reports%7f/x",
        "/sample%252freports/x",
        "/sample/%2572eports/x",
        "/sample/%252e%252e/sample/reports/x",
        "/sample/reports%253bx",
        "/sample/reports%3bx",
        "/sample/reports%3bx/y",
        "/sample/%c0%afreports/x",
        "/sample/y/%c0%ae%c0%ae/reports/x",
        "/sample/%e0%80%afreports/x",
        "/sample/%u0072eports/x",
        "/sample/reports/%zz",
        "/sample/REPORTS/x",
        "/sample/Reports/x",
        "/SAMPLE/reports/x",
        "/Sample/Reports/x",
        "/sample/reports#x",
        "/sample/reports?x",
        "http://127.0.0.1/sample/reports/x",
        "HTTP://user@127.0.0.1/sample/reports/x"
      })
  void doesNotAdmitASpellingWithoutTheScope(String path) {
    for (Call call : List.of(latchkey.calls(path).with(withoutScope), latchkey.calls(path))) {
      Answer get = call.rawAnswer();
      Answer head = call.by("HEAD").rawAnswer();

      assertThat(get.status()).as("status of %s", get).isLessThan(500);
      assertThat(head.status()).as("status of %s", head).isEqualTo(get.status());
      assertThat(servedPath(get))
          .as("what the container served: %s", get)
          .matches(served -> served.filter(this::ruled).isEmpty());
    }
    assertThat(servedPath(latchkey.calls(path).rawAnswer())).as("without a token").isEmpty();
  }

  /** The path that the container dispatched on, if the application was reached. */
  private static Optional<String> servedPath(Answer answer) {
    return answer.body().contains("\"tokenId\"")
        ? Optional.of(answer.json().getString("path"))
        : Optional.empty();
  }

  private boolean ruled(String path) {
    String small = path.toLowerCase(Locale.ROOT);
    return small.equals("/sample/reports") || small.startsWith("/sample/reports/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sample/a%2fb",
        "/sample/a%2Fb",
        "/sample/a%5cb",
        "/sample/a%00",
        "/sample/a/..;/b",
        "/sample/a%01b",
        "/sample/a%252fb",
        "/sample/%2572eports/x"
      })
  @DisplayName("A12: ambiguous paths are refused with 400 even where any active token would do")
  void answers400ToAnAmbiguousPath(String path) {
    latchkey.calls(path).with(withoutScope).rawAnswer().hasStatus(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/verify/../sample/whoami",
        "/.well-known/oauth-protected-resource/../../sample/whoami",
        "/.well-known/oauth-protected-resource/..;/..;/sample/whoami",
        "/.well-known/oauth-protected-resource/%2e%2e/%2e%2e/sample/whoami",
        "/.well-known/oauth-protected-resource/sample/whoami/..",
        "/sample/whoami;/.well-known/oauth-protected-resource",
        "/sample/whoami/.well-known/oauth-protected-resource",
        "/latchkey/../sample/whoami",
        "/latchkey/..;/sample/whoami"
      })
  void doesNotReachTheApplicationThroughAnOpenPath(String path) {
    Answer answer = latchkey.calls(path).rawAnswer();

    assertThat(answer.body()).as("%s", answer).doesNotContain("\"tokenId\"");
    assertThat(answer.status()).as("status of %s", answer).isLessThan(500);
    if (answer.status() == 200 && !answer.body().isEmpty()) {
      assertThat(answer.json()).as("only the metadata: %s", answer).containsKey("resource");
    }
  }
}
