package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.Adler32;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.server.persistence.TxnLog.TxnIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Directories that Apache's server wrote, some of whose digests it foretold wrong: no alarm. A
 * directory that leads to another tree than its writer had: the alarm comes.
 */
class DigestAlarmTest {
  private static final int MAGIC_BYTES = 16;

  @TempDir Path dir;

  private ServerSpec spec() {
    return ServerSpec.standard().in(dir).with("znode.container.checkIntervalMs", "86400000");
  }

  private void apacheWrites(Consumer<RawClient> work) {
    try (ServerUnderTest server = Contender.oracle().start(spec());
        RawClient client = RawClient.session(server.port())) {
      work.accept(client);
    }
  }

  /** What Paddock counts when it opens the directory. */
  private String alarms() {
    try (ServerUnderTest server = Contender.PADDOCK.start(spec())) {
      return FourLetterConformanceTest.monitor(server.port(), "zk_digest_mismatches_count");
    }
  }

  /** How many digests in the log are not those of the tree that Apache itself replays. */
  private int wrongDigests() throws IOException {
    FileTxnSnapLog files = new FileTxnSnapLog(dir.toFile(), dir.toFile());
    DataTree tree = new DataTree();
    int wrong = 0;
    try (TxnIterator log = files.readTxnLog(0)) {
      do {
        tree.processTxn(log.getHeader(), log.getTxn());
        boolean told = log.getDigest() != null;
        wrong += told && log.getDigest().getTreeDigest() != tree.getTreeDigest() ? 1 : 0;
      } while (log.next());
    }
    files.close();
    return wrong;
  }

  @Test
  void everyKindOfZnodeUnderTheFlagsOfAnotherIsNoAlarm() throws IOException {
    apacheWrites(
        client -> {
          for (int type : List.of(OpCode.CREATE, OpCode.CREATE2, OpCode.CREATE_CONTAINER)) {
            for (int flags = 0; flags < 7; flags++) {
              client.call(Op.create(type, "/n" + type + "-" + flags, null, Op.OPEN, flags));
            }
          }
        });
    assertThat(wrongDigests()).isGreaterThanOrEqualTo(5);
    assertThat(alarms()).isEqualTo("0");
  }

  /** Nothing behind it can agree. */
  @Test
  void theLastTransactionsDigestIsRecognisedWhenItIsWrongByItself() throws IOException {
    for (int flags : List.of(0, 1, 3, 4)) {
      ApacheServer.deleteTree(dir);
      Files.createDirectories(dir);
      int type = flags == 4 ? OpCode.CREATE : OpCode.CREATE_CONTAINER;
      apacheWrites(client -> client.call(Op.create(type, "/last", null, Op.OPEN, flags)));
      assertThat(wrongDigests()).as("flags %d", flags).isEqualTo(1);
      assertThat(alarms()).as("flags %d", flags).isEqualTo("0");
    }
  }

  /**
   * Apache knows the root under two names, and foretells by one what is pending under the other.
   */
  @Test
  void changesOfTheRootAndOfItsChildrenAtOnceAreNoAlarm() throws IOException {
    for (int round = 0; round < 50 && (round == 0 || wrongDigests() == 0); round++) {
      int number = round;
      apacheWrites(
          client -> {
            for (int i = 0; i < 200; i++) {
              request(client, Op.setData("/", "x" + i));
              request(client, Op.create("/" + number + "-" + i, "x"));
            }
            for (int i = 0; i < 400; i++) {
              client.next();
            }
            client.call(Op.create("/last" + number, "x"));
          });
    }
    assertThat(wrongDigests()).isPositive();
    assertThat(alarms()).isEqualTo("0");
  }

  private static void request(RawClient client, Op op) {
    client.request(op.type(), op.bodyAt(0));
  }

  @Test
  void anotherTreeIsAnAlarm() throws IOException {
    apacheWrites(
        client -> {
          client.call(Op.create("/a", "the right data"));
          client.call(Op.create(OpCode.CREATE_CONTAINER, "/c", null, Op.OPEN, 0));
          client.call(Op.setData("/", "x"));
        });
    change("the right data", "the wrong data");
    assertThat(alarms()).isEqualTo("1");
  }

  /** Also where the only digest behind it is one that is wrong by itself. */
  @Test
  void anotherTreeBehindAContainerIsAnAlarm() throws IOException {
    apacheWrites(
        client -> {
          client.call(Op.create("/a", "the right data"));
          client.call(Op.create(OpCode.CREATE_CONTAINER, "/c", null, Op.OPEN, 0));
        });
    change("the right data", "the wrong data");
    assertThat(alarms()).isEqualTo("1");
  }

  @Test
  void whatIsWrongOnlyForAWhileIsNone() throws IOException {
    apacheWrites(
        client -> {
          client.call(Op.create("/a", "the right data"));
          client.call(Op.delete("/a", -1));
          client.call(Op.setData("/", "x"));
        });
    change("the right data", "the wrong data");
    assertThat(alarms()).isEqualTo("0");
  }

  /** Changes a record of the log, with a checksum that fits. */
  private void change(String before, String after) throws IOException {
    File log;
    try (Stream<Path> files = Files.list(dir.resolve("version-2"))) {
      log =
          files
              .filter(f -> f.getFileName().toString().startsWith("log."))
              .findFirst()
              .get()
              .toFile();
    }
    byte[] bytes = Files.readAllBytes(log.toPath());
    ByteBuffer all = ByteBuffer.wrap(bytes);
    int changed = 0;
    for (int at = MAGIC_BYTES; at + 12 < bytes.length && all.getInt(at + 8) > 0; ) {
      int length = all.getInt(at + 8);
      String payload = new String(bytes, at + 12, length, StandardCharsets.ISO_8859_1);
      if (payload.contains(before)) {
        byte[] other = payload.replace(before, after).getBytes(StandardCharsets.ISO_8859_1);
        all.put(at + 12, other);
        Adler32 sum = new Adler32();
        sum.update(other);
        all.putLong(at, sum.getValue());
        changed++;
      }
      at += 12 + length + 1;
    }
    assertThat(changed).isEqualTo(1);
    Files.write(log.toPath(), bytes);
  }
}
