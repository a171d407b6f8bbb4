package io.paddock.operators;

import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.metrics.ConnectionInfo;
import io.paddock.metrics.ServerMetrics;
import io.paddock.replica.ZxidDigest;
import io.paddock.tree.QuotaFigures;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A server that is nothing but figures, set by tests. */
final class FakeStatus implements ServerStatus {
  static final long SESSION = 0x100000e358f0001L;

  final Map<String, String> settings = new HashMap<>();
  final ServerMetrics metrics = new ServerMetrics(1000);
  final List<ConnectionInfo> connections = new ArrayList<>();
  final TreeMap<Long, List<String>> watched = new TreeMap<>();
  final TreeMap<Long, List<String>> ephemerals = new TreeMap<>();
  final TreeMap<Long, List<Long>> sessions = new TreeMap<>();
  final TreeMap<String, QuotaFigures> quotas = new TreeMap<>();
  Optional<MemberView> member = Optional.empty();
  final List<ZxidDigest> digests = new ArrayList<>();
  boolean serving = true;
  ServerMode mode = ServerMode.STANDALONE;
  Access access = Access.GRANTED;
  int connectionResets;
  SnapshotFile snapshot = new SnapshotFile(Path.of("snapshot.86"), 0x86, 1_795_172_642_000L);
  String accessAsked;
  CompletableFuture<Void> round = CompletableFuture.completedFuture(null);

  @Override
  public CompletableFuture<Void> round() {
    return round.copy();
  }

  @Override
  public int roundMsMax() {
    return 20;
  }

  FakeStatus(Path directory) {
    settings.put("clientPort", "23181");
    settings.put("dataDir", directory.toString());
    settings.put("tickTime", "2000");
    settings.put("4lw.commands.whitelist", "*");
    settings.put("admin.serverPort", "0");
    settings.put("admin.serverAddress", "127.0.0.1");
  }

  /** A connection with a session, as Apache's sample in the protocol sheet has it. */
  static ConnectionInfo connected() {
    return new ConnectionInfo(
        new InetSocketAddress("127.0.0.1", 59406),
        false,
        1,
        0,
        137,
        137,
        SESSION,
        "EXIS",
        1795172646189L,
        30000,
        0x88,
        0x86,
        935101,
        0,
        0,
        0,
        7);
  }

  /** The connection that asks a four-letter word. */
  static ConnectionInfo asking() {
    return new ConnectionInfo(
        new InetSocketAddress("127.0.0.1", 59444),
        false,
        0,
        0,
        1,
        0,
        0,
        "NA",
        1795172650000L,
        0,
        -1,
        -1,
        0,
        0,
        0,
        0,
        0);
  }

  @Override
  public boolean serving() {
    return serving;
  }

  @Override
  public boolean servesClients() {
    return serving;
  }

  @Override
  public ServerMode mode() {
    return mode;
  }

  @Override
  public ZooCfg config() {
    try {
      return ZooCfg.of(settings, Map.of("java.version", "17.0.15", "user.name", "zk"));
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public int clientPort() {
    return 23181;
  }

  @Override
  public ServerMetrics metrics() {
    return metrics;
  }

  @Override
  public int outstanding() {
    return 0;
  }

  @Override
  public long uptimeMs() {
    return 7983;
  }

  @Override
  public TreeFigures tree() {
    return new TreeFigures(0x86, 7, 1, 63, 2);
  }

  @Override
  public SortedMap<String, QuotaFigures> quotas() {
    return quotas;
  }

  @Override
  public int localSessions() {
    return 0;
  }

  @Override
  public CompletableFuture<Optional<MemberView>> member() {
    return CompletableFuture.completedFuture(member);
  }

  @Override
  public SortedMap<Long, Integer> sessionTimeouts() {
    return new TreeMap<>();
  }

  @Override
  public SortedMap<Long, List<String>> ephemerals() {
    return ephemerals;
  }

  @Override
  public CompletableFuture<NavigableMap<Long, List<Long>>> sessionsByExpiry() {
    return CompletableFuture.completedFuture(sessions);
  }

  @Override
  public CompletableFuture<List<ConnectionInfo>> connections() {
    return CompletableFuture.completedFuture(connections);
  }

  @Override
  public void resetConnectionStats() {
    connectionResets++;
  }

  @Override
  public CompletableFuture<SortedMap<Long, List<String>>> watchedPaths() {
    return CompletableFuture.completedFuture(watched);
  }

  @Override
  public CompletableFuture<List<ZxidDigest>> digests() {
    return CompletableFuture.completedFuture(digests);
  }

  @Override
  public SnapshotFile lastSnapshot() {
    return snapshot;
  }

  @Override
  public CompletableFuture<SnapshotFile> takeSnapshot() {
    return CompletableFuture.completedFuture(snapshot);
  }

  @Override
  public Access access(String scheme, byte[] auth, InetAddress peer, String certified) {
    accessAsked = scheme + " " + new String(auth, java.nio.charset.StandardCharsets.UTF_8);
    return access;
  }
}
