package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.DataNode;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.ServerMetrics;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.persistence.FileSnap;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.server.persistence.TxnLog.TxnIterator;

/** A data directory read with Apache's own classes while no server has it open. */
record ApacheFiles(Path dataDir) {

  private FileTxnSnapLog open() throws IOException {
    return new FileTxnSnapLog(dataDir.toFile(), dataDir.toFile());
  }

  private static long zxidOf(File file) {
    return Long.parseLong(file.getName().split("\\.")[1], 16);
  }

  Optional<File> newestSnapshot() {
    File[] all =
        dataDir.resolve("version-2").toFile().listFiles((d, n) -> n.startsWith("snapshot"));
    return Stream.of(all).max(Comparator.comparingLong(ApacheFiles::zxidOf));
  }

  /** Whether the newest snapshot holds changes that are younger than its name says. */
  boolean newestSnapshotIsFuzzy() {
    Optional<File> newest = newestSnapshot();
    if (newest.isEmpty()) {
      return false;
    }
    try {
      FileSnap files = new FileSnap(newest.get().getParentFile());
      DataTree tree = new DataTree();
      files.deserialize(tree, new HashMap<>());
      files.close();
      return newestChange(tree, "") > zxidOf(newest.get());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long newestChange(DataTree tree, String path) {
    DataNode node = tree.getNode(path);
    Stat stat = new Stat();
    node.copyStat(stat);
    long newest = Math.max(stat.getMzxid(), stat.getPzxid());
    for (String child : node.getChildren()) {
      newest = Math.max(newest, newestChange(tree, path + "/" + child));
    }
    return newest;
  }

  /** Replays everything as Apache does on start; any wrong digest on the way fails the test. */
  void assertApacheLoadsItWithoutDigestMismatch() {
    long before = ServerMetrics.getMetrics().DIGEST_MISMATCHES_COUNT.get();
    try {
      FileTxnSnapLog files = open();
      ZKDatabase database = new ZKDatabase(files);
      long zxid = database.loadDataBase();
      DataTree tree = database.getDataTree();
      assertThat(tree.getDigestFromLoadedSnapshot()).as("snapshot digest not reached").isNull();
      assertThat(ServerMetrics.getMetrics().DIGEST_MISMATCHES_COUNT.get()).isEqualTo(before);
      assertLastLoggedDigest(files, zxid, tree.getTreeDigest());
      files.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertLastLoggedDigest(FileTxnSnapLog files, long zxid, long digest)
      throws IOException {
    try (TxnIterator log = files.readTxnLog(zxid)) {
      assertThat(log.getHeader().getZxid()).isEqualTo(zxid);
      assertThat(log.getDigest()).as("digest in the last log record").isNotNull();
      assertThat(log.getDigest().getVersion()).isEqualTo(2);
      assertThat(log.getDigest().getTreeDigest()).isEqualTo(digest);
    }
  }

  /** Lines of the word "hash": zxid and tree digest at every 128th transaction. */
  static List<String> hashes(int port) {
    return FourLetterConformanceTest.word(port, "hash", false).lines().toList();
  }
}
