package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Signing in with a password and a code. */
// issue 14, "Further": a second factor with recovery codes
@ExtendWith(TestedServer.class)
@Order(17)
@Tag("admin")
@Tag("once")
@DisplayName("Second factor")
class SecondFactorIT {

  private static final String SESSION = "/latchkey/api/v1/session";

  private final Latchkey latchkey;

  SecondFactorIT(Latchkey latchkey) {
    this.latchkey = latchkey;
  }

  @Test
  void isAskedForOnceItIsOnAndNotAfterAnAdminHasResetIt() {
    Seat seat = latchkey.takesASeat("tess", "viewer");
    String password = "plum-tractor-violin-tess";
    Admin tess = seat.console();

    tess.posts("/account/second-factor", Map.of("currentPassword", "wrong"))
        .complainsOf("currentPassword");
    JsonObject offered =
        tess.posts("/account/second-factor", Map.of("currentPassword", password))
            .hasStatus(200)
            .json();
    // The database has this secret as it is, to compute codes from (SECURITY.md).
    Authenticator app = new Authenticator(offered.getString("secret"));
    assertThat(offered.getString("uri")).startsWith("otpauth://totp/Latchkey:tess?secret=");
    signIn("tess", password).hasStatus(200);
    tess.posts("/account/second-factor/confirm", Map.of("code", "12345")).complainsOf("code");
    List<String> recovery =
        tess.posts("/account/second-factor/confirm", Map.of("code", app.code()))
            .hasStatus(200)
            .json()
            .getJsonArray("recoveryCodes")
            .getValuesAs(JsonString::getString);
    recovery.forEach(latchkey.secrets()::seen);
    assertThat(recovery).hasSize(10);

    assertThat(signIn("tess", password).isProblem(401).json().getString("secondFactor"))
        .isEqualTo("required");
    assertThat(signIn("tess", "wrong").isProblem(401).json()).doesNotContainKey("secondFactor");
    assertThat(signIn("tess", password, "000000 ").isProblem(401).json().getString("secondFactor"))
        .isEqualTo("wrong");
    signIn("tess", password, app.code(1)).hasStatus(200);
    signIn("tess", password, app.code(1)).isProblem(401);
    signIn("tess", password, recovery.get(0)).hasStatus(200);
    signIn("tess", password, recovery.get(0)).isProblem(401);

    Answer basic =
        latchkey
            .calls("/latchkey/api/v1/third-parties")
            .signedInAs("tess", password)
            .answer()
            .isProblem(403);
    assertThat(basic.json().getString("detail")).contains("access token");
    assertThat(
            tess.gets("/account/second-factor").hasStatus(200).json().getInt("recoveryCodesLeft"))
        .isEqualTo(9);

    latchkey.inRole("operator").deletes("/users/tess/second-factor").isProblem(403);
    latchkey.admin().deletes("/users/nobody/second-factor").isProblem(404);
    latchkey.admin().deletes("/users/tess/second-factor").hasStatus(204);
    assertThat(seat.isOpen()).isFalse();
    signIn("tess", password).hasStatus(200);
    assertThat(latchkey.admin().items("/audit-events"))
        .extracting(event -> event.getString("action"))
        .contains("second-factor.on", "second-factor.reset", "recovery-code.use");
  }

  @Test
  void isTurnedOffByThePasswordAndACode() {
    Seat seat = latchkey.takesASeat("timo", "viewer");
    String password = "plum-tractor-violin-timo";
    Admin timo = seat.console();
    Authenticator app =
        new Authenticator(
            timo.posts("/account/second-factor", Map.of("currentPassword", password))
                .hasStatus(200)
                .json()
                .getString("secret"));
    timo.posts("/account/second-factor/confirm", Map.of("code", app.code())).hasStatus(200);

    off(timo, "wrong", app.code(1)).complainsOf("currentPassword");
    off(timo, password, "wrong").complainsOf("code");
    off(timo, password, app.code(1)).hasStatus(204);

    signIn("timo", password).hasStatus(200);
    off(timo, password, app.code(1)).isProblem(409);
    latchkey.admin().gets("/account/second-factor").isProblem(409);
  }

  private static Answer off(Admin user, String password, String code) {
    return user.posts(
        "/account/second-factor/off", Map.of("currentPassword", password, "code", code));
  }

  private Answer signIn(String name, String password) {
    return noted(Seat.asked(latchkey, name, password));
  }

  private Answer signIn(String name, String password, String code) {
    return noted(
        latchkey
            .calls(SESSION)
            .by("POST")
            .with("X-Latchkey-Console", "1")
            .with("Origin", Seat.origin(latchkey))
            .sending(
                "application/json",
                Admin.text(Map.of("name", name, "password", password, "code", code))));
  }

  private Answer noted(Call call) {
    Answer answer = call.answer();
    if (answer.status() == 200) {
      Seat.of(latchkey, answer);
    }
    return answer;
  }
}
