package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LatchkeyInitializerTest {

  private final List<String> done = new ArrayList<>();
  private final List<Filter> filters = new ArrayList<>();
  private ClassLoader applicationClasses = getClass().getClassLoader();
  private boolean declared;
  private boolean ownWar;
  private boolean broken;
  private boolean refusing;
  private String taken = "";

  @AfterEach
  void forget() {
    List.of(
            "latchkey.filter.register",
            "latchkey.mechanism",
            "latchkey.sample",
            "latchkey.ruls",
            "latchkey.filter.rules")
        .forEach(System::clearProperty);
  }

  @Test
  void putsTheFilterInFrontOfEverything() {
    start();
    assertThat(filters).singleElement().isInstanceOf(BearerTokenFilter.class);
    assertThat(done)
        .containsExactly(
            "filter latchkey",
            "async true",
            "map " + EnumSet.allOf(DispatcherType.class) + " after=false /*",
            "attribute " + Protection.class.getName() + ".latchkey");
  }

  // issue 22.b
  @Test
  @DisplayName("leaves it to web.xml or to code, but for WebSocket handshakes")
  void leavesItToTheWebXmlOrToCode() {
    declared = true;
    start();
    declared = false;
    System.setProperty("latchkey.filter.register", "false");
    start();
    assertThat(filters).hasSize(2).allMatch(HandshakeFilter.class::isInstance);
    assertThat(done).contains("map [REQUEST] after=false /*");
  }

  // issue 22.1
  @Test
  @DisplayName("a second call for an application registers nothing")
  void registersOnce() {
    ServletContext context = context();
    new LatchkeyInitializer().onStartup(null, context);
    new LatchkeyInitializer().onStartup(null, context);
    assertThat(filters).hasSize(1);
  }

  @Test
  @DisplayName("A19 throws nothing: a wrong configuration closes everything")
  void closesEverythingWhenTheConfigurationIsWrong() {
    System.setProperty("latchkey.ruls", "x");
    start();
    assertThat(filters).singleElement().isInstanceOf(ClosedFilter.class);
    assertThat(done).contains("filter latchkey", "async true");
  }

  // issue 15.2: WildFly makes filters too late to say it then
  @Test
  void aRuleThatDoesNotParseClosesEverythingAtTheStart() {
    System.setProperty("latchkey.filter.rules", "get /x y");
    start();
    assertThat(filters).singleElement().isInstanceOf(ClosedFilter.class);
  }

  @Test
  @DisplayName("with the mechanism there is a filter behind it")
  void putsTheFilterBehindTheMechanism() {
    System.setProperty("latchkey.mechanism", "true");
    System.setProperty("latchkey.filter.register", "false");
    start();
    assertThat(done).contains("listener SecondDoor", "filter latchkey");
    assertThat(filters).singleElement().isInstanceOf(BearerTokenFilter.class);
  }

  @Test
  @DisplayName("both doors at once: everything is closed")
  void closesEverythingWhenBothDoorsAreOpen() {
    System.setProperty("latchkey.mechanism", "true");
    declared = true;
    start();
    assertThat(filters).singleElement().isInstanceOf(ClosedFilter.class);
  }

  @Test
  @DisplayName("our own WAR has no application for a mechanism")
  void closesTheForwardAuthWarWhenAskedForTheMechanism() {
    System.setProperty("latchkey.mechanism", "true");
    ownWar = true;
    start();
    assertThat(filters).singleElement().isInstanceOf(ClosedFilter.class);
  }

  @Test
  @DisplayName("A19 throws nothing: whatever fails closes everything")
  void closesEverythingWhenSomethingFails() {
    broken = true;
    start();
    assertThat(filters).singleElement().isInstanceOf(ClosedFilter.class);
  }

  @Test
  @DisplayName("a filter of the application that has our name does not keep us out")
  void takesAnotherNameWhereItsOwnIsTaken() {
    taken = "latchkey";
    start();
    assertThat(done).contains("filter latchkey-latchkey", "async true");
  }

  @Test
  @DisplayName("A19 a server that takes no filter is told so, not left open in silence")
  void complainsWhereNoFilterCanBeAdded() {
    refusing = true;
    assertThatThrownBy(this::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("A19 closes everything when a jar is missing")
  void closesEverythingWithoutTokenCore() throws Exception {
    try (WithoutTokenCore classes = new WithoutTokenCore()) {
      applicationClasses = classes;
      ServletContainerInitializer initializer =
          (ServletContainerInitializer)
              classes
                  .loadClass(LatchkeyInitializer.class.getName())
                  .getDeclaredConstructor()
                  .newInstance();
      initializer.onStartup(null, context());
    }
    assertThat(filters)
        .singleElement()
        .satisfies(
            closed ->
                assertThat(closed.getClass().getName()).isEqualTo(ClosedFilter.class.getName()));
  }

  // issue 22.a
  @Test
  @DisplayName("called in a class loader without the other jars, it starts in the application's")
  void startsInTheClassLoaderOfTheApplication() throws Exception {
    try (WithoutTokenCore classes = new WithoutTokenCore()) {
      ServletContainerInitializer initializer =
          (ServletContainerInitializer)
              classes
                  .loadClass(LatchkeyInitializer.class.getName())
                  .getDeclaredConstructor()
                  .newInstance();
      initializer.onStartup(null, context());
    }
    assertThat(filters).singleElement().isInstanceOf(BearerTokenFilter.class);
  }

  @Test
  void addsForwardAuthInItsOwnWarOnlyAndTheSampleOnRequest() throws Exception {
    ownWar = true;
    System.setProperty("latchkey.filter.register", "false");
    start();
    assertThat(done).startsWith("filter latchkey").noneMatch(step -> step.startsWith("servlet"));
    done.clear();
    System.setProperty("latchkey.sample", "true");
    start();
    assertThat(done).contains("servlet sample", "map servlet /sample/*");
  }

  /** The class path of an application that has our jar and not the one that it needs. */
  private static final class WithoutTokenCore extends URLClassLoader {

    WithoutTokenCore() {
      super(
          new URL[] {LatchkeyInitializer.class.getProtectionDomain().getCodeSource().getLocation()},
          LatchkeyInitializerTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("dev.latchkey.core.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("dev.latchkey.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  private void start() {
    new LatchkeyInitializer().onStartup(null, context());
  }

  private ServletContext context() {
    Map<String, Object> attributes = new HashMap<>();
    Set<String> names = new HashSet<>(Set.of(taken));
    return (ServletContext)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ServletContext.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getClassLoader" -> applicationClasses;
                  case "getContextPath" -> "/app";
                  case "getInitParameter" -> ownWar ? "true" : null;
                  case "getFilterRegistrations" -> registrations();
                  case "getFilterRegistration" ->
                      names.contains(arguments[0]) ? registration() : null;
                  case "getAttribute" -> attributes.get(arguments[0]);
                  case "setAttribute" -> {
                    String name = (String) arguments[0];
                    if (name.startsWith(Protection.class.getName())) {
                      done.add("attribute " + name);
                    }
                    yield attributes.put(name, arguments[1]);
                  }
                  case "addListener" -> {
                    done.add("listener " + arguments[0].getClass().getSimpleName());
                    yield null;
                  }
                  case "addFilter" -> {
                    if (refusing) {
                      yield null;
                    }
                    done.add("filter " + arguments[0]);
                    names.add((String) arguments[0]);
                    filters.add((Filter) arguments[1]);
                    yield registration();
                  }
                  case "addServlet" -> {
                    done.add("servlet " + arguments[0]);
                    assertThat(arguments[1]).isInstanceOf(Servlet.class);
                    yield servlet();
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private Map<String, ? extends FilterRegistration> registrations() {
    if (broken) {
      throw new NoClassDefFoundError("com/github/benmanes/caffeine/cache/Cache");
    }
    return declared ? Map.of("mine", registration()) : Map.of();
  }

  private FilterRegistration.Dynamic registration() {
    return (FilterRegistration.Dynamic)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {FilterRegistration.Dynamic.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getClassName" -> BearerTokenFilter.class.getName();
                  case "setAsyncSupported" -> {
                    done.add("async " + arguments[0]);
                    yield null;
                  }
                  case "addMappingForUrlPatterns" -> {
                    done.add(
                        "map "
                            + arguments[0]
                            + " after="
                            + arguments[1]
                            + " "
                            + ((String[]) arguments[2])[0]);
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private ServletRegistration.Dynamic servlet() {
    return (ServletRegistration.Dynamic)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ServletRegistration.Dynamic.class},
            (proxy, method, arguments) -> {
              done.add("map servlet " + ((String[]) arguments[0])[0]);
              return null;
            });
  }
}
