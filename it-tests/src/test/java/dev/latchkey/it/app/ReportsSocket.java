package dev.latchkey.it.app;

import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;

/** Answers as {@link EchoSocket}, below a path that has a rule of its own. */
@ServerEndpoint("/reports/socket")
public class ReportsSocket {

  /** Answers a message. */
  @OnMessage
  public String echo(String message, Session session) {
    return new EchoSocket().echo(message, session);
  }
}
