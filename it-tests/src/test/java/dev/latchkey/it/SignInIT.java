package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guessing passwords gets slow, and locks nobody else out (security D2). */
@ExtendWith(TestedServer.class)
@Order(90)
@Tag("admin")
@Tag("once")
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

  // issue 14.2
  @ParameterizedTest
  @CsvSource({"101,10", "60000,10", "5,129", "5,60000", "60000,3000"})
  @DisplayName("F2: a name or password of impossible length gets the answer of a wrong one")
  void answersTheSameForWhatNobodyHas(int nameLength, int passwordLength) {
    // Few tries from each address, so that none of them waits.
    String from = "127.0.1." + (1 + passwordLength % 200);
    String name = "n".repeat(nameLength);
    String password = "p".repeat(passwordLength);

    assertThat(refusal(Seat.asked(latchkey, name, password), from))
        .isEqualTo(refusal(Seat.asked(latchkey, "nobody", "wrong password"), from));
    // Servers take headers of 8 KB.
    if (nameLength + passwordLength < 3000) {
      assertThat(refusal(list.signedInAs(name, password), from))
          .isEqualTo(refusal(list.signedInAs("nobody", "wrong password"), from));
    }
  }

  private static String refusal(Call call, String from) {
    return call.rawAnswerFrom(from).isProblem(401).withoutTime();
  }

  // issue 14.2
  @Test
  @DisplayName("F2: 7,000 names of 60 KB from as many addresses do not fill the heap of 512 MB")
  void isNotFilledByNamesOfStrangers() throws InterruptedException {
    Token token = latchkey.admin().issuesTokenFor("a");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> tries = new ArrayList<>();
      for (int i = 0; i < 7_000; i++) {
        int number = i;
        tries.add(() -> statusOfLongName(number));
      }
      assertThat(threads.invokeAll(tries)).extracting(Future::get).containsOnly(401);
    } finally {
      threads.shutdownNow();
    }
    latchkey.calls("/sample/whoami").with(token).isAdmitted();
    list.signedInAs("admin", latchkey.password()).rawAnswerFrom("127.0.0.8").hasStatus(200);
  }

  private int statusOfLongName(int number) {
    return Seat.asked(latchkey, number + "n".repeat(60_000), "a wrong password")
        .with("X-Forwarded-For", "203.0." + number / 250 + "." + number % 250)
        .rawAnswerFrom(PROXY)
        .status();
  }

  // issue 15.3, 15.14
  @Test
  @DisplayName("a name is exact, a password is the same however its characters are composed")
  void comparesNamesToTheLetterAndPasswordsPrepared() {
    Seat seat = latchkey.takesASeat("nora", "viewer");
    String composed = latchkey.secrets().seen("plum-tr\u00e4ctor violin-79");
    seat.changesPassword("plum-tractor-violin-nora", composed).hasStatus(204);

    Seat.signedIn(latchkey, "nora", "plum-tra\u0308ctor\u00a0violin-79");
    Seat.signedIn(latchkey, "nora", composed);
    Seat.asked(latchkey, "nora ", composed).rawAnswerFrom("127.0.0.10").isProblem(401);
  }

  private Answer guess(String user) {
    return list.signedInAs(user, "a wrong password").rawAnswerFrom(ELSEWHERE);
  }
}
