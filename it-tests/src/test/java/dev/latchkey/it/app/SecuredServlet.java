package dev.latchkey.it.app;

import jakarta.annotation.security.DeclareRoles;
import jakarta.ejb.EJB;
import jakarta.ejb.EJBAccessException;
import jakarta.inject.Inject;
import jakarta.security.enterprise.SecurityContext;
import jakarta.servlet.annotation.HttpConstraint;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Tells what Jakarta Security knows of the caller, and calls the bean. */
@WebServlet("/secured/*")
@ServletSecurity(@HttpConstraint(rolesAllowed = {"reports", "other"}))
@DeclareRoles({"reports", "other"})
public class SecuredServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  @Inject private SecurityContext security;
  @EJB private ReportsBean reports;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response
        .getWriter()
        .print(
            "caller=%s\nname=%s\nreports=%s\nother=%s\nbean=%s\n"
                .formatted(
                    security.getCallerPrincipal().getClass().getSimpleName(),
                    security.getCallerPrincipal().getName(),
                    security.isCallerInRole("reports"),
                    security.isCallerInRole("other"),
                    bean()));
  }

  private String bean() {
    try {
      return reports.report();
    } catch (EJBAccessException refused) {
      return "refused";
    }
  }
}
