package dev.latchkey.bench;

import dev.latchkey.core.JpaModel;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.thirdparty.ThirdParty;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts one thing in a process that has done nothing before, and prints two numbers of
 * milliseconds: until what was called to start it returned, and until it has given its first
 * answer. Arguments: what to start; the file in which an installation is written down.
 */
public final class Start {

  private Start() {}

  /** What is started. */
  enum Kind {
    /** A pool of connections and one statement through it. */
    POOL {
      @Override
      Runnable begin(Installation installation) {
        PlainStore store = new PlainStore(installation, 1);
        return () -> {
          if (store.ask(installation.active().get(0)) == null) {
            throw new IllegalStateException("refused");
          }
        };
      }
    },

    /** Our database with its entities: the pool, the version of its tables, Hibernate. */
    ENTITIES {
      @Override
      Runnable begin(Installation installation) {
        Settings settings =
            Settings.read(
                Map.of(),
                Map.of(
                    "latchkey.jdbc.url", installation.url(),
                    "latchkey.jdbc.user", installation.user()),
                Map.of(),
                Map.of());
        Database database =
            Database.open(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
        return () -> database.read(em -> em.find(ThirdParty.class, "none") == null);
      }
    },

    /** The filter, as a container makes it. */
    FILTER {
      @Override
      Runnable begin(Installation installation) throws Exception {
        Application application = application(Peer.LATCHKEY, installation);
        return () -> call(application);
      }
    };

    abstract Runnable begin(Installation installation) throws Exception;
  }

  /** Starts what the arguments say. */
  public static void main(String[] args) throws Exception {
    Installation installation = Installation.read(Path.of(args[1]));
    // What stands around the filter is the container's, and there before it.
    call(application(Peer.BARE, installation));
    long start = System.nanoTime();
    Runnable first = Kind.valueOf(args[0]).begin(installation);
    double begun = (System.nanoTime() - start) / 1e6;
    first.run();
    double answered = (System.nanoTime() - start) / 1e6;
    System.out.println(begun + " " + answered);
    // Threads of pools and nodes go on.
    Runtime.getRuntime().halt(0);
  }

  private static Application application(Peer peer, Installation installation) throws Exception {
    return new Application(peer, installation, Map.of(), List.of(installation.active().get(0)));
  }

  private static void call(Application application) {
    try {
      application.warmUp(true);
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }
}
