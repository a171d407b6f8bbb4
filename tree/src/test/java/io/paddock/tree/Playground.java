package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A tree with one session, number 1, to try operations on; checks the tree after each. */
final class Playground {
  static final Id HERE = new Id("ip", "127.0.0.1");
  static final Id ALICE = new Id("digest", "alice:uLxpHc/uhT86OXPoSjJTp1M8CJY=");

  final Prep prep;
  Tree tree;
  List<Id> ids = List.of(HERE);
  long session = 1;
  Applied last;

  Playground() {
    this(PrepSettings.DEFAULT, new TreeSettings(TreeSettings.ExtendedTypes.ON, 3));
  }

  Playground(PrepSettings settings, TreeSettings treeSettings) {
    prep = new Prep(settings);
    tree = Tree.fresh(treeSettings);
    perform(new Op.CreateSession(30000));
  }

  static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  static Op.Create create(String path, String data, List<Acl> acl, int flags) {
    return new Op.Create(OpCode.CREATE, path, bytes(data), acl, flags, -1);
  }

  static Op.Create create(String path) {
    return create(path, "x", Acl.OPEN, 0);
  }

  static Op.Create create(String path, int flags) {
    return create(path, "x", Acl.OPEN, flags);
  }

  static List<Acl> acl(int perms, Id id) {
    return List.of(new Acl(perms, id));
  }

  /** The outcome, which becomes the tree's next state; a replay must come to the same. */
  ErrorCode perform(Op op) {
    long zxid = tree.zxid() + 1;
    last = prep.prepare(tree, new Asker(session, 7, ids), op, new Stamp(zxid, 1000 + zxid));
    TreeCheck.check(last.tree());
    JuteWriter out = new JuteWriter();
    last.txn().write(out);
    Applied again = tree.apply(Txn.read(new JuteReader(out.toByteArray())));
    if (again.tree().digest() != last.tree().digest() || again.zxid() != zxid) {
      throw new AssertionError("the replay of " + op + " differs");
    }
    tree = last.tree();
    return last.result().error();
  }

  /** The reply's body. */
  JuteReader body() {
    JuteWriter out = new JuteWriter();
    last.result().writeBody(out);
    return new JuteReader(out.toByteArray());
  }

  String data(String path) {
    byte[] data = tree.find(path).data();
    return data == null ? null : new String(data, StandardCharsets.UTF_8);
  }
}
