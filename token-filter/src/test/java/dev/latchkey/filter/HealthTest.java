package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class HealthTest {

  private final Map<String, String> checks = new LinkedHashMap<>(Map.of("feed", "up"));
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
    checks.put("database", "it is \"gone\"\n\\");
    ask("/health/ready");
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.getContentAsString())
        .contains("\"status\":\"down\",\"detail\":\"it is \\\"gone\\\" \\\\\"");
  }

  @Test
  void livesWhateverIsDown() throws Exception {
    checks.put("feed", "gone");
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
