package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.History.Change;
import io.paddock.oracle.History.Read;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Clients at work on an ensemble, moving between its servers, each on a thread and drawing from a
 * seed; and the audit of what they saw: everything there is, read on each server, and then {@link
 * HistoryChecker}.
 */
final class RecordedLoad implements AutoCloseable {
  static final long PATIENCE_NANOS = 90_000_000_000L;
  private static final int SESSION_MS = 8_000;
  private static final int REGISTERS = 4;
  private static final int SAMPLE = 40;
  private static final int TOLD_MAX = 12;
  private static final long PACE_NANOS = 4_000_000;
  private static final List<String> PARENTS = List.of("/c", "/m", "/s", "/e");

  private final History history = new History();
  private final String root;
  private final List<InetSocketAddress> servers;
  private final List<Worker> workers = new ArrayList<>();
  private final Random random;
  private volatile boolean resting;
  private volatile boolean ending;
  private int audits;

  /**
   * @param root where they work, not there yet
   * @param servers whose clients they are; the audit reads each
   */
  RecordedLoad(String root, List<InetSocketAddress> servers, int clients, long seed) {
    this.root = root;
    this.servers = List.copyOf(servers);
    this.random = new Random(seed);
    prepare();
    for (int i = 1; i <= clients; i++) {
      Worker worker = new Worker("c" + i, random.nextLong());
      workers.add(worker);
      worker.thread.start();
    }
  }

  History history() {
    return history;
  }

  private void prepare() {
    RecordedClient client = new RecordedClient("p", history, SESSION_MS);
    await("a session to begin with", () -> client.connect(any(random)));
    List<String> paths = new ArrayList<>(List.of("", "/left", "/right"));
    paths.addAll(PARENTS);
    for (int i = 0; i < REGISTERS; i++) {
      paths.add(register(i));
    }
    for (String path : paths) {
      client.write(client.newValue(), List.of(Change.create(root + path)));
    }
    assertThat(client.flush()).as("making what is worked on").isTrue();
    assertThat(client.done()).isEqualTo(paths.size());
    client.endSession();
  }

  private static String register(int i) {
    return "/reg" + i;
  }

  private InetSocketAddress any(Random dice) {
    return servers.get(dice.nextInt(servers.size()));
  }

  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as("no %s", what).isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Waits until each client has had so many more writes acknowledged. */
  void awaitProgress(int writes) {
    List<Integer> targets = new ArrayList<>();
    workers.forEach(worker -> targets.add(worker.done.get() + writes));
    for (Worker worker : workers) {
      int target = targets.remove(0);
      await(
          "progress of " + worker.thread.getName(),
          () -> worker.done.get() >= target || worker.failure != null);
      worker.assertSound();
    }
  }

  int acknowledged() {
    return workers.stream().mapToInt(worker -> worker.done.get()).sum();
  }

  /** Has the clients rest, reads everything on every server, and checks what was seen so far. */
  void audit(String after) {
    resting = true;
    try {
      for (Worker worker : workers) {
        await("rest of " + worker.thread.getName(), () -> worker.rests || !worker.isAlive());
        worker.assertSound();
      }
      for (InetSocketAddress server : servers) {
        read(server);
      }
      check(after);
    } finally {
      resting = false;
    }
  }

  private void check(String after) {
    List<String> violations = HistoryChecker.violations(history.copy());
    assertThat(violations).as("after %s, and %d writes", after, history.writesDone()).isEmpty();
  }

  private void read(InetSocketAddress server) {
    RecordedClient client = new RecordedClient("a" + ++audits, history, SESSION_MS);
    await("audit of " + server, () -> readOnce(client, server));
  }

  private boolean readOnce(RecordedClient client, InetSocketAddress server) {
    boolean connected = client.isConnected() || client.connect(server);
    if (!connected || !client.sync(root)) {
      return false;
    }
    List<String> paths = new ArrayList<>(List.of("/left", "/right"));
    for (int i = 0; i < REGISTERS; i++) {
      paths.add(register(i));
    }
    for (String parent : PARENTS) {
      client.list(root + parent);
      if (!client.flush()) {
        return false;
      }
      List<String> names = client.lastNames();
      for (int i = 0; i < Math.min(SAMPLE, names.size()); i++) {
        boolean all = names.size() <= SAMPLE;
        paths.add(parent + "/" + names.get(all ? i : random.nextInt(names.size())));
      }
    }
    paths.forEach(path -> client.get(root + path, false));
    return client.flush() && client.endSession();
  }

  /** Ends all sessions, and waits until nothing is left of those that were not ended. */
  void end() {
    ending = true;
    for (Worker worker : workers) {
      await("end of " + worker.thread.getName(), () -> !worker.isAlive());
      worker.assertSound();
    }
    RecordedClient client = new RecordedClient("z", history, SESSION_MS);
    await(
        "end of the last ephemeral",
        () -> {
          boolean listed = client.isConnected() || client.connect(any(random));
          if (listed && client.sync(root)) {
            client.list(root + "/e");
            return client.flush() && client.lastNames().isEmpty();
          }
          return false;
        });
    client.endSession();
    for (InetSocketAddress server : servers) {
      read(server);
    }
    check("the end");
  }

