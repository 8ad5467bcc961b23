package dev.latchkey.filter.spring;

import dev.latchkey.core.Check;
import dev.latchkey.filter.FilterMetrics;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/** Whether the filter can check tokens, for the Actuator of Spring Boot 3. */
final class ActuatorHealth3 implements HealthIndicator {

  private final Supplier<@Nullable FilterMetrics> metrics;

  ActuatorHealth3(Supplier<@Nullable FilterMetrics> metrics) {
    this.metrics = metrics;
  }

  @Override
  public Health health() {
    FilterMetrics running = metrics.get();
    if (running == null) {
      return Health.unknown().build();
    }
    List<Check> checks = running.health();
    Health.Builder health = Check.all(checks) == Check.Status.UP ? Health.up() : Health.down();
    checks.forEach(check -> health.withDetail(check.name(), check.detail()));
    return health.build();
  }
}
