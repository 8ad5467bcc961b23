package dev.latchkey.it.app;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/** A row of the application's own. */
@Entity
public class Note {

  @Id @GeneratedValue private @Nullable Long id;
  private @Nullable String text;

  /** For the provider. */
  public Note() {}

  /** A note. */
  public Note(String text) {
    this.text = text;
  }

  /** Its key; null before it is stored. */
  public @Nullable Long id() {
    return id;
  }

  /** What it says. */
  public @Nullable String text() {
    return text;
  }
}
