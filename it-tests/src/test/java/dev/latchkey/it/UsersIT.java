package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The people who administer, and who may look after them. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(13)
@Tag("admin")
@Tag("once")
@DisplayName("Users")
class UsersIT {

  private final Latchkey latchkey;
  private final Admin admin;

  UsersIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.firstUser();
  }

  @Test
  void areAddedWithAPasswordThatIsShownOnce() {
    Answer answer = admin.posts("/users", Map.of("name", "dora", "role", "operator"));

    JsonObject added = answer.hasStatus(201).json();
    assertThat(added.getString("password")).hasSizeGreaterThanOrEqualTo(20);
    assertThat(added.getBoolean("mustChangePassword")).isTrue();
    assertThat(answer.field("Location")).endsWith("/api/v1/users/dora");
    Answer list = admin.gets("/users").hasStatus(200);
    assertThat(list.body()).doesNotContain(added.getString("password"), "pbkdf2", "hash");
    assertThat(Admin.itemsOf(list.json()))
        .filteredOn(user -> user.getString("name").equals("dora"))
        .singleElement()
        .satisfies(
            user -> {
              assertThat(user.keySet())
                  .containsExactlyInAnyOrder(
                      "name", "role", "mustChangePassword", "secondFactor", "createdAt");
              assertThat(user.getString("role")).isEqualTo("operator");
            });
    admin.posts("/users", Map.of("name", "dora", "role", "viewer")).isProblem(409);
  }

  @Test
  void areRefusedWhenTheyAreNotAllowed() {
    admin.posts("/users", Map.of("name", "Upper", "role", "viewer")).complainsOf("name");
    admin.posts("/users", Map.of("name", "<b>", "role", "viewer")).complainsOf("name");
    admin.posts("/users", Map.of("name", "erna")).complainsOf("role");
    admin.posts("/users", Map.of("name", "erna", "role", "root")).complainsOf("role");
    admin
        .posts("/users", Map.of("name", "erna", "role", "viewer", "password", "x"))
        .complainsOf("password");
    admin.patches("/users/admin", Map.of("name", "other")).isProblem(400);
    admin.patches("/users/nobody", Map.of("role", "viewer")).isProblem(404);
  }

  @Test
  @DisplayName("a role counts at once, in sessions that are open as well")
  void changeTheirRole() {
    Seat seat = latchkey.takesASeat("frida", "viewer");
    seat.console().gets("/users").isProblem(403);

    admin.patches("/users/frida", Map.of("role", "admin")).hasStatus(200);

    seat.console().gets("/users").hasStatus(200);
    seat.console().patches("/users/frida", Map.of("role", "viewer")).isProblem(409);
    seat.console().deletes("/users/frida").isProblem(409);
  }

  @Test
  @DisplayName("who is removed, or given a new password, is out at once")
  void lose() {
    Seat seat = latchkey.takesASeat("gerd", "operator");

    JsonObject reset = admin.posts("/users/gerd/password", Map.of()).hasStatus(200).json();

    assertThat(seat.isOpen()).isFalse();
    Seat again = Seat.signedIn(latchkey, "gerd", reset.getString("password"));
    assertThat(again.isOpen()).isTrue();
    admin.deletes("/users/gerd").hasStatus(204);
    assertThat(again.isOpen()).isFalse();
    Seat.asked(latchkey, "gerd", reset.getString("password"))
        .rawAnswerFrom("127.0.0.14")
        .isProblem(401);
  }

  // issue 14.4
  @Test
  @DisplayName("F4: a demoted admin's tokens for Latchkey end, unless they are kept on purpose")
  void takeTheirTokensForLatchkeyWithThem() {
    Seat eve = latchkey.takesASeat("eve", "admin");
    Token promoting = eve.console().issuesTokenFor("latchkey:admin");

    assertThat(patched("eve", Map.of("role", "operator", "keepTokens", true))).isZero();
    assertThat(isActive(promoting)).isTrue();
    patched("eve", Map.of("role", "admin"));
    assertThat(patched("eve", Map.of("role", "operator"))).isEqualTo(1);

    assertThat(isActive(promoting)).isFalse();
    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        "the token of a demoted admin is refused",
        () -> latchkey.withToken(promoting).calls("/session").gets(401));
    admin.patches("/users/eve", Map.of("role", "viewer", "keepTokens", "no")).complainsOf("keep");
  }

  // issue 14.4
  @Test
  @DisplayName("F4: who removes somebody is told how many tokens that has ended")
  void endTheirTokensWhenTheyAreRemoved() {
    Seat ida = latchkey.takesASeat("ida", "admin");
    Token one = ida.console().issuesTokenFor("latchkey:operator");
    Token kept = latchkey.takesASeat("jan", "admin").console().issuesTokenFor("latchkey:viewer");

    Answer removed = admin.deletes("/users/ida").hasStatus(204);
    Answer keeping = admin.deletes("/users/jan?keep-tokens=true").hasStatus(204);

    assertThat(removed.field("Latchkey-Tokens-Deactivated")).isEqualTo("1");
    assertThat(isActive(one)).isFalse();
    assertThat(keeping.field("Latchkey-Tokens-Deactivated")).isEqualTo("0");
    assertThat(isActive(kept)).isTrue();
    admin.deletes("/users/nobody?keep=1").complainsOf("keep");
  }

  private boolean isActive(Token token) {
    return admin.gets(token.path()).hasStatus(200).json().getBoolean("active");
  }

  private int patched(String name, Map<String, ?> change) {
    return admin
        .patches("/users/" + name, change)
        .hasStatus(200)
        .json()
        .getInt("tokensDeactivated");
  }

  @Test
  void keepTheFirstAdminFromRemovingThemselves() {
    admin.deletes("/users/admin").isProblem(409);
    admin.patches("/users/admin", Map.of("role", "viewer")).isProblem(409);
    admin.posts("/users/admin/password", Map.of()).isProblem(409);
  }

  @Test
  void areAudited() {
    admin.posts("/users", Map.of("name", "hans", "role", "viewer")).hasStatus(201);
    admin.patches("/users/hans", Map.of("role", "operator")).hasStatus(200);
    admin.deletes("/users/hans").hasStatus(204);

    List<JsonObject> events =
        admin.items("/audit-events?actor=admin").stream()
            .filter(event -> event.toString().contains("hans"))
            .toList();

    assertThat(events)
        .extracting(event -> event.getString("action"))
        .containsExactly("user.delete", "user.change", "user.create");
  }
}
