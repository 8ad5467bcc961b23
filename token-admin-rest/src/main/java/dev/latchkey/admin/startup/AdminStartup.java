package dev.latchkey.admin.startup;

import dev.latchkey.admin.http.PublicAddress;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.FirstAdmin;
import dev.latchkey.admin.sso.OpenIdProvider;
import dev.latchkey.core.BackgroundStart;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.thirdparty.ClientAddress;
import dev.latchkey.core.thirdparty.MetricsNetworks;
import dev.latchkey.core.thirdparty.PublicOrigin;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the admin WAR together. A wrong configuration stops the deployment with a clear line; a
 * database that is not there does not, it is waited for.
 */
public final class AdminStartup implements ServletContextListener {

  static final String ATTRIBUTE = BackgroundStart.class.getName();
  // The persistence provider takes long to load on a busy machine, and a server that goes on before
  // closes its jars. A database that is away fails sooner.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String TRY_URL = Key.HANDOVER_TRY_URL.name();

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    Settings settings = Settings.load(context.getClassLoader());
    FirstAdmin.check(settings);
    Running.configure(context, Settings.class, settings);
    ClientAddress addresses = ClientAddress.configured(settings);
    Running.configure(context, ClientAddress.class, addresses);
    Running.configure(
        context, MetricsNetworks.class, MetricsNetworks.configured(settings, addresses));
    Running.singleSignOn(context, OpenIdProvider.configured(settings).isPresent());
    context.setAttribute(TRY_URL, settings.get(Key.HANDOVER_TRY_URL).orElse(null));
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
            () -> Services.open(settings, server, clock, new SecureRandom()), clock, PATIENCE);
    context.setAttribute(ATTRIBUTE, start);
    Running.set(context, () -> byType(start));
    start.begin();
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    if (event.getServletContext().getAttribute(ATTRIBUTE) instanceof BackgroundStart<?> start) {
      start.close();
    }
  }

  private static @Nullable Map<Class<?>, Object> byType(BackgroundStart<Services> start) {
    Services running = start.running();
    return running == null ? null : running.byType();
  }

  /** What a third party calls first; null when the configuration does not say. */
  public static @Nullable URI tryUrl(ServletContext context) {
    return context.getAttribute(TRY_URL) instanceof URI url ? url : null;
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
