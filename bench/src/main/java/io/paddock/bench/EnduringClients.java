package io.paddock.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Clients that each set a znode of their own twenty times a second, one set at a time, and that
 * stay with their server: when it cuts them they connect to it again, 10 ms later, and send the set
 * that is due once more. They run in a thread of their own; all methods may be called from others.
 */
final class EnduringClients implements AutoCloseable {
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long GREETING_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int SELECT_MILLIS = 2;

  /**
   * What the clients have seen since they were told to count.
   *
   * @param cut clients whose connection ended
   * @param failed sets that were refused, or whose outcome nobody told
   * @param longestNanos the longest time from when a set was due until it was acknowledged
   */
  record Seen(int cut, int failed, long longestNanos) {}

  private final Selector selector;
  private final List<Client> clients = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile IOException failure;

  // Guarded by this.
  private int failed;
  private long longestNanos;
  private long epoch;

  private EnduringClients(List<Endpoint> servers, int count) throws IOException {
    selector = Selector.open();
    long now = System.nanoTime();
    for (int i = 0; i < count; i++) {
      clients.add(new Client(i, servers.get(i % servers.size()), now + PERIOD_NANOS * i / count));
    }
    thread = new Thread(this::run, "bench-enduring-clients");
    thread.setDaemon(true);
  }

  /**
   * Starts them, on the servers in turn, and waits until each has written.
   *
   * @param count the znodes {@link Target#path} up to this number must be there
   */
  static EnduringClients start(List<Endpoint> servers, int count) throws IOException {
    EnduringClients all = new EnduringClients(servers, count);
    all.thread.start();
    try {
      all.awaitWrites(1);
      return all;
    } catch (IOException e) {
      all.close();
      throw e;
    }
  }

  /** Forgets what was seen so far. */
  synchronized void count() {
    failed = 0;
    longestNanos = 0;
    clients.forEach(client -> client.cut = false);
  }

  /** The last epoch that a reply told of. */
  synchronized long epoch() {
    return epoch;
  }

  synchronized Seen seen() {
    return new Seen((int) clients.stream().filter(c -> c.cut).count(), failed, longestNanos);
  }

  /** Waits until each client has so many more sets acknowledged. */
  void awaitWrites(int more) throws IOException {
    synchronized (this) {
      clients.forEach(client -> client.wanted = client.acknowledged + more);
    }
    await("sets of every client", () -> clients.stream().allMatch(c -> c.acknowledged >= c.wanted));
  }

  /** Waits until a reply has told of a later epoch. */
  void awaitEpochAfter(long before) throws IOException {
    await("the next epoch", () -> epoch > before);
  }

  private void await(String what, BooleanSupplier condition) throws IOException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (true) {
      synchronized (this) {
        if (condition.getAsBoolean()) {
          return;
        }
      }
      if (failure != null) {
        throw failure;
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(what + " did not come within 60 s");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(SELECT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  private void run() {
    try {
      while (!stopped) {
        selector.select(SELECT_MILLIS);
        synchronized (this) {
          for (SelectionKey key : selector.selectedKeys()) {
            ((Client) key.attachment()).ready(key);
          }
          selector.selectedKeys().clear();
          for (Client client : clients) {
            client.turn(System.nanoTime());
          }
        }
      }
      for (Client client : clients) {
        client.session.disconnect();
      }
      selector.close();
    } catch (IOException | RuntimeException e) {
      failure = new IOException("the clients stopped", e);
    }
  }

  @Override
  public void close() {
    stopped = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Client implements MovingSession.Listener {
    private final MovingSession session = new MovingSession();
    private final Endpoint server;
    private final byte[] set;
    private long dueNanos;
    private boolean inFlight;
    private long connectNanos;
    private long acknowledged;
    private long wanted;
    private boolean cut;

    Client(int number, Endpoint server, long dueNanos) {
      this.server = server;
      this.set = RequestFrames.setData(Target.path(number), Znodes.data(number));
      this.dueNanos = dueNanos;
      this.connectNanos = dueNanos;
    }

    /** Sends what is due, or connects. */
    void turn(long now) throws IOException {
      try {
        if (session.isGreeted()) {
          if (!inFlight && now >= dueNanos) {
            inFlight = true;
            session.send(set);
          }
        } else if (session.isConnecting()) {
          if (now - connectNanos > GREETING_NANOS_MAX) {
            throw new IOException("no answer");
          }
        } else if (now >= connectNanos) {
          connectNanos = now;
          session.connect(selector, server.address(), this);
        }
      } catch (IOException e) {
        lost();
      }
    }

    void ready(SelectionKey key) throws IOException {
      try {
        if (key.isValid()) {
          session.ready(key, this);
        }
      } catch (IOException e) {
        lost();
      }
    }

    private void lost() throws IOException {
      cut |= session.isGreeted();
      failed += inFlight ? 1 : 0;
      inFlight = false;
      connectNanos = System.nanoTime() + RETRY_NANOS;
      session.disconnect();
    }

    @Override
    public void greeted() {}

    @Override
    public void reply(int xid, long zxid, int err) {
      inFlight = false;
      if (err != 0) {
        failed++;
        return;
      }
      long now = System.nanoTime();
      epoch = Math.max(epoch, zxid >>> 32);
      longestNanos = Math.max(longestNanos, now - dueNanos);
      acknowledged++;
      dueNanos = Math.max(now, dueNanos + PERIOD_NANOS);
    }
  }
}
