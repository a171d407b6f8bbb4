package io.paddock.server;

import io.netty.channel.EventLoop;
import io.paddock.config.JournalPaths;
import io.paddock.config.ZooCfg;
import io.paddock.frontend.Lane;
import io.paddock.frontend.Traffic;
import io.paddock.frontend.Watches;
import io.paddock.journal.DiskFailedException;
import io.paddock.journal.Journal;
import io.paddock.machine.DataLoader;
import io.paddock.machine.Workers;
import io.paddock.metrics.ConnectionInfo;
import io.paddock.metrics.ServerMetrics;
import io.paddock.operators.MemberView;
import io.paddock.operators.ServerMode;
import io.paddock.operators.ServerStatus;
import io.paddock.replica.Service;
import io.paddock.replica.ZxidDigest;
import io.paddock.tree.AccessControl;
import io.paddock.tree.QuotaFigures;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The status of a running server. What belongs to a loop is copied by that loop; the tree is
 * immutable and read where it stands.
 */
final class LiveStatus implements ServerStatus {
  private static final long NANOS_PER_MS = 1_000_000;
  private static final int READS = 1;
  private static final int WRITES = 4;

  private volatile ZooCfg config;
  private final ServerMetrics metrics;
  private final CoreLoop core;
  private final List<ClientLoop> clientLoops;
  private final Journal journal;
  private final AccessControl access;

  /** Null for a server alone. */
  private volatile EnsembleMember member;

  private final long startedMs = System.currentTimeMillis();
  private final long startedNanos = System.nanoTime();
  private volatile boolean serving;
  private volatile int clientPort = -1;
  private volatile int secureClientPort = -1;
  private volatile ServerMode mode = ServerMode.STANDALONE;

  LiveStatus(
      ZooCfg config,
      ServerMetrics metrics,
      CoreLoop core,
      List<ClientLoop> clientLoops,
      Journal journal,
      AccessControl access) {
    this.config = config;
    this.metrics = metrics;
    this.core = core;
    this.clientLoops = clientLoops;
    this.journal = journal;
    this.access = access;
  }

  /** The server is a member; told before it serves. */
  void member(EnsembleMember ofEnsemble) {
    member = ofEnsemble;
  }

  /** The server alone is a member from now on. */
  void joined(ZooCfg asMember, EnsembleMember newMember) {
    config = asMember;
    member(newMember);
  }

  void serving(boolean now) {
    serving = now;
  }

  void mode(ServerMode now) {
    mode = now;
  }

  /** Where clients connect now; -1 for nowhere. */
  void bound(int port, int securePort) {
    clientPort = port;
    secureClientPort = securePort;
  }

  @Override
  public int secureClientPort() {
    return secureClientPort;
  }

  @Override
  public boolean serving() {
    return serving;
  }

  @Override
  public boolean servesClients() {
    return serving && core.service() != Service.NONE;
  }

  @Override
  public ServerMode mode() {
    return mode;
  }

  @Override
  public ZooCfg config() {
    return config;
  }

  @Override
  public int clientPort() {
    return clientPort;
  }

  @Override
  public ServerMetrics metrics() {
    return metrics;
  }

  @Override
  public int outstanding() {
    return core.outstanding();
  }

  @Override
  public long uptimeMs() {
    return (System.nanoTime() - startedNanos) / NANOS_PER_MS;
  }

  @Override
  public TreeFigures tree() {
    Tree tree = core.tree();
    return new TreeFigures(
        tree.zxid(),
        tree.nodeCount(),
        tree.ephemeralCount(),
        tree.dataBytes(),
        tree.sessionCount());
  }

  @Override
  public SortedMap<String, QuotaFigures> quotas() {
    return core.tree().quotaFigures();
  }

  @Override
  public int localSessions() {
    return core.localSessions();
  }

