package dev.latchkey.nodes;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What lies between one process and PostgreSQL, and fails as networks do: slow, silent, cut, or
 * without notifications, as behind a pooler of connections. Thread-safe.
 */
final class Wire implements AutoCloseable {

  private static final byte NOTIFICATION = 'A';

  private volatile int target;
  private final ServerSocket entrance;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile int swallowed;
  private volatile boolean silent;
  private volatile boolean refusing;
  private volatile boolean withoutNotifications;
  private volatile Duration delay = Duration.ZERO;

  private Wire(int target, ServerSocket entrance) {
    this.target = target;
    this.entrance = entrance;
  }

  /** A wire to a port of this machine. */
  static Wire to(int target) {
    try {
      Wire wire = new Wire(target, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
      run("wire", wire::accept);
      return wire;
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
  }

  int port() {
    return entrance.getLocalPort();
  }

  /** New connections lead to another port of this machine. */
  void leadsTo(int otherTarget) {
    target = otherTarget;
  }

  /** Nothing comes through any more, and nobody is told. */
  void falls() {
    silent = true;
  }

  /**
   * What is said over the connections that are open comes through no more, for ever, and nobody is
   * told: a firewall has forgotten them. New ones work.
   */
  void forgetsConnections() {
    swallowed = connections.get();
  }

  /** Each statement takes so long. */
  void slows(Duration perStatement) {
    delay = perStatement;
  }

  /** All connections are closed, and new ones at once. */
  void isCut() {
    refusing = true;
    closeAll();
  }

  /** All connections are closed once; new ones are taken. */
  void isInterrupted() {
    closeAll();
  }

  void losesNotifications() {
    withoutNotifications = true;
  }

  /** All is well again. */
  void isMended() {
    refusing = false;
    withoutNotifications = false;
    delay = Duration.ZERO;
    lock.lock();
    try {
      silent = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        if (refusing) {
          near.close();
          continue;
        }
        connect(near);
      } catch (IOException closed) {
        // the next one, or the end
      }
    }
  }

  private void connect(Socket near) throws IOException {
    Socket far;
    try {
      far = new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException nobodyThere) {
      near.close();
      return;
    }
    for (Socket end : new Socket[] {near, far}) {
      end.setTcpNoDelay(true);
      open.add(end);
    }
    int number = connections.incrementAndGet();
    run("wire-out", () -> pump(near, far, (from, to) -> questions(number, from, to)));
    run("wire-in", () -> pump(far, near, this::answers));
  }

  private interface Pump {
    void run(InputStream from, OutputStream to) throws IOException, InterruptedException;
  }

  private void pump(Socket from, Socket to, Pump pump) {
    try (from;
        to) {
      pump.run(from.getInputStream(), to.getOutputStream());
    } catch (IOException ended) {
      // as wires do
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private void questions(int number, InputStream from, OutputStream to)
      throws IOException, InterruptedException {
    byte[] chunk = new byte[8192];
    for (int length = from.read(chunk); length >= 0; length = from.read(chunk)) {
      if (number <= swallowed) {
        continue;
      }
      hold();
      if (!delay.isZero()) {
        Thread.sleep(delay.toMillis());
      }
      to.write(chunk, 0, length);
      to.flush();
    }
  }

  // Message by message: a type, a length that counts itself, and the rest.
  private void answers(InputStream from, OutputStream to) throws IOException, InterruptedException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(from));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to));
    while (true) {
      int type = in.read();
      if (type < 0) {
        return;
      }
      int length = in.readInt();
      byte[] rest = in.readNBytes(length - Integer.BYTES);
      hold();
      if (type != NOTIFICATION || !withoutNotifications) {
        out.writeByte(type);
        out.writeInt(length);
        out.write(rest);
      }
      if (in.available() == 0) {
        out.flush();
      }
    }
  }

  private void hold() throws InterruptedException {
    if (silent) {
      lock.lock();
      try {
        while (silent) {
          changed.await();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void closeAll() {
    for (Socket each : Set.copyOf(open)) {
      try {
        each.close();
      } catch (IOException closed) {
        // that is what was wanted
      }
    }
  }

  private static void run(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    isMended();
    entrance.close();
    closeAll();
  }
}
