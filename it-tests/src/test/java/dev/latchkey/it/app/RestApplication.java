package dev.latchkey.it.app;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** JAX-RS at {@code /rest}. */
@ApplicationPath("/rest")
public class RestApplication extends Application {}
