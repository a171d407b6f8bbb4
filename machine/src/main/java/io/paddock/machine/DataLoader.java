package io.paddock.machine;

import io.paddock.config.JournalConfig;
import io.paddock.config.LimitsConfig;
import io.paddock.config.ZooCfg;
import io.paddock.journal.Codec;
import io.paddock.journal.DamagedException;
import io.paddock.journal.Finding;
import io.paddock.journal.Journal;
import io.paddock.journal.JournalSettings;
import io.paddock.journal.Recovery;
import io.paddock.journal.SnapshotMeta;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.EventSummary;
import io.paddock.metrics.ServerMetrics;
import io.paddock.tree.DigestCheck;
import io.paddock.tree.SnapshotBody;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.tree.Txn;
import io.paddock.wire.JuteReader;
import io.paddock.zab.LoggedTxn;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The walk at a start: newest whole snapshot, then the transactions behind it, onto a tree. What
 * was torn or passed over is logged, a line each; long replays say how they get on.
 */
public final class DataLoader {
  private static final Logger LOG = LoggerFactory.getLogger(DataLoader.class);
  private static final int RECORD_BYTES_MAX = 1 << 30;
  private static final long NANOS_PER_MS = 1_000_000;
  private static final long PROGRESS_NANOS = 5_000_000_000L;

  private final Journal journal;
  private final TreeSettings settings;
  private final boolean digestEnabled;
  private final JuteReader reader = new JuteReader();
  private Tree tree;
  private List<Finding> findings = List.of();
  private final ArrayDeque<LoggedTxn> recent = new ArrayDeque<>();
  private int recentMax;
  private long replayed;
  private long digestsFrom;
  private final DigestCheck digests = new DigestCheck();
  private long startNanos;
  private long snapshotNanos;
  private long replayNanos;
  private long saidNanos;

  public DataLoader(Journal journal, TreeSettings settings, boolean digestEnabled) {
    this.journal = journal;
    this.settings = settings;
    this.digestEnabled = digestEnabled;
  }

  public static JournalSettings settings(ZooCfg config) {
    JournalConfig journal = config.journal();
    Codec codec =
        switch (journal.compression()) {
          case NONE -> Codec.PLAIN;
          case GZIP -> Codec.GZIP;
          case SNAPPY -> Codec.SNAPPY;
        };
    return new JournalSettings(
        journal.preallocationKiB() * 1024L,
        journal.forceSync(),
        journal.segmentSizeLimitKiB() < 0 ? -1 : journal.segmentSizeLimitKiB() * 1024L,
        journal.forceWarningMs(),
        codec,
        journal.trustEmptySnapshot(),
        recordBytesMax(config.limits()),
        config.purge().snapRetainCount());
  }

  /** The longest transaction, as Apache's reader bounds it (quorum sheet, section 0). */
  public static int recordBytesMax(LimitsConfig limits) {
    return (int)
        Math.min(
            RECORD_BYTES_MAX,
            limits.frameBytesMax() + (long) Math.max(limits.frameBytesMax(), 1024));
  }

  /** Keeps the last transactions of the log, for learners that come back. */
  public DataLoader keepingRecent(int txnsMax) {
    recentMax = txnsMax;
    return this;
  }

  /** The last transactions of the log, without holes. */
  public List<LoggedTxn> recent() {
    return List.copyOf(recent);
  }

  /** What was torn, cut or passed over. */
  public List<Finding> findings() {
    return findings;
  }

  /** Transactions that came from the log. */
  public long replayed() {
    return replayed;
  }

