package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody at a browser who is asked to approve an authorization request. */
final class Consent {

  private static final Pattern HIDDEN =
      Pattern.compile("name=\"(request|consent|csrf)\" value=\"([^\"]*)\"");

  private final Latchkey latchkey;
  private final Seat seat;

  Consent(Latchkey latchkey, Seat seat) {
    this.latchkey = latchkey;
    this.seat = seat;
  }

  /** Where the browser is sent when the request is approved or refused. */
  URI decides(URI request, String decision) {
    String page =
        latchkey
            .calls(request.getRawPath() + "?" + request.getRawQuery())
            .with("Cookie", Seat.COOKIE + "=" + seat.cookie())
            .answer()
            .hasStatus(200)
            .body();
    Map<String, String> form = new HashMap<>(Map.of("decision", decision));
    Matcher hidden = HIDDEN.matcher(page);
    while (hidden.find()) {
      form.put(hidden.group(1), hidden.group(2).replace("&amp;", "&"));
    }
    Answer answer =
        OAuthClient.posts(latchkey, "authorize", OAuthClient.encoded(form))
            .with("Cookie", Seat.COOKIE + "=" + seat.cookie())
            .with("Origin", Seat.origin(latchkey))
            .answer()
            .hasStatus(303);
    assertThat(answer.field("Referrer-Policy")).isEqualTo("no-referrer");
    return URI.create(answer.field("Location"));
  }

  /** The parameters of a URI's query. */
  static Map<String, String> query(URI uri) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : uri.getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      parameters.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return parameters;
  }
}
