package dev.latchkey.it.app;

import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.annotation.Resource;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceUnit;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.UserTransaction;
import java.io.IOException;
import org.slf4j.LoggerFactory;

/** Uses the application's own persistence unit, Caffeine and logging, and tells which they are. */
@WebServlet("/notes")
public class NotesServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  @PersistenceUnit private transient EntityManagerFactory factory;
  @Resource private transient UserTransaction transaction;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    long count;
    try {
      transaction.begin();
      EntityManager em = factory.createEntityManager();
      em.joinTransaction();
      em.persist(new Note("by " + request.getRemoteUser()));
      transaction.commit();
      em.close();
      EntityManager reader = factory.createEntityManager();
      count = reader.createQuery("select count(n) from Note n", Long.class).getSingleResult();
      reader.close();
    } catch (Exception failed) {
      throw new ServletException(failed);
    }
    LoggerFactory.getLogger(NotesServlet.class).info("notes: {}", count);
    response
        .getWriter()
        .print(
            "notes=%d\nprovider=%s\ncaffeine=%s\nlogging=%s\n"
                .formatted(
                    count,
                    provider(),
                    Caffeine.class.getProtectionDomain().getCodeSource().getLocation(),
                    LoggerFactory.getILoggerFactory().getClass().getName()));
  }

  private String provider() {
    EntityManager em = factory.createEntityManager();
    try {
      return em.getDelegate().getClass().getName();
    } finally {
      em.close();
    }
  }
}
