package dev.latchkey.admin.http;

import dev.latchkey.admin.admission.Admission;
import dev.latchkey.admin.admission.CrowdedException;
import dev.latchkey.admin.admission.Fingerprint;
import dev.latchkey.admin.problem.ProblemPage;
import dev.latchkey.admin.running.Running;
import dev.latchkey.core.thirdparty.ClientAddress;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Reads the body of a request before anything else does. Only so many are read at once, and fewer
 * of one place: a body that comes slowly holds a thread of the server. One that does not come to
 * its end is the client's failure: 408, and no line in the log.
 *
 * <p>Of a body that is too large for every address here, the beginning is passed on; who reads it
 * refuses it.
 */
public final class RequestBodies extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = System.getLogger(RequestBodies.class.getName());

  private static final int READ_AT_ONCE = 48;
  private static final int READ_OF_ONE_PLACE = 16;

  // One more than a report of leaked tokens may have, which is the largest body of all.
  private static final int MOST_BYTES = 256 * 1024 + 1;

  private final transient Admission reading =
      new Admission(READ_AT_ONCE, 0, READ_OF_ONE_PLACE, Duration.ZERO);

  /** For the container. */
  public RequestBodies() {}

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!hasBody(request)) {
      chain.doFilter(request, response);
      return;
    }
    byte[] body;
    try {
      body = reading.inTurn(place(request), () -> read(request));
    } catch (CrowdedException crowded) {
      response.setHeader("Retry-After", Integer.toString(crowded.retryAfterSeconds()));
      refuse(request, response, crowded.status(), String.valueOf(crowded.getMessage()));
      return;
    } catch (UncheckedIOException notSent) {
      // What is left of the body can't be told from the next request.
      response.setHeader("Connection", "close");
      refuse(
          request,
          response,
          HttpServletResponse.SC_REQUEST_TIMEOUT,
          "The body did not come to its end. Send the request again.");
      return;
    }
    chain.doFilter(new Read(request, body), response);
  }

  // Who has gone gets no answer, and servers write a stack trace for each that can't be sent.
  private static void refuse(
      HttpServletRequest request, HttpServletResponse response, int status, String detail) {
    try {
      ProblemPage.refuse(request, response, status, detail);
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "a request was not sent to its end", gone);
    }
  }

  // RFC 9112 §6.3: without one of the two there is none.
  private static boolean hasBody(HttpServletRequest request) {
    return request.getContentLengthLong() > 0
        || request.getHeader("Transfer-Encoding") != null
        // HTTP/2 needs neither.
        || (request.getContentLengthLong() < 0 && request.getProtocol().startsWith("HTTP/2"));
  }

  private Fingerprint place(HttpServletRequest request) {
    ClientAddress addresses = Running.configured(getServletContext(), ClientAddress.class);
    return Fingerprint.of(
        ClientAddress.place(addresses.of(request.getRemoteAddr(), request::getHeaders)));
  }

  private static byte[] read(HttpServletRequest request) {
    try {
      return request.getInputStream().readNBytes(MOST_BYTES);
    } catch (IOException notSent) {
      throw new UncheckedIOException(notSent);
    }
  }

  /** A request whose body is in memory. */
  private static final class Read extends HttpServletRequestWrapper {

    private final ServletInputStream body;

    Read(HttpServletRequest request, byte[] body) {
      super(request);
      this.body = new InMemory(body);
    }

    @Override
    public ServletInputStream getInputStream() {
      return body;
    }

    @Override
    public BufferedReader getReader() {
      return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }
  }

  private static final class InMemory extends ServletInputStream {

    private final ByteArrayInputStream bytes;

    InMemory(byte[] bytes) {
      this.bytes = new ByteArrayInputStream(bytes);
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] into, int from, int most) {
      return bytes.read(into, from, most);
    }

    @Override
    public int available() {
      return bytes.available();
    }

    @Override
    public boolean isFinished() {
      return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("this body is read by blocking");
    }
  }
}
