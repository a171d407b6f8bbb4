package io.paddock.operators;

import io.paddock.config.ZooCfg;
import io.paddock.metrics.ConnectionInfo;
import io.paddock.metrics.ServerMetrics;
import io.paddock.replica.ZxidDigest;
import io.paddock.tree.QuotaFigures;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * What operators may ask of a running server. Every method can be called from any thread; what
 * belongs to event loops comes as a future that they complete with a copy.
 */
public interface ServerStatus {
  /** Sizes of the tree at one zxid. */
  record TreeFigures(
      long zxid, int nodeCount, int ephemeralCount, long dataBytes, int sessionCount) {}

  /** The newest snapshot file; the time is in milliseconds, wall clock. */
  record SnapshotFile(Path file, long zxid, long writtenMs) {}

  /** What the identity that came with a request for a snapshot may do. */
  enum Access {
    /** The identity could not be established. */
    NOT_AUTHENTICATED,
    /** It lacks a permission on the root znode. */
    NOT_AUTHORIZED,
    GRANTED
  }

  /** Whether the server plays its part; one that starts or has no leader does not. */
  boolean serving();

  /** Whether clients are let in, too: a leader may turn them away. */
  boolean servesClients();

  ServerMode mode();

  /**
   * Completes when every thread that serves clients, the core's among them, has come by; fails when
   * one of them never will. Who must not wait for ever brings a deadline.
   */
  default CompletableFuture<Void> round() {
    return CompletableFuture.completedFuture(null);
  }

  /** In how many milliseconds a thread that serves comes by, however busy it is. */
  default int roundMsMax() {
    return 5_000;
  }

  /** The settings it was started with. */
  ZooCfg config();

  /** The port that clients connect to, as bound; -1 before. */
  int clientPort();

  /** The port that clients connect to by TLS, as bound; -1 for none. */
  default int secureClientPort() {
    return -1;
  }

  ServerMetrics metrics();

  /** Requests that wait for their transaction to be durable. */
  int outstanding();

  /** Milliseconds since the start. */
  long uptimeMs();

  TreeFigures tree();

  /** The quotas by the name of the top-level znode that they are of or below, sorted. */
  SortedMap<String, QuotaFigures> quotas();

  /** Sessions that only this server knows. */
  int localSessions();

  /** What a member of an ensemble knows of it; empty for a server alone. */
  CompletableFuture<Optional<MemberView>> member();

  /** The timeouts of the sessions that every server knows, in milliseconds, sorted by session. */
  SortedMap<Long, Integer> sessionTimeouts();

  /** Paths of ephemeral znodes by the session that owns them, sorted by session. */
  SortedMap<Long, List<String>> ephemerals();

  /** Sessions by the wall-clock time in milliseconds at which they expire unless heard. */
  CompletableFuture<NavigableMap<Long, List<Long>>> sessionsByExpiry();

  CompletableFuture<List<ConnectionInfo>> connections();

  /** Sets the figures of every connection to their beginnings. */
  void resetConnectionStats();

  /** Paths with a data watch (that of getData and exists) by session. */
  CompletableFuture<SortedMap<Long, List<String>>> watchedPaths();

  /** The digests remembered, oldest first. */
  CompletableFuture<List<ZxidDigest>> digests();

  /** The newest snapshot; its zxid is 0 and its time that of the start when there is none. */
  SnapshotFile lastSnapshot();

  /** Writes a snapshot of the current tree and completes when it is durable. */
  CompletableFuture<SnapshotFile> takeSnapshot();

  /**
   * What the peer of a snapshot request may do: all permissions on the root znode are needed.
   *
   * @param scheme of an authentication, such as digest
   * @param auth its bytes; empty for schemes that need none
   * @param peer where the request came from
   * @param certified whom the peer's certificate names, proven by TLS; null without one
   */
  Access access(String scheme, byte[] auth, InetAddress peer, String certified);
}
