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
        "/a/%2E%2E",
        // issue 15.5: decoded once, there is still an escape
        "/a%2525",
        "/a%25252f",
        "/a%25%32%46",
        "/sample/%25%37%32eports/1",
        "/a%25%32f",
        "/a%252%66",
        "/a%2541%25zz",
        "/a%25zz%2541",
        "/a%25u0041",
        // issue 15.1: characters that are no ASCII, and escapes that are no UTF-8
        "/größe/1",
        "/grÃ¶ÃŸe/1",
        "/\u0100",
        "/a%80",
        "/a%ff",
        "/gr%F6%DFe",
        "/a%c3",
        "/a%c3/%b6",
        "/a%c3x%b6",
        "/a%c3%b6%b6",
        "/a%e0%80%af",
        "/a%e2%82",
        "/a%ed%a0%80",
        "/a%f0%80%80%af",
        "/a%f4%90%80%80",
        "/a%f8%88%80%80%80",
        "/a%c2%85"
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
        "/a%25zz",
        "/100%25%25",
        "/100%25%20off",
        "/gr%C3%B6%C3%9Fe/1",
        "/%E2%82%AC",
        "/%F0%9F%98%80",
        "/%ED%9F%BF%EE%80%80%F4%8F%BF%BF"
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
    // issue 15.1: composed otherwise, in another case, compatible, not to be seen
    "/gro\u0308\u00dfe, /gr\u00f6sse",
    "/GR\u00d6\u1e9eE, /gr\u00f6sse",
    "/ap\u0131, /api",
    "/AP\u0130, /api",
    "/\u212aey, /key",
    "/\uff41pi, /api",
    "/a\u200bpi\ufe0f, /api",
    "/api\uff0fx, /api/x",
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
    assertThat(RequestPath.decodedAgain(request)).isEqualTo("/a/b");
    request.setRequestURI("/app/a/b");
    assertThat(RequestPath.decodedAgain(request)).isNull();
    request.setRequestURI("/other;x/b");
    assertThat(RequestPath.decodedAgain(request)).isEqualTo("/other/b");
  }

  // issue 15.1
  @Test
  void whatIsNotAsciiIsDecodedAgainAsUtf8() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/app/gr%C3%B6%C3%9Fe");
    request.setContextPath("/app");
    assertThat(RequestPath.decodedAgain(request)).isEqualTo("/größe");
    request.setRequestURI("/app/a%20b");
    assertThat(RequestPath.decodedAgain(request)).isNull();
  }

  @ParameterizedTest
  @DisplayName("what an ambiguous path could lead to, at worst")
  @CsvSource({
    "/app/gr\u00c3\u00b6\u00c3\u009fe/1, /gr\u00f6\u00dfe/1",
    "/app/gr\u00f6\u00dfe/1, /gr\u00f6\u00dfe/1",
    "/app/gr%F6%DFe/1, /gr\u00f6\u00dfe/1",
    "/app/x%252f..%2fapi;y/1, /api/1",
    "/app/x\\..\\api, /api",
    "/app/%252561pi, /api",
    "/app/a%zz, /a%zz",
    "/../app/./api, /api",
  })
  void suspected(String uri, String path) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", uri);
    request.setContextPath("/app");
    assertThat(RequestPath.suspected(request)).contains(path);
  }
}
