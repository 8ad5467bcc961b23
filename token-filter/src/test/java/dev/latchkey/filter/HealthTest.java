package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.Check;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class HealthTest {

  private final List<Check> checks = new ArrayList<>(List.of(Check.needed("feed", null)));
  private final Health health = new Health(() -> checks);
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @Test
  void isReadyWhenAllIsUp() throws Exception {
    ask("/health/ready");
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentAsString())
        .isEqualTo(
            "{\"status\":\"up\",\"checks\":[{\"name\":\"feed\",\"status\":\"up\",\"detail\":\"up\"}]}");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void saysWhyItIsNotReady() throws Exception {
    checks.add(Check.needed("database", "it is \"gone\"\n\\"));
    ask("/health/ready");
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.getContentAsString())
        .contains("\"status\":\"down\",\"detail\":\"it is \\\"gone\\\" \\\\\"");
  }

  @Test
  void isReadyWithAWarning() throws Exception {
    checks.add(Check.minor("clock", "an hour ahead"));
    ask("/health/ready");
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentAsString())
        .startsWith("{\"status\":\"up\"")
        .contains("{\"name\":\"clock\",\"status\":\"warning\",\"detail\":\"an hour ahead\"}");
  }

  @Test
  void livesWhateverIsDown() throws Exception {
    checks.add(Check.needed("tokens", "gone"));
    ask("/health/live");
    assertThat(response.getStatus()).isEqualTo(200);
  }

  @Test
  void isAtTwoPathsThatAreRead() {
    assertThat(Health.isAt("/health/ready", new MockHttpServletRequest("HEAD", "/"))).isTrue();
    assertThat(Health.isAt("/health/ready/", new MockHttpServletRequest("GET", "/"))).isFalse();
    assertThat(Health.isAt("/health/live", new MockHttpServletRequest("POST", "/"))).isFalse();
  }

  private void ask(String path) throws Exception {
    health.answer(path, new MockHttpServletRequest("GET", path), response);
  }
}
