package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestPathTest {

  @ParameterizedTest
  @DisplayName("A12 a path that could be read in two ways is ambiguous")
  @ValueSource(
      strings = {
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a%5Cb",
        "/a%00",
        "/a%0a",
        "/a%1f",
        "/a%7f",
        "/a\\b",
        "/a b",
        "/a\tb",
        "/a\u007f",
        "/a#b",
        "/.",
        "/..",
        "/./a",
        "/../a",
        "/a/.",
        "/a/..",
        "/a/../b",
        "/a/./b",
        "/%2e",
        "/%2E/a",
        "/a/%2e%2e/b",
        "/a/.%2e",
        "/a/..;/b",
        "/a/.;x=1/b",
        "/a/%2e;",
        "/a%252fb",
        "/a%252e",
        "/a%2572",
        "/a%c0%af",
        "/a%C1%81",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%u0041",
        "%2e%2e",
        "..",
        "/a/%2E%2E"
      })
  void isAmbiguous(String uri) {
    assertThat(RequestPath.ambiguous(uri)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "",
        "/a",
        "/a/b.json",
        "/a//b",
        "/a;x=1",
        "/a;x=1/b",
        "/...",
        "/a/...",
        "/a..b",
        "/.well-known/x",
        "/a%20b",
        "/%C3%A4",
        "/100%25",
        "/a%25",
        "/a%25g1",
        "/a%25/b",
        "/a/b.",
        "/a/.b",
        "/a/..b",
        "/~a",
        "/a%21",
        "/a%80"
      })
  void isNot(String uri) {
    assertThat(RequestPath.ambiguous(uri)).isFalse();
  }

  @ParameterizedTest
  @DisplayName("A14 variants of a path have one canonical form")
  @CsvSource({
    "/a/b, /a/b",
    "/A/b, /a/b",
    "/a/B/, /a/b",
    "//a///b, /a/b",
    "/a./b.., /a/b",
    "'/a /b ', /a/b",
    "/a/b/, /a/b",
    "a/b, /a/b",
    "/, /",
    "'', /",
    "//, /",
    "/Ä, /ä",
    "/a.b/c, /a.b/c",
    "/a b/c, /a b/c",
    "/[Z@, /[z@",
  })
  void canonical(String path, String canonical) {
    assertThat(RequestPath.canonical(path)).isEqualTo(canonical);
    assertThat(RequestPath.canonical(canonical)).isSameAs(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a",
    "/a%20b, /a b",
    "/%C3%A4, /ä",
    "/ä, /ä",
    "/a;x=1/b;y, /a/b",
    "/a;, /a",
    "/;x, /",
    "/a%3Bx, /a;x",
  })
  void decoded(String uri, String path) {
    assertThat(RequestPath.decoded(uri)).isEqualTo(path);
  }

  @Test
  void isServletPathAndPathInfo() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/app/api/x");
    request.setServletPath("/api");
    assertThat(RequestPath.dispatched(request)).isEqualTo("/api");
    request.setPathInfo("/x");
    assertThat(RequestPath.dispatched(request)).isEqualTo("/api/x");
  }

  @Test
  void whatComesWithoutParametersIsThePathBelowTheContext() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/app/a;x/b");
    request.setContextPath("/app");
    assertThat(RequestPath.withoutParameters(request)).isEqualTo("/a/b");
    request.setRequestURI("/app/a/b");
    assertThat(RequestPath.withoutParameters(request)).isNull();
    request.setRequestURI("/other;x/b");
    assertThat(RequestPath.withoutParameters(request)).isEqualTo("/other/b");
  }
}
