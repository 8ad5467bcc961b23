package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.InvalidConfigurationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRulesTest {

  private static final AccessRules RULES =
      AccessRules.parse(
          """
          GET,PUT /Licences/* licences:read
          POST /licences/* licences:write audit ; DELETE /licences/one licences:delete
          * *.CSV export

          * /all everything
          """);

  @ParameterizedTest
  @DisplayName("A13 the first rule that matches decides; what none matches needs no scope")
  @CsvSource({
    "GET, /licences, licences:read",
    "GET, /licences/1/2, licences:read",
    "HEAD, /licences/1, licences:read",
    "PUT, /licences/1, licences:read",
    "GET, /licences/x.csv, licences:read",
    "POST, /licences/1, audit licences:write",
    "DELETE, /licences/one, licences:delete",
    "DELETE, /licences/two, ",
    "DELETE, /licences/one/two, ",
    "GET, /licencesx, ",
    "GET, /other.csv, export",
    "PATCH, /deep/other.csv, export",
    "GET, /csv, ",
    "BREW, /all, everything",
    "get, /licences/1, ",
    "HEAD, /other, ",
  })
  void first(String method, String path, @Nullable String scopes) {
    AccessRules.Rule rule = RULES.first(method, path);
    assertThat(rule == null ? null : rule.scopeText()).isEqualTo(scopes);
  }

  @Test
  void namesAllScopes() {
    assertThat(RULES.scopes())
        .containsExactly(
            "audit", "everything", "export", "licences:delete", "licences:read", "licences:write");
    assertThat(RULES.none()).isFalse();
    assertThat(RULES.all()).hasSize(5);
    assertThat(AccessRules.parse(" ; \n ").none()).isTrue();
  }

  @Test
  void aSlashMeansEverything() {
    AccessRules rules = AccessRules.parse("* /* a; * / b");
    assertThat(rules.all()).allMatch(rule -> rule.matches("GET", "/x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /a",
        "GET",
        "/a scope",
        "GET a scope",
        "get /a scope",
        "Get /a scope",
        "PO\u0130NT /a scope",
        "GET, /a scope",
        ",GET /a scope",
        "GET /a sc\"ope",
        "GET /a* scope",
        "GET /a/*/b scope",
        "G3T /a scope",
        "GET *.a*b scope"
      })
  void whatIsNoRuleIsNamed(String rule) {
    assertThatThrownBy(() -> AccessRules.parse("* /ok ok; " + rule))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("latchkey.filter.rules = \"" + rule + "\"");
  }
}
