package dev.latchkey.it.app;

import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;

/** Answers each message with the name of the caller. */
@ServerEndpoint("/socket")
public class EchoSocket {

  /** Answers a message. */
  @OnMessage
  public String echo(String message, Session session) {
    return message
        + " from "
        + (session.getUserPrincipal() == null ? "nobody" : session.getUserPrincipal().getName());
  }
}
