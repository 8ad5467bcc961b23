package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Settings;
import dev.latchkey.filter.Fixture.Issued;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class SampleServletTest {

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @Test
  void tellsWhoCallsAndWhatTheApplicationWasGiven() throws Exception {
    Issued token = latchkey.issues("b", "a");
    Settings settings = Fixture.settings(Map.of());
    MockHttpServletRequest request = new MockHttpServletRequest("PUT", "/sample/a");
    request.setServletPath("/sample");
    request.setPathInfo("/a\"\\\u0001é");
    request.addHeader("Authorization", token.header());
    new BearerTokenFilter(
            Guard.of(settings, new Gate(settings, latchkey::verifier), false), latchkey.clock)
        .doFilter(
            request, response, (passed, answer) -> new SampleServlet().service(passed, answer));
    assertThat(response.getContentType()).startsWith("application/json");
    assertThat(response.getContentAsString())
        .matches("\\{\"name\":\"Gr\\\\u00f6\\\\u00dfe & Co %[0-9]+\",.*")
        .endsWith(
            ",\"clientId\":\""
                + token.thirdParty()
                + "\",\"tokenId\":\""
                + token.id()
                + "\",\"scopes\":[\"a\",\"b\"],\"method\":\"PUT\","
                + "\"path\":\"/sample/a\\\"\\\\\\u0001\\u00e9\"}");
  }

  @Test
  void hasNothingToTellWithoutACaller() throws Exception {
    new SampleServlet().service(new MockHttpServletRequest("OPTIONS", "/sample"), response);
    assertThat(response.getStatus()).isEqualTo(204);
    assertThat(response.getContentAsByteArray()).isEmpty();
  }
}