  @Override
  public void close() {
    ending = true;
    workers.forEach(worker -> worker.thread.interrupt());
    for (Worker worker : workers) {
      try {
        worker.thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** One client's thread. */
  private final class Worker {
    private final Random dice;
    private final RecordedClient client;
    private final Thread thread;
    private final AtomicInteger done = new AtomicInteger();
    private final List<String> mine = new ArrayList<>();
    private volatile boolean rests;
    private volatile Throwable failure;

    /** The server that is tried next. */
    private int at;

    /** The session whose ephemeral was asked for. */
    private long ephemeralOf;

    Worker(String name, long seed) {
      dice = new Random(seed);
      client = new RecordedClient(name, history, SESSION_MS);
      at = dice.nextInt(servers.size());
      thread = new Thread(this::run, "client " + name);
      thread.setDaemon(true);
    }

    boolean isAlive() {
      return thread.isAlive();
    }

    void assertSound() {
      if (failure != null) {
        throw new AssertionError(thread.getName(), failure);
      }
    }

    private void run() {
      try (client) {
        while (!ending) {
          rests = resting;
          if (rests) {
            rest();
          } else {
            work();
          }
        }
        finish();
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }

    private void rest() {
      if (client.isConnected()) {
        client.ping();
      }
      LockSupport.parkNanos(50_000_000);
    }

    private void work() {
      if (!client.isConnected()) {
        connect();
        return;
      }
      burst();
      LockSupport.parkNanos(PACE_NANOS);
    }

    /** In turn, as client libraries do. */
    private boolean connect() {
      boolean connected = client.connect(servers.get(at));
      if (!connected) {
        at = (at + 1) % servers.size();
        LockSupport.parkNanos(30_000_000);
      }
      return connected;
    }

    /** A client that has lost its server tries another first. */
    private void moveOn() {
      at = (at + 1 + dice.nextInt(Math.max(1, servers.size() - 1))) % servers.size();
    }

    private void burst() {
      int chance = dice.nextInt(1000);
      if (chance < 3) {
        client.endSession();
      } else if (chance < 5) {
        client.abandon();
      } else if (chance < 20) {
        client.drop();
        moveOn();
      } else {
        if (ephemeralOf != client.session()) {
          ephemeralOf = client.session();
          String value = client.newValue();
          client.write(value, List.of(Change.ephemeral(root + "/e/" + value)));
        }
        for (int n = 1 + dice.nextInt(4); n > 0; n--) {
          request();
        }
        if (!client.flush()) {
          moveOn();
        }
        done.set(client.done());
      }
    }

    private void request() {
      String value = client.newValue();
      int chance = dice.nextInt(100);
      if (chance < 22) {
        client.write(value, List.of(Change.set(aRegister(), -1)));
      } else if (chance < 32) {
        Read last = client.lastRead();
        if (last != null && last.path().startsWith(root + "/reg")) {
          client.write(value, List.of(Change.set(last.path(), last.version())));
        }
      } else if (chance < 44) {
        client.write(
            value,
            List.of(
                Change.set(root + "/left", -1),
                Change.create(root + "/m/" + value),
                Change.set(root + "/right", -1)));
      } else if (chance < 54) {
        client.write(value, List.of(Change.create(root + "/c/" + value)));
        mine.add(root + "/c/" + value);
      } else if (chance < 58 && !mine.isEmpty()) {
        client.write(value, List.of(Change.delete(mine.remove(dice.nextInt(mine.size())))));
      } else if (chance < 66) {
        client.write(value, List.of(Change.sequential(root + "/s/" + value + "-")));
      } else if (chance < 67) {
        client.list(root + PARENTS.get(dice.nextInt(PARENTS.size())));
      } else if (chance < 76) {
        client.get(root + "/left", false);
        client.get(root + "/right", false);
      } else if (chance < 80 && !mine.isEmpty()) {
        client.get(mine.get(dice.nextInt(mine.size())), false);
      } else {
        client.get(aRegister(), dice.nextInt(3) == 0);
      }
    }

    private String aRegister() {
      return root + register(dice.nextInt(REGISTERS));
    }

    private void finish() {
      long start = System.nanoTime();
      while (client.hasSession() && System.nanoTime() - start < PATIENCE_NANOS) {
        if (client.isConnected() || connect()) {
          client.write(client.newValue(), List.of(Change.set(aRegister(), -1)));
          if (client.flush()) {
            client.endSession();
          }
        } else if (Thread.interrupted()) {
          return;
        }
      }
    }
  }
}
