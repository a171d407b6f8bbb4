package io.paddock.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.jute.BinaryOutputArchive;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.Request;
import org.apache.zookeeper.server.persistence.FileSnap;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.server.persistence.SnapStream;
import org.apache.zookeeper.server.persistence.TxnLog.TxnIterator;
import org.apache.zookeeper.server.util.SerializeUtils;
import org.apache.zookeeper.txn.SetDataTxn;
import org.apache.zookeeper.txn.TxnHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Apache ZooKeeper's own persistence classes read what we write, and we what they write. */
class ApacheFilesTest {
  @TempDir Path folder;

  @AfterEach
  void resetCompression() {
    SnapStream.setStreamMode(SnapStream.StreamMode.CHECKED);
  }

  @Test
  void weReadALogThatApacheWrote() throws IOException {
    FileTxnLog apache = new FileTxnLog(folder.toFile());
    for (long zxid = 1; zxid <= 50; zxid++) {
      apache.append(request(zxid));
      if (zxid % 10 == 0) {
        apache.commit();
      }
      if (zxid == 30) {
        apache.rollLog();
      }
    }
    apache.close();
    MemoryStorage storage = DirectoryStorage.load(folder);
    List<Finding> findings = new ArrayList<>();
    List<Long> zxids = new ArrayList<>();
    new LogScan(storage, Records.SMALL, findings, new LogIndex())
        .replay(
            0,
            (zxid, buf, off, len) -> {
              assertThat(java.util.Arrays.copyOfRange(buf, off, off + len)).isEqualTo(bytes(zxid));
              zxids.add(zxid);
            });
    assertThat(zxids).isEqualTo(Records.range(1, 50));
    assertThat(findings).isEmpty();
    assertThat(storage.list()).contains("log.1", "log.1f");
  }

  @Test
  void apacheReadsALogThatWeWroteAlsoWhileItsZerosStand() throws IOException {
    MemoryStorage storage = new MemoryStorage(1);
    TxnLog log = Records.log(storage, Records.SMALL, 0);
    for (long zxid = 1; zxid <= 50; zxid++) {
      byte[] bytes = bytes(zxid);
      log.append(zxid, bytes, 0, bytes.length);
      if (zxid % 10 == 0) {
        log.force();
      }
      if (zxid == 30) {
        log.roll();
      }
    }
    log.force();
    DirectoryStorage.save(storage, folder);
    List<Long> zxids = new ArrayList<>();
    try (TxnIterator iterator = new FileTxnLog(folder.toFile()).read(1)) {
      do {
        zxids.add(iterator.getHeader().getZxid());
        assertThat(((SetDataTxn) iterator.getTxn()).getVersion())
            .isEqualTo((int) iterator.getHeader().getZxid());
      } while (iterator.next());
    }
    assertThat(zxids).isEqualTo(Records.range(1, 50));
  }

  @Test
  void bothWriteTheSameBytes() throws IOException {
    FileTxnLog apache = new FileTxnLog(folder.toFile());
    MemoryStorage storage = new MemoryStorage(1);
    TxnLog log = Records.log(storage, Records.SMALL, 0);
    for (long zxid = 1; zxid <= 5; zxid++) {
      apache.append(request(zxid));
      byte[] bytes = bytes(zxid);
      log.append(zxid, bytes, 0, bytes.length);
    }
    apache.commit();
    apache.close();
    log.close();
    byte[] ours = storage.get("log.1");
    assertThat(java.util.Arrays.copyOf(Files.readAllBytes(folder.resolve("log.1")), ours.length))
        .isEqualTo(ours);
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void weReadASnapshotThatApacheWrote(Codec codec) throws IOException {
    SnapStream.setStreamMode(SnapStream.StreamMode.fromString(setting(codec)));
    DataTree tree = new DataTree();
    tree.processTxn(header(0x1f), txn(0x1f), null);
    assertThat(tree.lastProcessedZxid).isEqualTo(0x1f);
    new FileSnap(folder.toFile())
        .serialize(
            tree,
            new HashMap<>(Map.of(7L, 4000)),
            folder.resolve(codec.nameOf(0x1f)).toFile(),
            true);
    try (Journal journal = Records.open(DirectoryStorage.load(folder))) {
      Recovery recovery = journal.recover();
      assertThat(recovery.load((zxid, in) -> in.readAllBytes()).orElseThrow())
          .isEqualTo(body(tree));
      assertThat(recovery.snapshot())
          .contains(
              new SnapshotMeta(
                  0x1f, 0x1f, OptionalLong.of(tree.getTreeDigest()), OptionalLong.of(0x1f)));
      assertThat(recovery.findings()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void apacheReadsASnapshotThatWeWroteAndGoesOnFromIt(Codec codec) throws IOException {
    DataTree tree = new DataTree();
    byte[] body = body(tree);
    MemoryStorage storage = new MemoryStorage(1);
    try (Journal journal = Records.open(storage, Varied.snapshotCodec(Records.SMALL, codec))) {
      Records.recover(journal);
      journal.writeSnapshot(2, OptionalLong.of(tree.getTreeDigest()), out -> out.write(body));
      for (long zxid = 1; zxid <= 5; zxid++) {
        journal.log().append(zxid, bytes(zxid), 0, bytes(zxid).length);
      }
    }
    Path version2 = folder.resolve("version-2");
    DirectoryStorage.save(storage, version2);
    File directory = folder.toFile();
    DataTree restored = new DataTree();
    Map<Long, Integer> sessions = new HashMap<>();
    List<Long> replayed = new ArrayList<>();
    FileTxnSnapLog apache = new FileTxnSnapLog(directory, directory);
    try {
      long last =
          apache.restore(
              restored, sessions, (header, txn, digest) -> replayed.add(header.getZxid()));
      assertThat(last).isEqualTo(5);
    } finally {
      apache.close();
    }
    assertThat(replayed).isEqualTo(Records.range(3, 5));
    assertThat(sessions).isEqualTo(Map.of(7L, 4000));
    for (long zxid = 3; zxid <= 5; zxid++) {
      tree.processTxn(header(zxid), txn(zxid), null);
    }
    assertThat(restored.getTreeDigest()).isEqualTo(tree.getTreeDigest());
  }

  private static String setting(Codec codec) {
    return switch (codec) {
      case PLAIN -> "";
      case GZIP -> "gz";
      case SNAPPY -> "snappy";
    };
  }

  private static byte[] body(DataTree tree) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SerializeUtils.serializeSnapshot(tree, BinaryOutputArchive.getArchive(bytes), Map.of(7L, 4000));
    return bytes.toByteArray();
  }

  private static Request request(long zxid) {
    return new Request(0x1000, 7, OpCode.setData, header(zxid), txn(zxid), zxid);
  }

  private static TxnHeader header(long zxid) {
    return new TxnHeader(0x1000, 7, zxid, 1_700_000_000_000L, OpCode.setData);
  }

  private static SetDataTxn txn(long zxid) {
    return new SetDataTxn(
        "/zookeeper",
        ("value " + zxid).getBytes(java.nio.charset.StandardCharsets.UTF_8),
        (int) zxid);
  }

  private static byte[] bytes(long zxid) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryOutputArchive archive = BinaryOutputArchive.getArchive(bytes);
    header(zxid).serialize(archive, "hdr");
    txn(zxid).serialize(archive, "txn");
    return bytes.toByteArray();
  }
}
