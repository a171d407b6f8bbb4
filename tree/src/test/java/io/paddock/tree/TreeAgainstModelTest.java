package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random operations on the persistent tree and on a plain map at once. */
class TreeAgainstModelTest {
  private static final List<Id> NOBODY = List.of(new Id("ip", "127.0.0.1"));

  /** Open to all, but not the open list itself. */
  private static final List<Acl> ALMOST_OPEN =
      List.of(new Acl(31, new Id("world", "anyone")), new Acl(1, new Id("ip", "10.0.0.1")));

  private static final TreeSettings SETTINGS = new TreeSettings(TreeSettings.ExtendedTypes.ON, 42);

  /** What was seen of a tree, to be seen again later. */
  private record Memory(Tree tree, long digest, String text) {}

  private final NaiveTree model = new NaiveTree();
  private final List<Memory> memories = new ArrayList<>();
  private Tree tree;
  private Tree follower;

  @ParameterizedTest(name = "seed {0}, hash mask {1}, {2} names, {3} operations")
  @CsvSource({
    "1, -1, 3, 4000",
    "2, -1, 200, 6000",
    "3, 0, 120, 3000",
    "4, 7, 200, 3000",
    "5, 0x3f000000, 400, 6000",
    "6, 0x38, 400, 4000",
  })
  void treeAndModelAgree(long seed, String mask, int names, int count) throws IOException {
    Random random = new Random(seed);
    NameHash hash = new NameHash(seed, Integer.decode(mask));
    tree = Tree.fresh(SETTINGS, hash);
    follower = tree;
    Prep prep = new Prep(PrepSettings.DEFAULT);
    RandomOps ops = new RandomOps(random, names, ALMOST_OPEN);
    long zxid = 0;
    for (int i = 0; i < count; i++) {
      zxid++;
      long session = 1 + random.nextInt(4);
      Op op = ops.next();
      if (random.nextInt(40) == 0) {
        op = new Op.CloseSession();
      } else if (tree.sessionTimeoutMs(session) < 0 && random.nextInt(3) > 0) {
        op = new Op.CreateSession(1000 + random.nextInt(9000));
      }
      long now = 1_700_000_000_000L + i;
      ErrorCode expected = model.perform(session, op, zxid, now);
      Applied applied = prep.prepare(tree, new Asker(session, i, NOBODY), op, new Stamp(zxid, now));
      assertThat(applied.cause()).isNull();
      assertThat(applied.result().error()).as("step %d: %s", i, op).isEqualTo(expected);
      follow(applied);
      tree = applied.tree();
      if (i % 97 == 0) {
        compare();
        remember();
      }
      if (i % 501 == 0) {
        snapshot(hash);
      }
    }
    compare();
    TreeCheck.check(tree);
    memories.forEach(this::lookAgain);
  }

  /** A server that only gets the bytes comes to the same tree and the same answer. */
  private void follow(Applied applied) {
    JuteWriter out = new JuteWriter();
    applied.txn().write(out);
    Applied replayed = follower.apply(Txn.read(new JuteReader(out.toByteArray())));
    follower = replayed.tree();
    assertThat(follower.digest()).isEqualTo(applied.tree().digest());
    assertThat(replayed.result().error()).isEqualTo(applied.result().error());
    assertThat(body(replayed)).isEqualTo(body(applied));
    assertThat(replayed.changes()).hasToString(applied.changes().toString());
    if (applied.txn().hasDigest()) {
      assertThat(applied.txn().digest()).isEqualTo(follower.digest());
    }
  }

  private static byte[] body(Applied applied) {
    JuteWriter out = new JuteWriter();
    applied.result().writeBody(out);
    return out.toByteArray();
  }

  private void compare() {
    for (Map.Entry<String, NaiveTree.Znode> entry : model.znodes.entrySet()) {
      String path = entry.getKey();
      NaiveTree.Znode wanted = entry.getValue();
      Node node = tree.find(path);
      assertThat(node).as(path).isNotNull();
      assertThat(node.stat()).as(path).isEqualTo(wanted.stat());
      assertThat(node.data()).as(path).isEqualTo(wanted.data);
      TreeSet<String> children = new TreeSet<>();
      node.forEachChild((name, child) -> children.add(name));
      assertThat(children).as(path).isEqualTo(wanted.children);
      JuteWriter out = new JuteWriter();
      node.writeStat(out);
      assertThat(io.paddock.wire.Stat.read(new JuteReader(out.toByteArray())))
          .isEqualTo(wanted.stat());
    }
    assertThat(tree.nodeCount()).isEqualTo(model.znodes.size() + 1);
    assertThat(tree.sessionCount()).isEqualTo(model.sessions.size());
    model.sessions.forEach(
        (id, timeoutMs) -> assertThat(tree.sessionTimeoutMs(id)).isEqualTo(timeoutMs));
    TreeCheck.check(tree);
    assertThat(text(follower)).isEqualTo(text(tree));
  }

  private void remember() {
    memories.add(new Memory(tree, tree.digest(), text(tree)));
  }

  private void lookAgain(Memory memory) {
    assertThat(memory.tree.digest()).isEqualTo(memory.digest);
    assertThat(text(memory.tree)).isEqualTo(memory.text);
    TreeCheck.check(memory.tree);
  }

  private void snapshot(NameHash hash) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotBody.write(tree, out);
    byte[] bytes = out.toByteArray();
    Tree again = SnapshotBody.read(new ByteArrayInputStream(bytes), tree.zxid(), tree.settings());
    assertThat(text(again)).isEqualTo(text(tree));
    TreeCheck.check(again);
    TreeSnapshotReader reader = new TreeSnapshotReader(tree.zxid(), tree.settings(), hash);
    assertThat(reader.feed(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    TreeCheck.check(reader.tree());
    assertThat(text(reader.tree())).isEqualTo(text(tree));
  }

  /** All there is to see of a tree. */
  static String text(Tree tree) {
    List<String> lines = new ArrayList<>();
    collect("", tree.root(), lines);
    lines.sort(null);
    tree.forEachSession((id, timeoutMs) -> lines.add(id + " " + timeoutMs));
    tree.forEachEphemeralOwner((id, paths) -> lines.add(id + " " + paths));
    lines.add(tree.containers() + " " + tree.ttls() + " " + tree.zxid() + " " + tree.digest());
    lines.add(tree.nodeCount() + " " + tree.dataBytes() + " " + tree.ephemeralCount());
    return String.join("\n", lines);
  }

  private static void collect(String path, Node node, List<String> lines) {
    String data =
        node.data() == null ? "null" : new java.math.BigInteger(1, node.data()).toString();
    lines.add(path + " " + data + " " + node.stat() + " " + node.owner() + " " + node.acl());
    node.forEachChild((name, child) -> collect(path + "/" + name, child, lines));
  }
}