  @Override
  public CompletableFuture<Optional<MemberView>> member() {
    if (member == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    String host = config.clientPort().host();
    String address = (host == null ? "0.0.0.0" : host) + ":" + clientPort;
    long myId = config.membership().orElseThrow().myId();
    return in(
        core.loop(),
        () ->
            core.replica()
                .memberFigures()
                .map(
                    figures ->
                        new MemberView(myId, address, figures, member.learnerConnections())));
  }

  @Override
  public SortedMap<Long, Integer> sessionTimeouts() {
    SortedMap<Long, Integer> timeouts = new TreeMap<>();
    core.tree().forEachSession(timeouts::put);
    return timeouts;
  }

  @Override
  public SortedMap<Long, List<String>> ephemerals() {
    SortedMap<Long, List<String>> paths = new TreeMap<>();
    core.tree()
        .forEachEphemeralOwner((sessionId, owned) -> paths.put(sessionId, List.copyOf(owned)));
    return paths;
  }

  @Override
  public CompletableFuture<NavigableMap<Long, List<Long>>> sessionsByExpiry() {
    return in(
        core.loop(),
        () -> {
          long wallMinusMonotonic = System.currentTimeMillis() - System.nanoTime() / NANOS_PER_MS;
          NavigableMap<Long, List<Long>> sessions = new TreeMap<>();
          core.replica()
              .sessionsByDeadline()
              .forEach((deadline, ids) -> sessions.put(deadline + wallMinusMonotonic, ids));
          return sessions;
        });
  }

  @Override
  public CompletableFuture<List<ConnectionInfo>> connections() {
    return fromLoops(
        loop -> {
          List<ConnectionInfo> infos = new ArrayList<>();
          loop.channels().forEach(channel -> infos.add(info(channel)));
          return infos;
        });
  }

  @Override
  public void resetConnectionStats() {
    for (ClientLoop loop : clientLoops) {
      loop.loop()
          .execute(() -> loop.channels().forEach(channel -> channel.lane().traffic().reset()));
    }
  }

  @Override
  public CompletableFuture<SortedMap<Long, List<String>>> watchedPaths() {
    return this.<Watched>fromLoops(
            loop -> {
              List<Watched> watched = new ArrayList<>();
              loop.view()
                  .watches()
                  .forEach(
                      (path, watcher, modes) -> {
                        if ((modes & Watches.DATA_TABLE) != 0 && watcher instanceof Lane lane) {
                          watched.add(new Watched(lane.sessionId(), path));
                        }
                      });
              return watched;
            })
        .thenApply(
            all -> {
              SortedMap<Long, List<String>> bySession = new TreeMap<>();
              all.forEach(
                  w -> bySession.computeIfAbsent(w.sessionId, id -> new ArrayList<>()).add(w.path));
              return bySession;
            });
  }

  private record Watched(long sessionId, String path) {}

  @Override
  public CompletableFuture<List<ZxidDigest>> digests() {
    return in(core.loop(), () -> core.replica().digests());
  }

  @Override
  public SnapshotFile lastSnapshot() {
    Path directory = config.journal().dataDir().resolve(JournalPaths.VERSION);
    SnapshotFile last = new SnapshotFile(directory, 0, startedMs);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String[] parts = file.getFileName().toString().split("\\.");
        if (parts.length < 2 || !parts[0].equals("snapshot")) {
          continue;
        }
        long zxid = Long.parseUnsignedLong(parts[1], 16);
        if (zxid >= last.zxid()) {
          last = new SnapshotFile(file, zxid, Files.getLastModifiedTime(file).toMillis());
        }
      }
    } catch (IOException | NumberFormatException e) {
      return last;
    }
    return last;
  }

  @Override
  public CompletableFuture<SnapshotFile> takeSnapshot() {
    Tree tree = core.tree();
    CompletableFuture<SnapshotFile> written = new CompletableFuture<>();
    Runnable write =
        () -> {
          try {
            DataLoader.writeSnapshot(journal, tree, config.tree().digestEnabled());
            written.complete(lastSnapshot());
          } catch (IOException | RuntimeException e) {
            written.completeExceptionally(e);
            if (e instanceof DiskFailedException) {
              core.failed(e);
            }
          } catch (Error e) {
            written.completeExceptionally(e);
            throw e;
          }
        };
    try {
      core.guard().daemon(write, "paddock-admin-snapshot").start();
    } catch (OutOfMemoryError e) {
      written.completeExceptionally(
          new IOException("no thread could be started for it; " + Workers.RAISE_THREADS, e));
    }
    return written;
  }

  @Override
  public CompletableFuture<Void> round() {
    CompletableFuture<Void> round = inLoop(core.loop(), core::checkGoes);
    for (ClientLoop loop : clientLoops) {
      round = round.thenCombine(inLoop(loop.loop(), () -> {}), (all, one) -> null);
    }
    return round;
  }

  private static CompletableFuture<Void> inLoop(EventLoop loop, Runnable step) {
    try {
      return CompletableFuture.runAsync(step, loop);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Access access(String scheme, byte[] auth, InetAddress peer, String certified) {
    // Unlike a client's, address and certificate are an identity only to who asks by them.
    List<Id> ids =
        scheme.equals("x509")
            ? certified == null ? null : access.certified(certified)
            : access.authenticate(scheme, auth, peer.getHostAddress());
    if (ids == null) {
      return Access.NOT_AUTHENTICATED;
    }
    for (int perm = Acl.READ; perm <= Acl.ADMIN; perm <<= 1) {
      if (!access.permits(core.tree().root().acl(), perm, ids)) {
        return Access.NOT_AUTHORIZED;
      }
    }
    return Access.GRANTED;
  }

  private static ConnectionInfo info(ClientChannel channel) {
    Traffic traffic = channel.lane().traffic();
    long count = traffic.latencyCount();
    // A connection that has asked a four-letter word is not listened to any more.
    int interest =
        (channel.channel().config().isAutoRead() && !channel.isAnswering() ? READS : 0)
            + (channel.channel().isWritable() ? 0 : WRITES);
    return new ConnectionInfo(
        channel.remote(),
        channel.isSecure(),
        interest,
        channel.lane().outstanding(),
        traffic.received() + (channel.isAnswering() ? 1 : 0),
        traffic.sent(),
        channel.lane().isEstablished() ? channel.lane().sessionId() : 0,
        traffic.lastOp() == null ? "NA" : traffic.lastOp().shortName(),
        channel.openedMs(),
        channel.lane().timeoutMs(),
        traffic.lastCxid(),
        traffic.lastZxid(),
        traffic.lastReplyNanos() / NANOS_PER_MS,
        traffic.lastLatencyMs(),
        traffic.latencyMinMs(),
        count == 0 ? 0 : traffic.latencySumMs() / count,
        traffic.latencyMaxMs());
  }

  private <T> CompletableFuture<List<T>> fromLoops(Function<ClientLoop, List<T>> copy) {
    CompletableFuture<List<T>> all = CompletableFuture.completedFuture(List.of());
    for (ClientLoop loop : clientLoops) {
      all =
          all.thenCombine(
              in(loop.loop(), () -> copy.apply(loop)),
              (before, more) -> Stream.concat(before.stream(), more.stream()).toList());
    }
    return all;
  }

  private static <T> CompletableFuture<T> in(EventLoop loop, java.util.function.Supplier<T> copy) {
    return CompletableFuture.supplyAsync(copy, loop);
  }
}
