package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Filter and forward-auth decide alike about a request, however it is spelt. Each char of a path is
 * one byte. A server may refuse a spelling before the filter sees it; the filter's own refusals are
 * problem documents.
 */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(6)
@DisplayName("issue 15: filter and forward-auth let in the same requests")
class SameDecisionIT {

  private static final long SEED = 15;
  private static final int CASES = 3_000;

  private static final List<String> METHODS =
      List.of("GET", "POST", "GET", "PUT", "post", "Get", "PROPFIND", "M-SEARCH", "GET!", "gET");

  private static final List<String> PIECES =
      List.of(
          "sample",
          "reports",
          "SAMPLE",
          "Reports",
          "%72eports",
          "%2572eports",
          "%25%37%32eports",
          "%252572eports",
          "x",
          "y.json",
          "report\u00c5\u00bf",
          "report%C5%BF",
          "report%EF%BD%93",
          "r\u00c3\u00a9ports",
          "r%C3%A9ports",
          "re%CC%81ports",
          "r\u00e9ports",
          "r%e9ports",
          "reports.",
          "reports%20",
          ".",
          "..",
          "%2e",
          "%2e%2e",
          "..;",
          ".;x",
          ";x=1",
          ";",
          "",
          "\\",
          "%2f",
          "%5c",
          "%00",
          "%0a",
          "%7f",
          "%c2%85",
          "%ff",
          "%c0%af",
          "%ed%a0%80",
          "%zz",
          "%",
          "%25",
          "100%25",
          "%2525",
          "%25252f",
          "%25%32%46",
          "%u0072eports",
          "%25u0072eports",
          "#",
          "?a=b",
          "~",
          "+",
          ":",
          "@",
          "!$&'()*,=",
          "%3b",
          "%3f",
          "%23",
          "\u0080",
          "\u00ff");

  private final Latchkey latchkey;
  private final List<String> authorizations;

  SameDecisionIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    Admin admin = latchkey.admin();
    this.authorizations =
        List.of(
            "",
            "Bearer " + admin.issuesTokenFor("other").text(),
            "Bearer " + admin.issuesTokenFor("reports:read").text(),
            "Bearer " + admin.issuesTokenFor("sample:write").text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sample/x",
        "/sample/reports/x",
        "/sample/%72eports/1",
        "/sample/%25%37%32eports/1",
        "/sample/%2572eports/1",
        "/sample/100%25",
        "/sample/a%20b",
        "/sample/gr%C3%B6%C3%9Fe",
        "/sample/gr\u00c3\u00b6\u00c3\u009fe",
        "/sample/gr%F6%DFe",
        "/sample//reports/x",
        "/sample/REPORTS/x",
        "/sample/report%C5%BF/x",
        "/sample/reports;a/x",
        "/sample;a/reports/x",
        "/sample/x?y=%ff"
      })
  void aboutAPath(String path) {
    for (String method : METHODS) {
      for (String authorization : authorizations) {
        decidesAlike(method, path, authorization);
      }
    }
  }

  @Test
  void aboutManyPaths() {
    Random random = new Random(SEED);
    int reached = 0;
    for (int i = 0; i < CASES; i++) {
      StringBuilder path = new StringBuilder("/sample");
      for (int pieces = random.nextInt(4) + 1; pieces > 0; pieces--) {
        path.append(random.nextInt(4) == 0 ? "" : "/").append(any(PIECES, random));
      }
      if (decidesAlike(any(METHODS, random), path.toString(), any(authorizations, random))) {
        reached++;
      }
    }
    assertThat(reached).as("requests that reached the application").isGreaterThan(CASES / 100);
  }

  /** Whether the application was reached. */
  private boolean decidesAlike(String method, String path, String authorization) {
    Answer filter = authorized(latchkey.calls(path).by(method), authorization).rawAnswer();
    assertThat(filter.status()).as("%s", filter).isNotIn(500, 502, 504);
    Call byHeaders =
        latchkey.calls("/verify").with("X-Original-Method", method).with("X-Original-Uri", path);
    Call byQuery = latchkey.calls("/verify?" + path).by(method);
    // Open Liberty gives filter and application the method in capitals, so that is what counts.
    if (isReached(filter) && !filter.json().getString("method").equals(method)) {
      return true;
    }
    agree(filter, authorized(byHeaders, authorization).rawAnswer(), 204);
    agree(filter, authorized(byQuery, authorization).rawAnswer(), 200);
    return isReached(filter);
  }

  private static void agree(Answer filter, Answer forwardAuth, int yes) {
    List<String> told = List.of(filter.toString(), forwardAuth.toString());
    assertThat(forwardAuth.status()).as("%s", told).isIn(yes, 400, 401, 403, 405, 501);
    boolean admitted = forwardAuth.status() == yes;
    assertThat(admitted && isRefusal(filter)).as("only forward-auth lets in: %s", told).isFalse();
    assertThat(isReached(filter) && isRefusal(forwardAuth))
        .as("only the filter lets in: %s", told)
        .isFalse();
  }

  private static boolean isReached(Answer filter) {
    return filter.body().contains("\"tokenId\"");
  }

  private static boolean isRefusal(Answer answer) {
    return answer.body().contains("\"type\":\"about:blank\"");
  }

  private static Call authorized(Call call, String authorization) {
    return authorization.isEmpty() ? call : call.with("Authorization", authorization);
  }

  private static String any(List<String> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
