package dev.latchkey.bench;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletConnection;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.security.Principal;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/licences/42} as a container hands it out, with one header, and as cheap as can
 * be: what a check costs must not drown in what a request costs. What no check asks for is not
 * supported.
 */
final class BareRequest implements HttpServletRequest {

  private static final String PATH = "/api/licences/42";

  private final ServletContext context;
  private final String authorization;
  private @Nullable Map<String, Object> attributes;

  BareRequest(ServletContext context, String authorization) {
    this.context = context;
    this.authorization = authorization;
  }

  @SuppressWarnings("JdkObsolete") // what the servlet API asks for
  private static final class One implements Enumeration<String> {

    private @Nullable String rest;

    One(String only) {
      this.rest = only;
    }

    @Override
    public boolean hasMoreElements() {
      return rest != null;
    }

    @Override
    public String nextElement() {
      String next = rest;
      if (next == null) {
        throw new NoSuchElementException();
      }
      rest = null;
      return next;
    }
  }

  @Override
  public @Nullable String getHeader(String name) {
    return "Authorization".equalsIgnoreCase(name) ? authorization : null;
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return "Authorization".equalsIgnoreCase(name)
        ? new One(authorization)
        : Collections.emptyEnumeration();
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    return new One("Authorization");
  }

  @Override
  public long getDateHeader(String name) {
    return -1;
  }

  @Override
  public int getIntHeader(String name) {
    return -1;
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    Map<String, Object> known = attributes;
    return known == null ? null : known.get(name);
  }

  @Override
  public Enumeration<String> getAttributeNames() {
    Map<String, Object> known = attributes;
    return known == null
        ? Collections.emptyEnumeration()
        : Collections.enumeration(List.copyOf(known.keySet()));
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    Map<String, Object> known = attributes;
    if (known == null) {
      known = new HashMap<>();
      attributes = known;
    }
    if (value == null) {
      known.remove(name);
    } else {
      known.put(name, value);
    }
  }

  @Override
  public void removeAttribute(String name) {
    setAttribute(name, null);
  }

  @Override
  public String getMethod() {
    return "GET";
  }

  @Override
  public String getRequestURI() {
    return PATH;
  }

  @Override
  public StringBuffer getRequestURL() {
    return new StringBuffer("http://127.0.0.1:8080").append(PATH);
  }

  @Override
  public String getContextPath() {
    return "";
  }

  @Override
  public String getServletPath() {
    return PATH;
  }

  @Override
  public @Nullable String getPathInfo() {
    return null;
  }

  @Override
  public @Nullable String getPathTranslated() {
    return null;
  }

  @Override
  public @Nullable String getQueryString() {
    return null;
  }

  @Override
  public Cookie @Nullable [] getCookies() {
    return null;
  }

  @Override
  public @Nullable String getAuthType() {
    return null;
  }

  @Override
  public @Nullable String getRemoteUser() {
    return null;
  }

  @Override
  public @Nullable Principal getUserPrincipal() {
    return null;
  }

  @Override
  public boolean isUserInRole(String role) {
    return false;
  }

  @Override
  public @Nullable String getRequestedSessionId() {
    return null;
  }

  @Override
  public @Nullable HttpSession getSession(boolean create) {
    if (create) {
      throw new UnsupportedOperationException();
    }
    return null;
  }

  @Override
  public HttpSession getSession() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String changeSessionId() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isRequestedSessionIdValid() {
    return false;
  }

  @Override
  public boolean isRequestedSessionIdFromCookie() {
    return false;
  }

  @Override
  public boolean isRequestedSessionIdFromURL() {
    return false;
  }

  @Override
  public boolean authenticate(HttpServletResponse response) {
    return false;
  }

  @Override
  public void login(String username, String password) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void logout() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Collection<Part> getParts() {
    return List.of();
  }

  @Override
  public @Nullable Part getPart(String name) {
    return null;
  }

  @Override
  public <T extends HttpUpgradeHandler> T upgrade(Class<T> handlerClass) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable String getCharacterEncoding() {
    return null;
  }

  @Override
  public void setCharacterEncoding(String encoding) {
    // no body
  }

  @Override
  public int getContentLength() {
    return -1;
  }

  @Override
  public long getContentLengthLong() {
    return -1;
  }

  @Override
  public @Nullable String getContentType() {
    return null;
  }

  @Override
  public ServletInputStream getInputStream() {
    throw new UnsupportedOperationException();
  }

  @Override
  public BufferedReader getReader() {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable String getParameter(String name) {
    return null;
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.emptyEnumeration();
  }

  @Override
  public String @Nullable [] getParameterValues(String name) {
    return null;
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    return Map.of();
  }

  @Override
  public String getProtocol() {
    return "HTTP/1.1";
  }

  @Override
  public String getScheme() {
    return "http";
  }

  @Override
  public String getServerName() {
    return "127.0.0.1";
  }

  @Override
  public int getServerPort() {
    return 8080;
  }

  @Override
  public String getRemoteAddr() {
    return "127.0.0.1";
  }

  @Override
  public String getRemoteHost() {
    return "127.0.0.1";
  }

  @Override
  public int getRemotePort() {
    return 50_000;
  }

  @Override
  public String getLocalName() {
    return "localhost";
  }

  @Override
  public String getLocalAddr() {
    return "127.0.0.1";
  }

  @Override
  public int getLocalPort() {
    return 8080;
  }

  @Override
  public Locale getLocale() {
    return Locale.ROOT;
  }

  @Override
  public Enumeration<Locale> getLocales() {
    return Collections.enumeration(List.of(Locale.ROOT));
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public @Nullable RequestDispatcher getRequestDispatcher(String path) {
    return null;
  }

  @Override
  public ServletContext getServletContext() {
    return context;
  }

  @Override
  public AsyncContext startAsync() {
    throw new IllegalStateException();
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    throw new IllegalStateException();
  }

  @Override
  public boolean isAsyncStarted() {
    return false;
  }

  @Override
  public boolean isAsyncSupported() {
    return false;
  }

  @Override
  public AsyncContext getAsyncContext() {
    throw new IllegalStateException();
  }

  @Override
  public DispatcherType getDispatcherType() {
    return DispatcherType.REQUEST;
  }

  @Override
  public String getRequestId() {
    return "1";
  }

  @Override
  public String getProtocolRequestId() {
    return "";
  }

  @Override
  public ServletConnection getServletConnection() {
    throw new UnsupportedOperationException();
  }
}
