package dev.latchkey.it;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The probes of contract §5. */
@ExtendWith(TestedServer.class)
@Order(5)
@DisplayName("Health")
class HealthIT {

  private final Latchkey latchkey;

  HealthIT(Latchkey latchkey) {
    this.latchkey = latchkey;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/latchkey/health/live", "/latchkey/health/ready"})
  void answers200WithoutCredentials(String path) {
    latchkey.calls(path).answer().hasStatus(200);
    latchkey.calls(path).by("HEAD").answer().hasStatus(200);
  }

  @Test
  void answers404ToAnUnknownProbe() {
    latchkey.calls("/latchkey/health/other").answer().hasStatus(404);
  }
}
