package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first admin at the console for the first time (contract §3, security D10). */
@ExtendWith(TestedServer.class)
@Order(95)
@Tag("admin")
@DisplayName("D10: the first password")
class FirstPasswordIT {

  private final Latchkey latchkey;

  FirstPasswordIT(Latchkey latchkey) {
    this.latchkey = latchkey;
  }

  @Test
  @DisplayName("Basic takes it until it is changed; the change deletes its file")
  void isChangedAtTheFirstSignIn() {
    String first = latchkey.password();
    latchkey.firstUser().gets("/third-parties").hasStatus(200);
    Answer signedIn = Seat.asked(latchkey, "admin", first).answer().hasStatus(200);
    assertThat(signedIn.json().getBoolean("mustChangePassword")).isTrue();
    Seat admin = Seat.of(latchkey, signedIn);
    admin.console().gets("/third-parties").isProblem(403);
    assertThat(Latchkey.passwordFile(latchkey.installation())).exists();

    String changed = "plum-tractor-violin-first";
    admin.changesPassword(first, changed).hasStatus(204);
    latchkey.passwordIs(changed);

    assertThat(Latchkey.passwordFile(latchkey.installation())).doesNotExist();
    admin.console().gets("/third-parties").hasStatus(200);
    latchkey.firstUser().gets("/third-parties").hasStatus(200);
    latchkey
        .calls("/latchkey/api/v1/third-parties")
        .signedInAs("admin", first)
        .rawAnswerFrom("127.0.0.15")
        .isProblem(401);
  }
}
