package dev.latchkey.core.store;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The JDBC drivers that are registered with the JVM. One that an application has brought would keep
 * the application's class loader after it is undeployed.
 */
final class RegisteredDrivers {

  private final Set<Driver> before;

  private RegisteredDrivers(Set<Driver> before) {
    this.before = before;
  }

  /** Those that are registered now. */
  static RegisteredDrivers now() {
    return new RegisteredDrivers(all());
  }

  /** Takes out those that came since and are of the same class loader as this code. */
  void takeOutWhatCameSince() {
    for (Driver driver : all()) {
      if (!before.contains(driver)
          && driver.getClass().getClassLoader() == RegisteredDrivers.class.getClassLoader()) {
        try {
          DriverManager.deregisterDriver(driver);
        } catch (SQLException | SecurityException stays) {
          System.getLogger(RegisteredDrivers.class.getName())
              .log(System.Logger.Level.DEBUG, "a driver stays registered", stays);
        }
      }
    }
  }

  private static Set<Driver> all() {
    Set<Driver> all = Collections.newSetFromMap(new IdentityHashMap<>());
    all.addAll(List.copyOf(Collections.list(DriverManager.getDrivers())));
    return all;
  }
}
