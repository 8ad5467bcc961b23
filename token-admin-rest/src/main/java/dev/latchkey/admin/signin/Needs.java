package dev.latchkey.admin.signin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The role that a resource method needs. One without it is refused to everybody. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {

  /** The least role. */
  Role value();

  /** Whether somebody may call it whose first password is still to be changed. */
  boolean beforePasswordChange() default false;
}
