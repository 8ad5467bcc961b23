package dev.latchkey.bench;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An answer that goes nowhere; keeps its status and header fields, in room made beforehand. */
final class BareResponse implements HttpServletResponse {

  private static final int MOST_FIELDS = 16;
  private static final ServletOutputStream NOWHERE =
      new ServletOutputStream() {
        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
          throw new IllegalStateException();
        }

        @Override
        public void write(int octet) {
          // nowhere
        }

        @Override
        public void write(byte[] octets, int from, int length) {
          // nowhere
        }
      };

  private final @Nullable String[] names = new String[MOST_FIELDS];
  private final @Nullable String[] values = new String[MOST_FIELDS];
  private int fields;
  private int status = SC_OK;

  /** What the application got; null when the request did not get there. */
  @Nullable ServletRequest served;

  @Override
  public boolean containsHeader(String name) {
    return at(name) >= 0;
  }

  @Override
  public void setHeader(String name, String value) {
    int at = at(name);
    if (at >= 0) {
      values[at] = value;
    } else {
      addHeader(name, value);
    }
  }

  @Override
  public void addHeader(String name, String value) {
    names[fields] = name;
    values[fields] = value;
    fields++;
  }

  private int at(String name) {
    for (int i = 0; i < fields; i++) {
      if (name.equalsIgnoreCase(names[i])) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public @Nullable String getHeader(String name) {
    int at = at(name);
    return at < 0 ? null : values[at];
  }

  @Override
  public Collection<String> getHeaders(String name) {
    String value = getHeader(name);
    return value == null ? List.of() : List.of(value);
  }

  @Override
  public Collection<String> getHeaderNames() {
    List<String> all = new ArrayList<>();
    for (String name : names) {
      if (name != null) {
        all.add(name);
      }
    }
    return all;
  }

  @Override
  public void setStatus(int status) {
    this.status = status;
  }

  @Override
  public int getStatus() {
    return status;
  }

  @Override
  public void sendError(int status, @Nullable String message) {
    this.status = status;
  }

  @Override
  public void sendError(int status) {
    this.status = status;
  }

  @Override
  public void addCookie(Cookie cookie) {
    addHeader("Set-Cookie", cookie.getName());
  }

  @Override
  public String encodeURL(String url) {
    return url;
  }

  @Override
  public String encodeRedirectURL(String url) {
    return url;
  }

  @Override
  public void sendRedirect(String location) {
    status = SC_FOUND;
  }

  @Override
  public void setDateHeader(String name, long date) {
    setHeader(name, "date");
  }

  @Override
  public void addDateHeader(String name, long date) {
    addHeader(name, "date");
  }

  @Override
  public void setIntHeader(String name, int value) {
    setHeader(name, "number");
  }

  @Override
  public void addIntHeader(String name, int value) {
    addHeader(name, "number");
  }

  @Override
  public String getCharacterEncoding() {
    return "UTF-8";
  }

  @Override
  public @Nullable String getContentType() {
    return null;
  }

  @Override
  public ServletOutputStream getOutputStream() {
    return NOWHERE;
  }

  @Override
  public PrintWriter getWriter() {
    return new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
  }

  @Override
  public void setCharacterEncoding(String charset) {
    // nothing is written
  }

  @Override
  public void setContentLength(int length) {
    // nothing is written
  }

  @Override
  public void setContentLengthLong(long length) {
    // nothing is written
  }

  @Override
  public void setContentType(String type) {
    // nothing is written
  }

  @Override
  public void setBufferSize(int size) {
    // nothing is written
  }

  @Override
  public int getBufferSize() {
    return 0;
  }

  @Override
  public void flushBuffer() {
    // nothing is written
  }

  @Override
  public void resetBuffer() {
    // nothing is written
  }

  @Override
  public boolean isCommitted() {
    return false;
  }

  @Override
  public void reset() {
    fields = 0;
  }

  @Override
  public void setLocale(Locale locale) {
    // nothing is written
  }

  @Override
  public Locale getLocale() {
    return Locale.ROOT;
  }
}
