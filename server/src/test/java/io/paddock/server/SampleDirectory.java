package io.paddock.server;

import io.paddock.journal.Codec;
import io.paddock.journal.Journal;
import io.paddock.journal.JournalSettings;
import io.paddock.journal.MemoryStorage;
import io.paddock.machine.DataLoader;
import io.paddock.tree.Applied;
import io.paddock.tree.Asker;
import io.paddock.tree.Node;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a small server with something of everything in them, and what its tree was after
 * each transaction: a ground truth for whoever damages them.
 *
 * <pre>
 * snapshot.0, log.1 (1 to 9), snapshot.9, log.a (10 to 18), acceptedEpoch, currentEpoch, paddock.snapshots
 * </pre>
 *
 * The newest snapshot is needed only to be quick: both logs are whole.
 */
final class SampleDirectory {
  static final int TXNS = 18;
  private static final int SNAPSHOT_AT = 9;
  private static final long SESSION = 0x1000;
  private static final List<Id> SOMEBODY = List.of(new Id("ip", "127.0.0.1"));

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Map<String, Integer> states = new HashMap<>();

  SampleDirectory(Codec codec) {
    try {
      write(codec);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static JournalSettings settings(Codec codec) {
    return new JournalSettings(1500, true, -1, 1000, codec, false, 100_000, 3);
  }

  /** Name and bytes of each file, by name. */
  Map<String, byte[]> files() {
    return files;
  }

  /** After how many transactions the tree was this one; -1 when it never was. */
  int stateOf(Tree tree) {
    return states.getOrDefault(text(tree), -1);
  }

  private void write(Codec codec) throws IOException {
    MemoryStorage storage = new MemoryStorage(1);
    try (Journal journal = Journal.open(storage, storage, settings(codec), () -> 0)) {
      Tree tree = new DataLoader(journal, TreeSettings.DEFAULT, true).load();
      states.put(text(tree), 0);
      Prep prep = new Prep(PrepSettings.DEFAULT);
      JuteWriter out = new JuteWriter();
      for (Op op : operations()) {
        long zxid = tree.zxid() + 1;
        Applied applied =
            prep.prepare(
                tree, new Asker(SESSION, (int) zxid, SOMEBODY), op, new Stamp(zxid, 1_000 + zxid));
        tree = applied.tree();
        out.clear();
        applied.txn().write(out);
        journal.log().append(zxid, out.array(), 0, out.size());
        journal.log().force();
        states.put(text(tree), (int) zxid);
        if (zxid == SNAPSHOT_AT) {
          DataLoader.writeSnapshot(journal, tree, true);
          journal.log().roll();
        }
      }
      journal.epochs().reconcile(tree.zxid());
    }
    for (String name : storage.list().stream().sorted().toList()) {
      files.put(name, storage.get(name));
    }
  }

  private static List<Op> operations() {
    List<Op> ops = new ArrayList<>();
    ops.add(new Op.CreateSession(30_000));
    ops.add(create(OpCode.CREATE, "/a", "data", 0));
    ops.add(create(OpCode.CREATE2, "/a/b", null, 0));
    ops.add(create(OpCode.CREATE, "/a/e", "ephemeral", 1));
    ops.add(create(OpCode.CREATE, "/a/s-", "", 2));
    ops.add(create(OpCode.CREATE_CONTAINER, "/c", "container", 4));
    ops.add(new Op.SetData("/a", "ünïcödé".getBytes(StandardCharsets.UTF_8), 0));
    ops.add(new Op.SetAcl("/c", List.of(new Acl(31, new Id("ip", "127.0.0.1"))), -1));
    ops.add(new Op.SetData("/none", new byte[0], 0));
    ops.add(
        new Op.Multi(
            List.of(
                new Op.Check("/a", -1),
                create(OpCode.CREATE, "/m", "multi", 0),
                new Op.SetData("/m", new byte[300], -1),
                new Op.Delete("/a/b", -1))));
    ops.add(new Op.Multi(List.of(new Op.Delete("/a", -1), new Op.Check("/none", 0))));
    for (int i = 0; i < 4; i++) {
      ops.add(create(OpCode.CREATE, "/m/" + i, "0123456789".repeat(i), i % 2));
    }
    ops.add(new Op.Delete("/m/0", 0));
    ops.add(new Op.CloseSession());
    ops.add(new Op.SetData("/m", "last".getBytes(StandardCharsets.US_ASCII), -1));
    return ops;
  }

  private static Op create(OpCode code, String path, String data, int flags) {
    byte[] bytes = data == null ? null : data.getBytes(StandardCharsets.US_ASCII);
    return new Op.Create(code, path, bytes, Acl.OPEN, flags, -1);
  }

  /** All of a tree, whatever order its siblings are kept in. */
  private static String text(Tree tree) {
    TreeMap<String, String> lines = new TreeMap<>();
    addZnode(tree.root(), "", lines);
    tree.forEachSession((id, timeoutMs) -> lines.put("session " + id, "timeout " + timeoutMs));
    return tree.zxid() + " " + lines;
  }

  private static void addZnode(Node node, String path, Map<String, String> lines) {
    byte[] data = node.data();
    List<Object> all = new ArrayList<>();
    all.add(data == null ? "null" : new String(data, StandardCharsets.ISO_8859_1));
    all.addAll(node.acl().entries());
    all.addAll(List.of(node.czxid(), node.mzxid(), node.pzxid(), node.ctime(), node.mtime()));
    all.addAll(List.of(node.version(), node.cversion(), node.aversion(), node.owner()));
    lines.put(path, all.toString());
    node.forEachChild((name, child) -> addZnode(child, path + "/" + name, lines));
  }
}
