package dev.latchkey.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which room may look into which: {@code admin-rest -> core <- filter}, and the rooms of the core.
 */
@DisplayName("Rooms")
class RoomsTest {

  private static final List<String> MODULES =
      List.of("token-core", "token-filter", "token-admin-rest");
  private static final String CORE = "dev.latchkey.core.";

  private static final JavaClasses PRODUCT = read("target/classes");
  private static final JavaClasses TESTS = read("target/test-classes");

  @ParameterizedTest
  @ValueSource(strings = {"core", "filter", "admin"})
  void areAllSeenByThisTest(String room) {
    assertThat(PRODUCT.stream().filter(resideInAPackage("dev.latchkey." + room + "..")))
        .as("classes of dev.latchkey.%s; build all modules first: mvn verify", room)
        .hasSizeGreaterThan(3);
  }

  @Test
  void theCoreKnowsNeitherFilterNorAdmin() {
    noClasses()
        .that(inRooms("core"))
        .should()
        .dependOnClassesThat(inRooms("filter", "admin"))
        .check(PRODUCT);
  }

  @Test
  void filterAndAdminDoNotKnowEachOther() {
    noClasses()
        .that(inRooms("filter"))
        .should()
        .dependOnClassesThat(inRooms("admin"))
        .check(PRODUCT);
    noClasses()
        .that(inRooms("admin"))
        .should()
        .dependOnClassesThat(inRooms("filter"))
        .check(PRODUCT);
  }

  /** What each room of the core may look into; everything else of ours is closed to it. */
  static Stream<Arguments> roomsOfTheCore() {
    return Stream.of(
        Arguments.of("config", List.of()),
        Arguments.of("metrics", List.of()),
        Arguments.of("token", List.of()),
        Arguments.of("thirdparty", List.of("token", "config")),
        Arguments.of("store", List.of("config")),
        Arguments.of("feed", List.of("store", "config")),
        Arguments.of("usage", List.of("store", "config")),
        Arguments.of(
            "verify", List.of("token", "thirdparty", "store", "config", "usage", "metrics")),
        Arguments.of(
            "administer", List.of("token", "thirdparty", "feed", "store", "config", "usage")));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("roomsOfTheCore")
  void ofTheCoreLookOnlyIntoTheirNeighbours(String room, List<String> neighbours) {
    String[] closed =
        PRODUCT.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(CORE))
            .map(name -> name.substring(CORE.length()))
            .distinct()
            .filter(other -> !other.equals(room) && !neighbours.contains(other))
            .map(other -> CORE + other)
            .toArray(String[]::new);

    noClasses()
        .that()
        .resideInAPackage(CORE + room)
        .should()
        .dependOnClassesThat(resideInAnyPackage(closed))
        .check(PRODUCT);
  }

  @Test
  void areNoCircle() {
    slices().matching("dev.latchkey.(**)").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void theCoreNeedsNoServer() {
    noClasses()
        .that(inRooms("core"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "jakarta.servlet..",
                "jakarta.ws.rs..",
                "jakarta.json..",
                "jakarta.enterprise..",
                "jakarta.inject..",
                "jakarta.ejb..",
                "jakarta.security.."))
        .check(PRODUCT);
  }

  @Test
  void onlyTheAdminRoomSpeaksJaxRs() {
    noClasses()
        .that(inRooms("core", "filter"))
        .should()
        .dependOnClassesThat(resideInAPackage("jakarta.ws.rs.."))
        .check(PRODUCT);
  }

  @Test
  void theFilterIsPlainServletCode() {
    noClasses()
        .that(inRooms("filter"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "jakarta.persistence..", "jakarta.json..", "org.hibernate..", "com.zaxxer.."))
        .check(PRODUCT);
  }

  @Test
  void onlyTheSecondDoorNeedsMoreThanAServletContainerHas() {
    noClasses()
        .that(inRooms("filter"))
        .and()
        .doNotHaveFullyQualifiedName("dev.latchkey.filter.BearerTokenMechanism")
        .and()
        .doNotHaveFullyQualifiedName("dev.latchkey.filter.MechanismExtension")
        .and()
        .doNotHaveFullyQualifiedName("dev.latchkey.filter.StartCheckExtension")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("jakarta.enterprise..", "jakarta.inject..", "jakarta.security.."))
        .check(PRODUCT);
  }

