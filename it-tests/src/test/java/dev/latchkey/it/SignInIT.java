package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Guessing passwords gets slow, and locks nobody else out (security D2). */
@ExtendWith(TestedServer.class)
@Order(90)
@Tag("admin")
@DisplayName("D2: sign-in")
class SignInIT {

  private static final String ELSEWHERE = "127.0.0.2";
  private static final int PATIENCE = 40;

  /** {@code latchkey.filter.trusted-proxies} of {@code jvm.options}. */
  private static final String PROXY = "127.0.0.9";

  private final Latchkey latchkey;
  private final Call list;

  SignInIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.list = latchkey.calls("/latchkey/api/v1/third-parties");
  }

  @Test
  void slowsDownWhoeverGuessesAndLetsTheOwnerIn() {
    Answer last = guess("admin");
    for (int i = 0; last.status() == 401 && i < PATIENCE; i++) {
      last = guess("admin");
    }

    last.isProblem(429);
    assertThat(Integer.parseInt(last.field("Retry-After"))).isPositive();
    list.signedInAs("admin", latchkey.password()).rawAnswerFrom("127.0.0.1").hasStatus(200);
  }

  @Test
  @DisplayName("D2: behind a trusted proxy it is the guesser who waits, not everybody behind it")
  void tellsCallersBehindAProxyApart() {
    Call guesser = list.with("X-Forwarded-For", "203.0.113.5");
    Answer last = guesser.signedInAs("admin", "a wrong password").rawAnswerFrom(PROXY);
    for (int i = 0; last.status() == 401 && i < PATIENCE; i++) {
      last = guesser.signedInAs("admin", "a wrong password").rawAnswerFrom(PROXY);
    }

    last.isProblem(429);
    list.with("X-Forwarded-For", "203.0.113.5, 203.0.113.6")
        .signedInAs("admin", latchkey.password())
        .rawAnswerFrom(PROXY)
        .hasStatus(200);
    assertThat(latchkey.admin().items("/audit-events"))
        .anySatisfy(event -> assertThat(event.getString("address")).isEqualTo("203.0.113.5"));
  }

  @Test
  void answersTheSameForAnUnknownName() {
    Answer known = list.signedInAs("admin", "wrong password").rawAnswerFrom("127.0.0.4");
    Answer unknown = list.signedInAs("nobody", "wrong password").rawAnswerFrom("127.0.0.4");

    assertThat(unknown.withoutTime()).isEqualTo(known.withoutTime());
    known.isProblem(401);
  }

  @Test
  void refusesThePasswordInOtherCaseCutOffOrWithMore() {
    String password = latchkey.password();
    for (String wrong :
        new String[] {password.substring(1), password + "x", "", password + "\u0000"}) {
      list.signedInAs("admin", wrong).rawAnswerFrom("127.0.0.5").hasStatus(401, 429);
    }
    list.signedInAs("ADMIN", password).rawAnswerFrom("127.0.0.6").hasStatus(401);
  }

  private Answer guess(String user) {
    return list.signedInAs(user, "a wrong password").rawAnswerFrom(ELSEWHERE);
  }
}