  /**
   * Loads what is there; a directory without a snapshot gets one, of the empty tree at first, as
   * Apache's server expects to find one.
   *
   * @throws DamagedException when the data cannot be trusted, with file, offset and remedy
   */
  public Tree load() throws IOException {
    startNanos = System.nanoTime();
    saidNanos = startNanos;
    Recovery recovery = journal.recover();
    int recordBytesMax = journal.recordBytesMax();
    tree =
        recovery
            .load((zxid, body) -> SnapshotBody.read(body, zxid, settings, recordBytesMax))
            .orElse(null);
    boolean empty = tree == null;
    if (empty) {
      tree = Tree.fresh(settings);
      LOG.info("There is no snapshot and no log yet: this server starts with an empty tree");
    } else {
      LOG.info(
          "Snapshot 0x{} loaded: {} znodes in {} ms",
          Long.toHexString(tree.zxid()),
          tree.nodeCount(),
          (System.nanoTime() - startNanos) / NANOS_PER_MS);
    }
    snapshotNanos = System.nanoTime() - startNanos;
    digestsFrom = recovery.snapshot().map(SnapshotMeta::digestZxid).orElse(0L);
    long replayStart = System.nanoTime();
    recovery.replay(this::replay);
    replayNanos = System.nanoTime() - replayStart;
    findings = List.copyOf(recovery.findings());
    findings.forEach(DataLoader::say);
    if (replayed > 0) {
      LOG.info(
          "{} transactions replayed in {} ms, up to zxid 0x{}",
          replayed,
          replayNanos / NANOS_PER_MS,
          Long.toHexString(tree.zxid()));
    }
    sayDigests();
    tree = tree.withoutOrphans();
    if (empty) {
      writeSnapshot(journal, tree, digestEnabled);
    }
    return tree;
  }

  /** Says how long the start took, for the figures under the names of Apache's server. */
  public void report(ServerMetrics metrics) {
    metrics.record(EventSummary.STARTUP_SNAP_LOAD_TIME, snapshotNanos / NANOS_PER_MS);
    metrics.record(EventSummary.STARTUP_TXNS_LOAD_TIME, replayNanos / NANOS_PER_MS);
    metrics.record(EventSummary.STARTUP_TXNS_LOADED, replayed);
    metrics.record(EventSummary.DBINITTIME, (snapshotNanos + replayNanos) / NANOS_PER_MS);
    if (digests.difference() != null) {
      metrics.count(EventCounter.DIGEST_MISMATCHES_COUNT);
    }
  }

  public static long writeSnapshot(Journal journal, Tree tree, boolean digestEnabled)
      throws IOException {
    OptionalLong digest = digestEnabled ? OptionalLong.of(tree.digest()) : OptionalLong.empty();
    return journal.writeSnapshot(tree.zxid(), digest, out -> SnapshotBody.write(tree, out));
  }

  private void replay(long zxid, byte[] bytes, int from, int length) {
    Txn txn = Txn.read(reader.reset(bytes, from, from + length));
    tree = tree.apply(txn).tree();
    replayed++;
    if (recentMax > 0) {
      if (recent.size() == recentMax) {
        recent.removeFirst();
      }
      recent.addLast(new LoggedTxn(zxid, Arrays.copyOfRange(bytes, from, from + length)));
    }
    if (digestEnabled && zxid >= digestsFrom) {
      digests.add(txn, tree);
    }
    long now = System.nanoTime();
    if (now - saidNanos > PROGRESS_NANOS) {
      saidNanos = now;
      LOG.info(
          "{} transactions replayed so far, {}/s, at zxid 0x{}",
          replayed,
          replayed * 1_000_000_000L / Math.max(1, now - startNanos),
          Long.toHexString(zxid));
    }
  }

  private void sayDigests() {
    DigestCheck.Difference difference = digests.difference();
    if (difference != null) {
      LOG.warn(
          "After zxid 0x{} the tree's digest is {} and the log says {}, and no later digest agrees:"
              + " the server that wrote it had another tree."
              + " Compare with a healthy server before relying on this data",
          Long.toHexString(difference.zxid()),
          difference.actual(),
          difference.told());
    } else if (digests.wrong() > 0) {
      LOG.info(
          "{} of the log's digests were foretold wrong by the server that wrote it; its tree was this one",
          digests.wrong());
    }
  }

  private static void say(Finding finding) {
    LOG.warn("{}", finding);
  }
}
