package dev.latchkey.core.administer;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The conditions of a query that has some of them only sometimes. */
final class Criteria {

  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> parameters = new HashMap<>();

  /** Adds a condition on a parameter, when there is a value for it. */
  Criteria and(String condition, String parameter, @Nullable Object value) {
    if (value != null) {
      conditions.add(condition);
      parameters.put(parameter, value);
    }
    return this;
  }

  /** Adds a condition. */
  Criteria and(String condition) {
    conditions.add(condition);
    return this;
  }

  /** Gives a value to a parameter of a condition that was added. */
  Criteria with(String parameter, Object value) {
    parameters.put(parameter, value);
    return this;
  }

  <T> List<T> list(EntityManager em, String select, String order, Class<T> type, int atMost) {
    String where = conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    TypedQuery<T> query = em.createQuery(select + where + " order by " + order, type);
    parameters.forEach(query::setParameter);
    return query.setMaxResults(atMost).getResultList();
  }
}
