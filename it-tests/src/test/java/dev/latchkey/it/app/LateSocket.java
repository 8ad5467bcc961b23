package dev.latchkey.it.app;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;

/** Adds an endpoint by code, after all initializers have been called. */
@WebListener
public class LateSocket implements ServletContextListener {

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServerContainer container =
        (ServerContainer)
            event.getServletContext().getAttribute("jakarta.websocket.server.ServerContainer");
    try {
      container.addEndpoint(ServerEndpointConfig.Builder.create(Echo.class, "/late").build());
    } catch (DeploymentException notAdded) {
      throw new IllegalStateException(notAdded);
    }
  }

  /** Answers as {@link EchoSocket}. */
  public static class Echo extends jakarta.websocket.Endpoint {

    @Override
    public void onOpen(jakarta.websocket.Session session, jakarta.websocket.EndpointConfig config) {
      session.addMessageHandler(
          String.class,
          message -> session.getAsyncRemote().sendText(new EchoSocket().echo(message, session)));
    }
  }
}
