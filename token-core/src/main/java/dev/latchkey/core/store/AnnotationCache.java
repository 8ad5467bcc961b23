package dev.latchkey.core.store;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.jpa.HibernatePersistenceProvider;

/**
 * What Hibernate notes in annotation types by a {@link ClassValue} and never takes back. Where the
 * annotations are the server's and Hibernate is the application's, that holds the application's
 * class loader after it is undeployed.
 */
final class AnnotationCache {

  private static final String CLASS = "org.hibernate.boot.model.internal.BinderHelper";
  private static final String FIELD = "annotationMetaCacheForRepeatableDialectOverride";

  private AnnotationCache() {}

  /** Takes back what was noted in the annotations of these entities. Throws nothing. */
  static void forget(Collection<Class<?>> entities) {
    try {
      ClassLoader mine = AnnotationCache.class.getClassLoader();
      if (HibernatePersistenceProvider.class.getClassLoader() != mine) {
        // The server's Hibernate, which stays.
        return;
      }
      Field cache = Class.forName(CLASS, true, mine).getDeclaredField(FIELD);
      cache.setAccessible(true);
      if (cache.get(null) instanceof ClassValue<?> noted) {
        annotationTypes(entities).forEach(noted::remove);
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError otherHibernate) {
      System.getLogger(AnnotationCache.class.getName())
          .log(
              System.Logger.Level.DEBUG,
              "this Hibernate notes nothing, or elsewhere",
              otherHibernate);
    }
  }

  private static Set<Class<?>> annotationTypes(Collection<Class<?>> entities) {
    Set<Class<?>> types = new HashSet<>();
    for (Class<?> entity : entities) {
      Stream<AnnotatedElement> members =
          Stream.concat(
              Stream.of(entity.getDeclaredFields()), Stream.of(entity.getDeclaredMethods()));
      Stream.concat(Stream.of(entity), members)
          .flatMap(element -> Stream.of(element.getAnnotations()))
          .map(Annotation::annotationType)
          .forEach(types::add);
    }
    return types;
  }
}
