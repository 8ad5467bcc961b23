package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

/** Somebody at a browser, signed in to the console by a cookie. Immutable. */
final class Seat {

  static final String COOKIE = "latchkey-session";

  private static final String SESSION = "/latchkey/api/v1/session";

  private final Latchkey latchkey;
  private final String cookie;

  private Seat(Latchkey latchkey, String cookie) {
    this.latchkey = latchkey;
    this.cookie = cookie;
  }

  static Seat signedIn(Latchkey latchkey, String name, String password) {
    return of(latchkey, asked(latchkey, name, password).answer().hasStatus(200));
  }

  /** The seat of whom an answer gives a cookie. */
  static Seat of(Latchkey latchkey, Answer answer) {
    String set = answer.field("Set-Cookie");
    assertThat(set).startsWith(COOKIE + "=");
    String cookie = set.substring(COOKIE.length() + 1, set.indexOf(';'));
    return new Seat(latchkey, latchkey.secrets().seen(cookie));
  }

  /** The request by which the console signs somebody in. */
  static Call asked(Latchkey latchkey, String name, String password) {
    return latchkey
        .calls(SESSION)
        .by("POST")
        .with("X-Latchkey-Console", "1")
        .with("Origin", origin(latchkey))
        .sending("application/json", Admin.text(Map.of("name", name, "password", password)));
  }

  static String origin(Latchkey latchkey) {
    return "http://127.0.0.1:" + latchkey.installation().adminPort();
  }

  String cookie() {
    return cookie;
  }

  /** What the console's own script asks for. */
  Admin console() {
    return new Admin(
        latchkey,
        call ->
            call.with("Cookie", COOKIE + "=" + cookie)
                .with("X-Latchkey-Console", "1")
                .with("Origin", origin(latchkey)));
  }

  /** What a page has the browser send: these fields, and the cookie. */
  Admin page(Map<String, String> fields) {
    return new Admin(
        latchkey,
        call -> {
          Call sent = call.with("Cookie", COOKIE + "=" + cookie);
          for (Map.Entry<String, String> field : fields.entrySet()) {
            sent = sent.with(field.getKey(), field.getValue());
          }
          return sent;
        });
  }

  Answer changesPassword(String present, String wanted) {
    return console()
        .posts("/account/password", Map.of("currentPassword", present, "newPassword", wanted));
  }

  boolean isOpen() {
    return console().gets("/session").hasStatus(200, 401).status() == 200;
  }

  List<String> sessions() {
    return Admin.itemsOf(console().gets("/account/sessions").hasStatus(200).json()).stream()
        .map(session -> session.getString("id"))
        .toList();
  }
}
