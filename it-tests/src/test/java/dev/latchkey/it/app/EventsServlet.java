package dev.latchkey.it.app;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;

/** Server-Sent Events, written by a thread of its own. */
@WebServlet(urlPatterns = "/events", asyncSupported = true)
public class EventsServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/event-stream");
    String caller = request.getRemoteUser();
    AsyncContext async = request.startAsync();
    PrintWriter events = response.getWriter();
    new Thread(
            () -> {
              for (int i = 0; i < 3; i++) {
                events.print("data: " + caller + "\n\n");
                events.flush();
              }
              async.complete();
            })
        .start();
  }
}
