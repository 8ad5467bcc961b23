package dev.latchkey.bench;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.springframework.mock.web.MockServletContext;

/** An application behind a check, and calls to it with tokens in turn. */
final class Application implements AutoCloseable {

  private static final FilterChain SERVED =
      (request, response) -> {
        ServletResponse bare = response;
        while (bare instanceof ServletResponseWrapper wrapper) {
          bare = wrapper.getResponse();
        }
        ((BareResponse) bare).served = request;
      };

  private final MockServletContext context = new MockServletContext();
  private final Peer.Guard guard;
  private final Filter filter;
  private final String[] headers;

  Application(
      Peer peer, Installation installation, Map<String, String> settings, List<String> tokens)
      throws ServletException {
    // A container has it loaded. The compiler does not inline what answers with what is not.
    Objects.requireNonNull(Principal.class);
    this.guard = peer.on(installation, context, settings);
    this.filter = guard.filter();
    List<String> shuffled = new java.util.ArrayList<>(tokens);
    Collections.shuffle(shuffled, new Random(1));
    this.headers = shuffled.stream().map(token -> "Bearer " + token).toArray(String[]::new);
  }

  int tokens() {
    return headers.length;
  }

  /** The answer to a call with the token of that number, modulo their count. */
  BareResponse call(int number) throws ServletException, IOException {
    BareRequest request = new BareRequest(context, headers[Math.floorMod(number, headers.length)]);
    BareResponse response = new BareResponse();
    filter.doFilter(request, response, SERVED);
    return response;
  }

  /**
   * Calls with each token once.
   *
   * @throws IllegalStateException when one is answered otherwise than all are to be
   */
  void warmUp(boolean served) throws ServletException, IOException {
    for (int i = 0; i < headers.length; i++) {
      BareResponse response = call(i);
      if ((response.served != null) != served) {
        throw new IllegalStateException("call " + i + " was answered " + response.getStatus());
      }
    }
  }

  @Override
  public void close() {
    guard.close();
  }
}
