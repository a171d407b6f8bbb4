package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SnapshotBodyTest {
  private static final TreeSettings SETTINGS = new TreeSettings(TreeSettings.ExtendedTypes.ON, 1);
  private static final List<Id> NOBODY = List.of(new Id("ip", "127.0.0.1"));

  private static byte[] bytes(Tree tree) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      SnapshotBody.write(tree, out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Tree read(byte[] bytes) throws IOException {
    return SnapshotBody.read(new ByteArrayInputStream(bytes), 77, SETTINGS);
  }

  /** A tree with something of everything. */
  private static Tree rich() {
    Prep prep = new Prep(PrepSettings.DEFAULT);
    Tree tree = Tree.fresh(SETTINGS);
    Random random = new Random(7);
    RandomOps ops = new RandomOps(random, 60, List.of(new Acl(31, new Id("ip", "127.0.0.1"))));
    for (int i = 1; i < 3000; i++) {
      Op op = i < 5 ? new Op.CreateSession(1000 * i) : ops.next();
      long session = i < 5 ? i : 1 + random.nextInt(4);
      tree =
          prep.prepare(tree, new Asker(session, i, NOBODY), op, new Stamp(tree.zxid() + 1, i))
              .tree();
    }
    byte[] large = new byte[900_000];
    Op create = new Op.Create(OpCode.CREATE, "/large", large, Acl.OPEN, 0, -1);
    return prep.prepare(tree, new Asker(1, 0, NOBODY), create, new Stamp(tree.zxid() + 1, 0))
        .tree();
  }

  private static void znode(JuteWriter out, String path, String data, long acl, long owner) {
    out.writeString(path);
    out.writeBuffer(data == null ? null : data.getBytes());
    out.writeLong(acl);
    out.writeRaw(new byte[44], 0, 44);
    out.writeLong(owner);
    out.writeLong(0);
  }

  private static JuteWriter head(int sessions, int acls) {
    JuteWriter out = new JuteWriter();
    out.writeInt(sessions);
    out.writeInt(acls);
    return out;
  }

  @Test
  void aFreshTreeIsWrittenAsApacheWritesIt() {
    // The order of siblings is free, so only the sizes and the ends are fixed.
    byte[] bytes = bytes(Tree.fresh());
    String zeros = "00".repeat(60);
    String hex = HexFormat.of().formatHex(bytes);
    String world = "0000000100000005776f726c6400000006616e796f6e65";
    assertThat(hex)
        .startsWith("00000000" + "00000001" + "0000000000000001" + "00000001" + world)
        .endsWith("000000012f")
        .contains("00000000" + "00000000" + "ffffffffffffffff" + zeros)
        .contains(
            HexFormat.of().formatHex("/zookeeper/config".getBytes())
                + "00000000"
                + "0000000000000001"
                + "00".repeat(40)
                + "ffffffff"
                + "00".repeat(16));
    int nodes = 0 + 10 + 16 + 17 + 4 * (4 + 4 + 8 + 60);
    assertThat(bytes).hasSize(4 + 4 + 8 + 4 + world.length() / 2 - 4 + 4 + nodes + 5);
  }

  @Test
  void aTreeComesBackAsItWasWhateverThePiecesAre() throws IOException {
    Tree tree = rich();
    byte[] bytes = bytes(tree);
    Tree again = read(bytes);
    assertThat(TreeAgainstModelTest.text(again.withZxid(tree.zxid())))
        .isEqualTo(TreeAgainstModelTest.text(tree));
    assertThat(again.zxid()).isEqualTo(77);
    TreeCheck.check(again);
    Random random = new Random(3);
    TreeSnapshotReader reader = new TreeSnapshotReader(tree.zxid(), SETTINGS);
    int taken = 0;
    int given = 0;
    while (!reader.done()) {
      given = Math.min(bytes.length, given + 1 + random.nextInt(given < 100_000 ? 60 : 50_000));
      taken = reader.feed(Arrays.copyOf(bytes, given), taken, given);
    }
    assertThat(taken).isEqualTo(bytes.length);
    assertThat(TreeAgainstModelTest.text(reader.tree())).isEqualTo(TreeAgainstModelTest.text(tree));
  }

  @Test
  void whatStandsBehindTheBodyIsNotTaken() {
    byte[] bytes = bytes(Tree.fresh());
    TreeSnapshotReader reader = new TreeSnapshotReader(1, SETTINGS);
    byte[] more = Arrays.copyOf(bytes, bytes.length + 30);
    assertThat(reader.feed(more, 0, more.length)).isEqualTo(bytes.length);
    assertThat(reader.done()).isTrue();
    assertThat(reader.feed(more, bytes.length, more.length)).isEqualTo(bytes.length);
  }

  @Test
  void aBodyThatEndsEarlyIsRefusedWhereverItEnds() {
    byte[] bytes = bytes(Tree.fresh());
    for (int length = 0; length < bytes.length; length++) {
      byte[] some = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(some)).isInstanceOf(MalformedException.class);
      assertThatThrownBy(() -> new TreeSnapshotReader(1, SETTINGS).tree())
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void damagedBytesAreRefusedOrReadButNeverTripTheReader() {
    byte[] bytes = bytes(Tree.fresh());
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      try {
        TreeSnapshotReader reader = new TreeSnapshotReader(1, SETTINGS);
        reader.feed(damaged, 0, damaged.length);
      } catch (MalformedException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
  }

  @Test
  void aZnodeWithoutItsParentIsRefused() {
    JuteWriter out = head(0, 0);
    znode(out, "", "", -1, 0);
    znode(out, "/a/b", "", -1, 0);
    out.writeString("/");
    assertThatThrownBy(() -> read(out.toByteArray()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("/a/b");
  }

  @Test
  void aBodyWithoutARootOrWithTwoIsRefused() {
    JuteWriter none = head(0, 0);
    none.writeString("/");
    assertThatThrownBy(() -> read(none.toByteArray())).isInstanceOf(MalformedException.class);
    JuteWriter two = head(0, 0);
    znode(two, "", "", -1, 0);
    znode(two, "", "", -1, 0);
    two.writeString("/");
    assertThatThrownBy(() -> read(two.toByteArray())).isInstanceOf(MalformedException.class);
  }

  @Test
  void aMissingAccessControlListIsRefusedByNumberAndPath() {
    JuteWriter out = head(0, 0);
    znode(out, "", "", -1, 0);
    znode(out, "/a", "", 9, 0);
    out.writeString("/");
    assertThatThrownBy(() -> read(out.toByteArray()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("9")
        .hasMessageContaining("/a");
  }

  @Test
  void aMissingConfigZnodeIsMadeAndOrphansAreKeptUntilALeaderRemovesThem() throws IOException {
    JuteWriter out = new JuteWriter();
    out.writeInt(1);
    out.writeLong(5);
    out.writeInt(4000);
    out.writeInt(0);
    znode(out, "", "", -1, 0);
    znode(out, "/a", null, -1, 5);
    znode(out, "/b", null, -1, 6);
    znode(out, "/zookeeper", "", -1, 0);
    out.writeString("/");
    Tree tree = read(out.toByteArray());
    TreeCheck.check(tree);
    assertThat(tree.find("/zookeeper/config").aversion()).isEqualTo(-1);
    assertThat(tree.ephemeralCount()).isEqualTo(2);
    assertThat(tree.sessionCount()).isEqualTo(1);
    Tree tidy = tree.withoutOrphans();
    TreeCheck.check(tidy);
    assertThat(tidy.find("/a")).isNotNull();
    assertThat(tidy.find("/b")).isNull();
    assertThat(tidy.withoutOrphans()).isSameAs(tidy);
  }

  @Test
  void timesToLiveAreEphemeralsWhenTheyAreSwitchedOff() throws IOException {
    JuteWriter out = head(0, 0);
    znode(out, "", "", -1, 0);
    znode(out, "/zookeeper", "", -1, 0);
    znode(out, "/t", "", -1, 0xff00000000000005L);
    znode(out, "/c", "", -1, Long.MIN_VALUE);
    out.writeString("/");
    Tree on = read(out.toByteArray());
    TreeCheck.check(on);
    assertThat(on.ttls()).containsExactly("/t");
    assertThat(on.containers()).containsExactly("/c");
    assertThat(on.find("/t").shownOwner()).isZero();
    TreeSnapshotReader reader = new TreeSnapshotReader(1, TreeSettings.DEFAULT);
    reader.feed(out.toByteArray(), 0, out.size());
    TreeCheck.check(reader.tree());
    assertThat(reader.tree().ttls()).isEmpty();
    assertThat(reader.tree().find("/t").shownOwner()).isEqualTo(0xff00000000000005L);
    assertThat(reader.tree().ephemeralCount()).isEqualTo(1);
  }

  @Test
  void totalsOfQuotasAreCountedAnew() throws IOException {
    JuteWriter out = head(0, 0);
    znode(out, "", "", -1, 0);
    znode(out, "/a", "12345", -1, 0);
    znode(out, "/a/b", "123", -1, 0);
    znode(out, "/zookeeper", "", -1, 0);
    znode(out, "/zookeeper/quota", "", -1, 0);
    znode(out, "/zookeeper/quota/a", null, -1, 0);
    znode(out, "/zookeeper/quota/a/zookeeper_limits", "count=9,bytes=-1", -1, 0);
    znode(out, "/zookeeper/quota/a/zookeeper_stats", "count=1,bytes=1", -1, 0);
    out.writeString("/");
    Tree tree = read(out.toByteArray());
    TreeCheck.check(tree);
    assertThat(new String(tree.find("/zookeeper/quota/a/zookeeper_stats").data()))
        .isEqualTo("count=2,bytes=8");
  }

  @Test
  void aZnodeThatClaimsToBeHugeIsRefusedBeforeItCostsThatMuchMemory() {
    JuteWriter out = head(0, 0);
    out.writeString("/a");
    out.writeInt(0x3fff_ffff);
    long[] given = {0};
    InputStream endless =
        new SequenceInputStream(
            new ByteArrayInputStream(out.toByteArray()),
            new InputStream() {
              @Override
              public int read() {
                return 0;
              }

              @Override
              public int read(byte[] target, int from, int length) {
                given[0] += length;
                return length;
              }
            });
    assertThatThrownBy(() -> SnapshotBody.read(endless, 1, SETTINGS))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("jute.maxbuffer");
    assertThat(given[0]).isLessThan(100L << 20);
  }
}