  @Test
  void theStandardPersistenceApiIsAllThatCodeOutsideTheStoreSees() {
    noClasses()
        .that(resideInAPackage("dev.latchkey.."))
        .and()
        .resideOutsideOfPackage(CORE + "store")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.hibernate..", "com.zaxxer..", "org.flywaydb.."))
        .check(PRODUCT);
  }

  /** Classes that a filter loads need no persistence provider (decision 9). */
  @Test
  void onlyTheModelAndThoseWhoAdministerItUseJakartaPersistence() {
    noClasses()
        .that(
            resideInAnyPackage(
                CORE + "config",
                CORE + "token",
                CORE + "thirdparty",
                CORE + "store",
                CORE + "feed",
                CORE + "usage",
                CORE + "verify"))
        .and(are(not(annotatedWith("jakarta.persistence.Entity"))))
        .and(are(not(annotatedWith("jakarta.persistence.Embeddable"))))
        .and()
        .doNotHaveFullyQualifiedName(CORE + "store.Database")
        .and()
        .doNotHaveFullyQualifiedName(CORE + "store.PersistenceUnit")
        .and()
        .doNotHaveFullyQualifiedName(CORE + "store.AnnotationCache")
        .and()
        .doNotHaveFullyQualifiedName(CORE + "feed.ChangeFeed")
        .and()
        .doNotHaveFullyQualifiedName(CORE + "verify.JpaTokenSource")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("jakarta.persistence..", "org.hibernate..")
                .or(type(CORE + "store.Database")))
        .check(PRODUCT);
  }

  private static DescribedPredicate<JavaClass> type(String name) {
    return DescribedPredicate.describe(name, type -> type.getName().equals(name));
  }

  @Test
  void onlyOneClassUsesThePool() {
    noClasses()
        .that(resideInAPackage("dev.latchkey.."))
        .and()
        .haveNameNotMatching(".*\\.OwnConnections(\\$.*)?")
        .should()
        .dependOnClassesThat(resideInAnyPackage("com.zaxxer..", "org.slf4j.."))
        .check(PRODUCT);
  }

  @Test
  void logsGoToSystemLogger() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "java.util.logging..",
                "org.slf4j..",
                "org.apache.logging..",
                "org.jboss.logging.."))
        .check(PRODUCT);
  }

  @Test
  void javaxIsOnlyWhatTheJdkBrings() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "javax.servlet..", "javax.ws.rs..", "javax.persistence..", "javax.inject.."))
        .check(PRODUCT);
  }

  @Test
  void namesAreOfTheField() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .check(PRODUCT);
    noClasses().should().resideInAPackage("..util..").check(PRODUCT);
  }

  @Test
  @DisplayName("A17, A20: nobody takes the time or chance from the platform behind our back")
  void onlyWhoPutsThingsTogetherAsksThePlatformForTimeAndChance() {
    noClasses()
        .that()
        .resideInAnyPackage(
            CORE + "token", CORE + "thirdparty", CORE + "verify", CORE + "administer")
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.security.SecureRandom.class, "getInstanceStrong")
        .orShould()
        .callMethod(Math.class, "random")
        .check(PRODUCT);
  }

  // A slow line to a database is made by waiting; no test waits for it.
  @Test
  void testsNeverSleepButInTheOnePlaceThatPolls() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.latchkey.it.Eventually")
        .and()
        .doNotHaveFullyQualifiedName("dev.latchkey.nodes.Wire")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class, int.class)
        .orShould()
        .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
        .check(TESTS);
  }

  private static DescribedPredicate<JavaClass> inRooms(String... rooms) {
    return resideInAnyPackage(
        Stream.of(rooms).map(room -> "dev.latchkey." + room + "..").toArray(String[]::new));
  }

  private static JavaClasses read(String folder) {
    List<Path> folders =
        Stream.concat(
                MODULES.stream().map(module -> Path.of("..", module, folder)),
                Stream.of(Path.of(folder)))
            .filter(Files::isDirectory)
            .toList();
    return new ClassFileImporter().importPaths(folders);
  }
}
