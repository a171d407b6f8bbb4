package io.paddock.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;

/**
 * One contestant through a run of the benchmark: its long-lived server or ensemble for the short
 * measurements, and servers of their own for the others. Not thread-safe.
 */
final class Target implements AutoCloseable {
  /** Znodes that gets read and sets write. */
  static final int ZNODES = 1000;

  static final int SESSION_TIMEOUT_MILLIS = 600_000;

  /** Apache's default, in both servers. */
  static final int SNAP_COUNT = 100_000;

  private final ServerKind kind;
  private final Settings settings;
  private final Path folder;
  private final Jcmd jcmd;
  private ServerProcess lasting;
  private EnsembleProcess lastingEnsemble;
  private boolean hasWideZnode;
  private final List<ServerProcess> started = new CopyOnWriteArrayList<>();

  Target(ServerKind kind, Settings settings, Path folder) throws IOException {
    this.kind = kind;
    this.settings = settings;
    this.folder = folder;
    this.jcmd = new Jcmd(settings.java());
  }

  ServerKind kind() {
    return kind;
  }

  Settings.Sizes sizes() {
    return settings.sizes();
  }

  Settings settings() {
    return settings;
  }

  Jcmd jcmd() {
    return jcmd;
  }

  static String path(int number) {
    return String.format("/bench/n%07d", number);
  }

  /** The server of the short measurements, with {@link #ZNODES} znodes. */
  ServerProcess lasting() throws IOException {
    if (lasting == null || !lasting.isAlive()) {
      closeLasting();
      lasting = startServer(SNAP_COUNT, List.of());
      populate(lasting, "/bench", ZNODES, Target::path);
    }
    return lasting;
  }

  /** That server, with {@code /wide} and its many children besides. */
  ServerProcess withWideZnode() throws IOException {
    ServerProcess server = lasting();
    if (!hasWideZnode) {
      populate(server, "/wide", sizes().children(), WideChildren::child);
      hasWideZnode = true;
    }
    return server;
  }

  /** A server of its own on empty data, which the caller closes. */
  ServerProcess startServer(int snapCount, List<String> flags) throws IOException {
    Path own = folder.resolve(kind.id() + "-" + started.size());
    ServerProcess server = ServerProcess.prepare(kind, settings, own, snapCount, flags);
    started.add(server);
    try {
      server.launch();
      server.awaitServing();
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** The ensemble of the short measurements, with {@link #ZNODES} znodes on every server. */
  EnsembleProcess lastingEnsemble() throws IOException {
    if (lastingEnsemble == null || !lastingEnsemble.isWhole()) {
      closeLasting();
      lastingEnsemble = startEnsemble();
      populate(lastingEnsemble.leader(), "/bench", ZNODES, Target::path);
      lastingEnsemble.awaitEverywhere(path(ZNODES - 1), ZNODES - 1);
    }
    return lastingEnsemble;
  }

  /** An ensemble of its own on empty data, which the caller closes. */
  EnsembleProcess startEnsemble() throws IOException {
    return startEnsemble(List.of());
  }

  /**
   * The same with further settings.
   *
   * @param more further lines of each zoo.cfg
   */
  EnsembleProcess startEnsemble(List<String> more) throws IOException {
    Path own = folder.resolve(kind.id() + "-" + started.size());
    EnsembleProcess ensemble = EnsembleProcess.prepare(kind, settings, own, SNAP_COUNT, more);
    started.addAll(ensemble.servers());
    try {
      ensemble.launch();
      return ensemble;
    } catch (IOException e) {
      ensemble.close();
      throw e;
    }
  }

  /** A session on the server, or many, that no idle time ends. */
  static Driver connect(ServerProcess server, int sessions) throws IOException {
    return Driver.connect(server.endpoint(), sessions, SESSION_TIMEOUT_MILLIS);
  }

  void closeLasting() throws IOException {
    if (lasting != null) {
      lasting.close();
      lasting = null;
      hasWideZnode = false;
    }
    if (lastingEnsemble != null) {
      lastingEnsemble.close();
      lastingEnsemble = null;
    }
  }

  /** Kills every server that was started; for the moment when the benchmark itself is ended. */
  void killAll() {
    started.forEach(ServerProcess::kill);
  }

  @Override
  public void close() throws IOException {
    closeLasting();
  }

  /** Creates a parent and numbered znodes with their data under it. */
  static void populate(ServerProcess server, String parent, int count, IntFunction<String> path)
      throws IOException {
    try (Driver driver = connect(server, 1)) {
      createAll(driver, 1, i -> parent);
      createAll(driver, count, path);
    }
  }

  private static void createAll(Driver driver, int count, IntFunction<String> path)
      throws IOException {
    int firstXid = driver.sessions().get(0).nextXid();
    LoadResult result = driver.counted(Sequence.creates(firstXid, path), 128, count, () -> 0);
    if (result.replies() != count) {
      throw new IOException(
          "of " + count + " znodes to create, " + result.errors() + " were refused");
    }
  }
}
