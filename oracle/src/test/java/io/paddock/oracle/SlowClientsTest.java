package io.paddock.oracle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server process with little memory, and clients that are paused, swapped out or hostile: each of
 * them within its own bounds, all of them together more than there is memory. The slowest are cut,
 * in one line, and nobody else notices.
 */
@Timeout(300)
class SlowClientsTest {
  private static final int HEAP_MIB = 32;
  private static final int SLOW = 40;
  private static final int DATA_BYTES = 900_000;

  @TempDir Path dir;
  private final List<RawClient> slow = new ArrayList<>();
  private ProgramUnderTest server;

  @BeforeEach
  void start() throws IOException {
    List<String> settings =
        List.of(
            "4lw.commands.whitelist=*",
            "forceSync=no",
            "preAllocSize=64",
            // Who does not read is not to go for want of pings, on a busy machine.
            "minSessionTimeout=600000",
            "maxSessionTimeout=900000");
    server = new ProgramUnderTest(dir, dir.resolve("data"), settings, HEAP_MIB);
    server.start();
  }

  @AfterEach
  void stop() {
    slow.forEach(RawClient::close);
    server.close();
  }

  @Test
  void clientsThatDoNotReadTheirEventsAreCutAndWritesGoOn() {
    String parent = "/services";
    String path = parent + "/" + "s".repeat(8_000);
    try (RawClient writer = RawClient.session(server.port())) {
      assertThat(writer.call(Op.create(parent, "")).err()).isZero();
      assertThat(writer.call(Op.create(path, "")).err()).isZero();
      for (int i = 0; i < SLOW; i++) {
        slow.add(RawClient.slowSession(server.port()));
        Op watch = Op.watch(OpCode.ADD_WATCH, parent, 1);
        assertThat(slow.get(i).call(watch).err()).isZero();
      }
      // Some five megabytes for each, of which the systems keep half.
      for (int i = 0; i < 600; i++) {
        assertThat(writer.call(Op.setData(path, "v" + i)).err()).as("set %d", i).isZero();
      }
      assertServes(writer);
    }
    assertThat(server.logged("Clients leave")).hasSizeBetween(1, 3);
    assertThat(server.logged("WARN")).hasSizeLessThan(10);
    assertThat(monitored("zk_slow_readers_cut")).isBetween(SLOW / 4, SLOW);
  }

  @Test
  void clientsThatDoNotReadLargeRepliesAreCutAndOthersReadOn() {
    try (RawClient reader = RawClient.session(server.port())) {
      Op create = Op.create(OpCode.CREATE, "/big", new byte[DATA_BYTES], Op.OPEN, 0);
      assertThat(reader.call(create).err()).isZero();
      Op read = Op.getData("/big", false);
      for (int i = 0; i < SLOW; i++) {
        slow.add(RawClient.slowSession(server.port()));
        slow.get(i).requests(List.of(read, read, read, read), 0);
        assertThat(reader.call(read).body()).as("reply %d", i).hasSizeGreaterThan(DATA_BYTES);
      }
      assertServes(reader);
    }
    assertThat(monitored("zk_slow_readers_cut")).isPositive();
  }

  @Test
  void clientsThatSendHalfRequestsAreCutAndOthersWriteOn() {
    byte[] half =
        new Jute.Out().i32(DATA_BYTES + 100).i32(1).i32(5).raw(new byte[DATA_BYTES]).bytes();
    try (RawClient writer = RawClient.session(server.port())) {
      assertThat(writer.call(Op.create("/n", "")).err()).isZero();
      for (int i = 0; i < SLOW; i++) {
        slow.add(RawClient.session(server.port()));
        slow.get(i).sendRaw(half);
        assertThat(writer.call(Op.setData("/n", "v" + i)).err()).as("set %d", i).isZero();
      }
      Op large = Op.setData("/n", new byte[DATA_BYTES], -1);
      assertThat(writer.call(large).err()).isZero();
      assertServes(writer);
    }
    assertThat(server.logged("Half requests take")).hasSizeBetween(1, 3);
    assertThat(monitored("zk_slow_senders_cut")).isPositive();
  }

  @Test
  void aServerWhoseHeapIsFullEndsAndSaysWhatToDo() {
    try (RawClient writer = RawClient.session(server.port())) {
      RawClient.Frame reply = null;
      for (int i = 0; i < 10 * HEAP_MIB && server.isAlive(); i++) {
        Op create = Op.create(OpCode.CREATE, "/n" + i, new byte[DATA_BYTES], Op.OPEN, 0);
        reply = writer.call(create);
        if (reply.kind() != RawClient.Kind.FRAME) {
          break;
        }
      }
      assertThat(reply.kind()).isNotEqualTo(RawClient.Kind.FRAME);
    }
    assertThat(server.await()).as("exit code").isEqualTo(1);
    assertThat(server.logged("raise ZK_SERVER_HEAP or -Xmx")).hasSize(1);
  }

  private void assertServes(RawClient client) {
    assertThat(client.call(Op.create("/after", "")).err()).isZero();
    try (RawClient other = RawClient.session(server.port())) {
      assertThat(other.call(Op.exists("/after", false)).err()).isZero();
    }
    assertThat(word("ruok")).isEqualTo("imok");
    assertThat(server.isAlive()).isTrue();
    assertThat(server.logged("OutOfMemory")).isEmpty();
  }

  private String word(String word) {
    try (RawClient client = new RawClient(server.port())) {
      client.sendRaw(word.getBytes(US_ASCII));
      return new String(client.readAll(), US_ASCII);
    }
  }

  private int monitored(String key) {
    return word("mntr")
        .lines()
        .filter(line -> line.startsWith(key + "\t"))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(key.length() + 1)))
        .findFirst()
        .orElseThrow();
  }
}
