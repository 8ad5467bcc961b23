package dev.latchkey.nodes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file system of a few megabytes, in memory, which only root may make. */
final class SmallDisk implements AutoCloseable {

  private static final int[] PIECES = {1 << 20, 1 << 12};

  private final Path folder;
  private final Thread atExit;

  private SmallDisk(Path folder) {
    this.folder = folder;
    this.atExit = new Thread(this::unmount);
  }

  /**
   * Mounts it.
   *
   * @throws IOException when that is refused
   */
  static SmallDisk mounted(Path folder, int mebibytes) throws IOException {
    Files.createDirectories(folder);
    SmallDisk disk = new SmallDisk(folder);
    run(
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=" + mebibytes + "m,mode=0700",
        "latchkey-test",
        folder.toString());
    Runtime.getRuntime().addShutdownHook(disk.atExit);
    return disk;
  }

  Path folder() {
    return folder;
  }

  /** Takes all the space that is left. */
  void fillsUp() throws IOException {
    try (FileChannel ballast =
        FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int size : PIECES) {
        while (takes(ballast, size)) {
          // and more
        }
      }
    }
  }

  private static boolean takes(FileChannel ballast, int size) {
    try {
      return ballast.write(ByteBuffer.allocate(size)) == size;
    } catch (IOException full) {
      return false;
    }
  }

  void hasSpaceAgain() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  private void unmount() {
    try {
      // Lazily: what still ends there must not keep it.
      run("umount", "-l", folder.toString());
    } catch (IOException stillThere) {
      System.err.println(folder + " is still mounted: " + stillThere);
    }
  }

  private static void run(String... words) throws IOException {
    Process process = new ProcessBuilder(List.of(words)).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(said);
    }
  }

  @Override
  public void close() {
    unmount();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
