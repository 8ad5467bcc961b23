package dev.latchkey.core.store;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code latchkey.home}: the folder of the embedded database and of secrets. Only the account that
 * runs Latchkey can read what is in it, and with {@code latchkey.home.group} the members of that
 * group what they need to share the database. Immutable; thread-safe.
 */
public final class HomeFolder {

  private static final Logger LOG = System.getLogger(HomeFolder.class.getName());

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final Set<PosixFilePermission> OWNERS_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> GROUPS_FILE =
      PosixFilePermissions.fromString("rw-rw----");
  private static final Set<PosixFilePermission> OWNERS_FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> GROUPS_FOLDER =
      PosixFilePermissions.fromString("rwxrwx---");

  private final Path folder;
  private final @Nullable GroupPrincipal group;
  private final boolean posix;

  private HomeFolder(Path folder, @Nullable GroupPrincipal group, boolean posix) {
    this.folder = folder;
    this.group = group;
    this.posix = posix;
  }

  /**
   * The folder of the configuration. It is created when it is not there; permissions that let
   * others read it are taken away, from the folder and from the files in it.
   *
   * @throws StoreUnavailableException when it can't be created, or others can read it and that
   *     can't be changed; the message says what to do
   * @throws InvalidConfigurationException when {@code latchkey.home.group} is no group
   */
  public static HomeFolder opened(Settings settings) {
    Path folder = settings.get(Key.HOME).toAbsolutePath().normalize();
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    try {
      if (posix) {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNERS_FOLDER));
      } else {
        Files.createDirectories(folder);
      }
      HomeFolder home =
          new HomeFolder(folder.toRealPath(), posix ? group(settings, folder) : null, posix);
      home.protect();
      return home;
    } catch (IOException notWritable) {
      throw new StoreUnavailableException(
          Key.HOME + " = \"" + folder + "\" is not a folder that can be written to", notWritable);
    }
  }

  private static @Nullable GroupPrincipal group(Settings settings, Path folder) {
    Optional<String> name = settings.get(Key.HOME_GROUP);
    if (name.isEmpty()) {
      return null;
    }
    try {
      return folder
          .getFileSystem()
          .getUserPrincipalLookupService()
          .lookupPrincipalByGroupName(name.get());
    } catch (IOException unknown) {
      throw new InvalidConfigurationException(
          Key.HOME_GROUP + " = \"" + name.get() + "\" is not a group of this system");
    }
  }

  private void protect() throws IOException {
    if (!posix) {
      LOG.log(
          Level.WARNING,
          "the file system of "
              + folder
              + " has no POSIX permissions: make sure that no other account can read this folder");
      return;
    }
    PosixFileAttributes present = Files.readAttributes(folder, PosixFileAttributes.class);
    UserPrincipal me = whoRunsThis();
    if (!present.owner().equals(me)) {
      requireSharedWithMe(present, me);
      return;
    }
    restrict(folder, group == null ? OWNERS_FOLDER : GROUPS_FOLDER);
    tighten();
  }

  // Another account's folder: its group setting must have let this account in, and nobody else.
  private void requireSharedWithMe(PosixFileAttributes present, UserPrincipal me) {
    boolean shared =
        group != null
            && present.group().equals(group)
            && GROUPS_FOLDER.containsAll(present.permissions());
    if (!shared) {
      throw new StoreUnavailableException(
          Key.HOME
              + " = \""
              + folder
              + "\" belongs to the account "
              + present.owner().getName()
              + ", but Latchkey runs as "
              + me.getName()
              + ": give the folder to that account (chown), or share it by a group with "
              + Key.HOME_GROUP
              + " (see docs/servers.md)");
    }
  }

  // By a file that this process makes, since the name in user.name may be anything.
  private UserPrincipal whoRunsThis() throws IOException {
    Path mine =
        Files.createTempFile(
            Path.of(System.getProperty("java.io.tmpdir", "/tmp")), "latchkey", "", ownersFile());
    try {
      return Files.getOwner(mine);
    } finally {
      Files.delete(mine);
    }
  }

  /**
   * Takes away what others may do with the files in the folder: a database makes new ones with
   * whatever permissions the account gives by default.
   *
   * @throws StoreUnavailableException when that can't be done
   */
  public void tighten() {
    if (!posix) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        tighten(file);
      }
    } catch (IOException unreadable) {
      throw new StoreUnavailableException(folder + " can't be read", unreadable);
    }
  }

  private void tighten(Path file) throws IOException {
    try {
      PosixFileAttributes present =
          Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean shared = group != null && isOfTheDatabase(file);
      if (shared && present.isRegularFile()) {
        restrict(file, GROUPS_FILE);
      } else if (!present.isSymbolicLink() && !OWNER.containsAll(present.permissions())) {
        Set<PosixFilePermission> kept = EnumSet.copyOf(OWNER);
        kept.retainAll(present.permissions());
        restrict(file, kept);
      }
    } catch (java.nio.file.NoSuchFileException goneMeanwhile) {
      // A database deletes its lock file when it closes.
    }
  }

  private static boolean isOfTheDatabase(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(EmbeddedDatabase.NAME + '.')
        || name.equals(EmbeddedDatabase.PASSWORD_FILE);
  }

  private void restrict(Path file, Set<PosixFilePermission> wanted) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes present = view.readAttributes();
    boolean forGroup = wanted.contains(PosixFilePermission.GROUP_READ);
    try {
      if (forGroup && group != null && !present.group().equals(group)) {
        view.setGroup(group);
      }
      if (!present.permissions().equals(wanted)) {
        // A link is not followed: what it points to belongs to somebody else's folder.
        Files.setPosixFilePermissions(file, wanted);
      }
    } catch (java.nio.file.NoSuchFileException goneMeanwhile) {
      throw goneMeanwhile;
    } catch (IOException refused) {
      if (wanted.containsAll(present.permissions())
          && (!forGroup || present.group().equals(group))) {
        return;
      }
      throw new StoreUnavailableException(
          file
              + " can be read by other accounts ("
              + PosixFilePermissions.toString(present.permissions())
              + ") and that can't be changed: remove their permissions, or give the file to the"
              + " account that runs Latchkey",
          refused);
    }
  }

  /** The folder, absolute. */
  public Path path() {
    return folder;
  }

  /**
   * Writes a secret into a file of the folder that only its owner can read; replaces an older one.
   *
   * @throws IOException when that is not possible
   */
  public void writeSecret(String name, String secret) throws IOException {
    Files.move(temporary(name, secret), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Deletes a file of the folder, if it is there. */
  public void delete(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
  }

  /**
   * The secret in a file of the folder; makes it when there is none. Several processes may do so at
   * once: all get the same one.
   *
   * @throws StoreUnavailableException when it can't be read or written
   */
  public String secret(String name, Supplier<String> made) {
    Optional<String> present = secret(name);
    if (present.isPresent()) {
      return present.get();
    }
    try {
      Path temporary = temporary(name, made.get());
      try {
        // Only one of several processes succeeds, and nobody ever reads half of a file.
        Files.createLink(folder.resolve(name), temporary);
      } catch (FileAlreadyExistsException anotherWasQuicker) {
        // theirs counts
      } catch (UnsupportedOperationException | IOException noLinks) {
        if (!Files.exists(folder.resolve(name))) {
          Files.copy(temporary, folder.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
      } finally {
        Files.deleteIfExists(temporary);
      }
      tighten(folder.resolve(name));
    } catch (IOException notWritable) {
      throw new StoreUnavailableException(
          folder.resolve(name) + " can't be written: make the folder writable", notWritable);
    }
    return secret(name)
        .orElseThrow(() -> new StoreUnavailableException(folder.resolve(name) + " is not there"));
  }

  /**
   * The secret in a file of the folder; empty when there is no such file.
   *
   * @throws StoreUnavailableException when it can't be read
   */
  public Optional<String> secret(String name) {
    Path file = folder.resolve(name);
    try {
      return Files.exists(file)
          ? Optional.of(Files.readString(file, StandardCharsets.UTF_8).strip())
          : Optional.empty();
    } catch (IOException unreadable) {
      throw new StoreUnavailableException(
          file + " can't be read by the account that runs Latchkey", unreadable);
    }
  }

  private Path temporary(String name, String secret) throws IOException {
    Path temporary = Files.createTempFile(folder, name, "", ownersFile());
    Files.writeString(temporary, secret, StandardCharsets.UTF_8);
    return temporary;
  }

  private FileAttribute<?>[] ownersFile() {
    return posix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNERS_FILE)}
        : new FileAttribute<?>[0];
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
