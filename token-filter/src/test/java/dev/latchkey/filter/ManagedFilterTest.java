package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.Check;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterConfig;
import org.springframework.mock.web.MockServletContext;

// issue 19.1
class ManagedFilterTest {

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final FilterMetrics metrics =
      new FilterMetrics(latchkey::metrics, () -> List.of(Check.needed("feed", "gone")));

  @Test
  void showsWhatWasCounted() throws Exception {
    Runnable unregister = ManagedFilter.register(metrics, "/shop");
    ObjectName name = new ObjectName("dev.latchkey:type=Filter,context=/shop");

    assertThat(server.getAttribute(name, "Status")).isEqualTo("down");
    assertThat(((TabularData) server.getAttribute(name, "Checks")).size()).isEqualTo(12);
    for (var attribute : server.getMBeanInfo(name).getAttributes()) {
      assertThat(server.getAttribute(name, attribute.getName())).isNotNull();
    }

    unregister.run();
    assertThat(server.isRegistered(name)).isFalse();
  }

  @Test
  void tellsTwoApplicationsAtOnePathApart() {
    Runnable first = ManagedFilter.register(metrics, "/twice");
    Runnable second = ManagedFilter.register(metrics, "/twice");
    assertThat(names()).hasSize(2);
    first.run();
    assertThat(names()).hasSize(1);
    second.run();
    assertThat(names()).isEmpty();
  }

  @Test
  void takesAnyContextPath() {
    Runnable unregister = ManagedFilter.register(metrics, "/twice,a=\"*?\n");
    assertThat(names()).hasSize(1);
    unregister.run();
    unregister.run();
    assertThat(names()).isEmpty();
  }

  @Test
  void lastsFromTheFirstFilterOfAnApplicationToTheLast() {
    System.setProperty("latchkey.jdbc.url", Fixture.DATABASE);
    try {
      MockServletContext context = new MockServletContext();
      context.setContextPath("/twice");
      BearerTokenFilter one = new BearerTokenFilter(latchkey.clock, Door.FILTER);
      BearerTokenFilter other = new BearerTokenFilter(latchkey.clock, Door.FILTER);
      one.init(new MockFilterConfig(context));
      other.init(new MockFilterConfig(context));
      assertThat(names()).hasSize(1);
      assertThat(FilterMetrics.of(context)).isNotNull();
      one.destroy();
      assertThat(names()).hasSize(1);
      other.destroy();
      assertThat(names()).isEmpty();
      assertThat(FilterMetrics.of(context)).isNull();
    } finally {
      System.clearProperty("latchkey.jdbc.url");
    }
  }

  private Set<String> names() {
    return server.queryNames(null, null).stream()
        .map(ObjectName::toString)
        .filter(name -> name.startsWith("dev.latchkey:") && name.contains("/twice"))
        .collect(Collectors.toSet());
  }
}
