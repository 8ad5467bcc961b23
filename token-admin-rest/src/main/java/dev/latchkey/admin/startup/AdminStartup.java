package dev.latchkey.admin.startup;

import dev.latchkey.admin.http.PublicAddress;
import dev.latchkey.admin.signin.FirstAdmin;
import dev.latchkey.admin.sso.OpenIdProvider;
import dev.latchkey.core.BackgroundStart;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.thirdparty.ClientAddress;
import dev.latchkey.core.thirdparty.PublicOrigin;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the admin WAR together. A wrong configuration stops the deployment with a clear line; a
 * database that is not there does not, it is waited for.
 */
public final class AdminStartup implements ServletContextListener {

  static final String ATTRIBUTE = BackgroundStart.class.getName();
  private static final String ADDRESSES = ClientAddress.class.getName();
  private static final String SINGLE_SIGN_ON = OpenIdProvider.class.getName();
  private static final String SETTINGS = Settings.class.getName();
  private static final String TRY_URL = Key.HANDOVER_TRY_URL.name();

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    Settings settings = Settings.load(context.getClassLoader());
    FirstAdmin.check(settings);
    context.setAttribute(SETTINGS, settings);
    context.setAttribute(SINGLE_SIGN_ON, OpenIdProvider.configured(settings).isPresent());
    context.setAttribute(TRY_URL, settings.get(Key.HANDOVER_TRY_URL).orElse(null));
    context.setAttribute(ADDRESSES, ClientAddress.configured(settings));
    Optional<URI> publicUrl = settings.get(Key.ADMIN_PUBLIC_URL);
    PublicAddress.set(context, PublicOrigin.configured(settings, publicUrl));
    if (publicUrl.filter(url -> "https".equals(url.getScheme())).isPresent()) {
      // The server's own session, of single sign-on, does not know of a proxy that ends TLS.
      context.getSessionCookieConfig().setSecure(true);
    }
    Clock clock = Clock.systemUTC();
    ServerDataSource server = ServerDataSource.lookedUp(settings);
    BackgroundStart<Services> start =
        new BackgroundStart<>(
            () -> Services.open(settings, server, clock, new SecureRandom()), clock);
    context.setAttribute(ATTRIBUTE, start);
    start.begin();
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    if (event.getServletContext().getAttribute(ATTRIBUTE) instanceof BackgroundStart<?> start) {
      start.close();
    }
  }

  /** The configuration. */
  public static Settings settingsOf(ServletContext context) {
    if (context.getAttribute(SETTINGS) instanceof Settings settings) {
      return settings;
    }
    throw new IllegalStateException("the admin WAR was not started");
  }

  /** Where callers are, behind the proxies of the configuration. */
  public static ClientAddress addressesOf(ServletContext context) {
    if (context.getAttribute(ADDRESSES) instanceof ClientAddress addresses) {
      return addresses;
    }
    throw new IllegalStateException("the admin WAR was not started");
  }

  /** Whether an OpenID provider signs people in. */
  public static boolean singleSignOn(ServletContext context) {
    return Boolean.TRUE.equals(context.getAttribute(SINGLE_SIGN_ON));
  }

  /** What a third party calls first; null when the configuration does not say. */
  public static @Nullable URI tryUrl(ServletContext context) {
    return context.getAttribute(TRY_URL) instanceof URI url ? url : null;
  }

  /**
   * What runs in an application.
   *
   * @throws StoreUnavailableException when the database is not available yet
   */
  public static Services services(ServletContext context) {
    Services running = of(context).running();
    if (running == null) {
      throw new StoreUnavailableException("the database is not there yet");
    }
    return running;
  }

  /** What {@link #contextInitialized} has begun. */
  @SuppressWarnings("unchecked") // put there by contextInitialized
  public static BackgroundStart<Services> of(ServletContext context) {
    Object start = context.getAttribute(ATTRIBUTE);
    if (start == null) {
      throw new IllegalStateException("the admin WAR was not started");
    }
    return (BackgroundStart<Services>) start;
  }
}
