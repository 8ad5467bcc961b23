package dev.latchkey.core.administer;

import dev.latchkey.core.store.HomeFolder;
import dev.latchkey.core.store.StoreUnavailableException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the audit trail was when this node looked last, and where its authenticated part begins: in
 * a file of the home folder, where nobody can change it who has the database alone. Thread-safe.
 */
final class AuditCheckpoint {

  private static final Logger LOG = System.getLogger(AuditCheckpoint.class.getName());
  private static final String FILE = "audit-checkpoint";

  private final @Nullable HomeFolder home;

  /**
   * A checkpoint.
   *
   * @param home null to keep none
   */
  AuditCheckpoint(@Nullable HomeFolder home) {
    this.home = home;
  }

  /** The anchors that were kept: the first authenticated event, and the last one that was seen. */
  List<AuditAnchor> kept() {
    return home == null
        ? List.of()
        : home.secret(FILE).stream()
            .flatMap(String::lines)
            .map(AuditAnchor::read)
            .flatMap(Optional::stream)
            .toList();
  }

  /** Keeps these anchors in place of those from before. */
  void keep(List<AuditAnchor> anchors) {
    if (home == null || anchors.equals(kept())) {
      return;
    }
    try {
      home.writeSecret(
          FILE, String.join("\n", anchors.stream().map(AuditAnchor::toString).toList()));
    } catch (IOException | StoreUnavailableException notWritten) {
      LOG.log(Level.WARNING, "the checkpoint of the audit trail can't be written", notWritten);
    }
  }
}
