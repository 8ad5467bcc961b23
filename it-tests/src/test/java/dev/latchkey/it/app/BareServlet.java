package dev.latchkey.it.app;

import jakarta.servlet.annotation.WebServlet;

/** What only the application without the filter jar has, so that its class loaders can be told. */
@WebServlet("/bare/*")
public class BareServlet extends CallerServlet {

  private static final long serialVersionUID = 1L;
}
