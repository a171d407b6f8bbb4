package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Node;
import io.paddock.tree.Tree;
import io.paddock.tree.Txn;
import io.paddock.tree.TxnBody;
import io.paddock.wire.Acl;
import io.paddock.wire.OpCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * A tree as plain as it can be written from the data directory sheet: one map from path to znode,
 * its digest summed up from nothing. What the real one is compared with.
 */
final class NaiveTree {
  private static final String EXCLUDED = "/zookeeper/";

  /** A znode with the stat that is stored. */
  private static final class Znode {
    byte[] data;
    List<Acl> acl;
    long czxid;
    long mzxid;
    long pzxid;
    long ctime;
    long mtime;
    int version;
    int cversion;
    int aversion;
    long owner;

    boolean isSame(Znode that) {
      return czxid == that.czxid
          && mzxid == that.mzxid
          && pzxid == that.pzxid
          && ctime == that.ctime
          && mtime == that.mtime
          && version == that.version
          && cversion == that.cversion
          && aversion == that.aversion
          && owner == that.owner
          && acl.equals(that.acl)
          && Arrays.equals(data, that.data);
    }

    @Override
    public String toString() {
      String text = data == null ? "null" : new String(data, StandardCharsets.ISO_8859_1);
      return text
          + Arrays.asList(
              czxid, mzxid, pzxid, ctime, mtime, version, cversion, aversion, owner, acl);
    }
  }

  private final TreeMap<String, Znode> znodes = new TreeMap<>();
  private final TreeMap<Long, Integer> sessions = new TreeMap<>();

  /** The tree of a new server. */
  NaiveTree() {
    copy(Tree.fresh().root(), "");
  }

  private static NaiveTree of(Tree tree) {
    NaiveTree copy = new NaiveTree();
    copy.znodes.clear();
    copy.copy(tree.root(), "");
    tree.forEachSession((id, timeoutMs) -> copy.sessions.put(id, timeoutMs));
    return copy;
  }

  private void copy(Node node, String path) {
    Znode znode = new Znode();
    znode.data = node.data();
    znode.acl = node.acl().entries();
    znode.czxid = node.czxid();
    znode.mzxid = node.mzxid();
    znode.pzxid = node.pzxid();
    znode.ctime = node.ctime();
    znode.mtime = node.mtime();
    znode.version = node.version();
    znode.cversion = node.cversion();
    znode.aversion = node.aversion();
    znode.owner = node.owner();
    znodes.put(path, znode);
    node.forEachChild((name, child) -> copy(child, path + "/" + name));
  }

  void apply(Txn txn) {
    apply(txn, txn.header().type(), txn.body());
  }

  private void apply(Txn txn, int type, TxnBody body) {
    if (body instanceof TxnBody.Create create) {
      boolean ephemeral = create.ephemeral();
      Znode made = create(txn, create.path(), create.data(), create.acl(), create.parentCversion());
      made.owner = ephemeral ? txn.header().sessionId() : 0;
    } else if (body instanceof TxnBody.CreateContainer create) {
      Znode made = create(txn, create.path(), create.data(), create.acl(), create.parentCversion());
      made.owner = Long.MIN_VALUE;
    } else if (body instanceof TxnBody.Delete delete) {
      delete(txn, delete.path());
    } else if (body instanceof TxnBody.SetData set) {
      Znode znode = znodes.get(set.path());
      znode.data = set.data();
      znode.version = set.version();
      znode.mzxid = txn.zxid();
      znode.mtime = txn.header().timeMs();
    } else if (body instanceof TxnBody.SetAcl set) {
      Znode znode = znodes.get(set.path());
      znode.acl = set.acl();
      znode.aversion = set.version();
    } else if (body instanceof TxnBody.Multi multi) {
      int error = OpCode.ERROR.code();
      if (multi.parts().stream().noneMatch(part -> part.type() == error)) {
        multi.parts().forEach(part -> apply(txn, part.type(), part.body()));
      }
    } else if (body instanceof TxnBody.CreateSession create) {
      sessions.put(txn.header().sessionId(), create.timeoutMs());
    } else if (body instanceof TxnBody.CloseSession) {
      long session = txn.header().sessionId();
      sessions.remove(session);
      znodes.entrySet().stream()
          .filter(entry -> entry.getValue().owner == session)
          .map(Map.Entry::getKey)
          .toList()
          .forEach(path -> delete(txn, path));
    } else {
      assertThat(type).isIn(OpCode.ERROR.code(), OpCode.CHECK.code());
    }
  }

  private Znode create(Txn txn, String path, byte[] data, List<Acl> acl, int parentCversion) {
    Znode parent = znodes.get(parent(path));
    parent.cversion = parentCversion;
    parent.pzxid = txn.zxid();
    Znode znode = new Znode();
    znode.data = data;
    znode.acl = acl;
    znode.czxid = txn.zxid();
    znode.mzxid = txn.zxid();
    znode.pzxid = txn.zxid();
    znode.ctime = txn.header().timeMs();
    znode.mtime = txn.header().timeMs();
    assertThat(znodes.put(path, znode)).as("%s was there before", path).isNull();
    return znode;
  }

  private void delete(Txn txn, String path) {
    assertThat(znodes.remove(path)).as("%s was not there", path).isNotNull();
    znodes.get(parent(path)).pzxid = txn.zxid();
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  /** The sheet's section 4, over everything. */
  private long digest() {
    long sum = 0;
    for (Map.Entry<String, Znode> entry : znodes.entrySet()) {
      String path = entry.getKey();
      if (path.startsWith(EXCLUDED)) {
        continue;
      }
      Znode znode = entry.getValue();
      CRC32 crc = new CRC32();
      crc.update(path.getBytes(StandardCharsets.UTF_8));
      if (znode.data != null) {
        crc.update(znode.data);
      }
      ByteBuffer stat = ByteBuffer.allocate(60);
      stat.putLong(znode.czxid).putLong(znode.mzxid).putLong(znode.pzxid);
      stat.putLong(znode.ctime).putLong(znode.mtime);
      stat.putInt(znode.version).putInt(znode.cversion).putInt(znode.aversion);
      crc.update(stat.putLong(znode.owner).array());
      sum += crc.getValue();
    }
    return sum;
  }

  /** Compares everything: znodes with data, stat and lists; sessions; owners; digest; counts. */
  void assertSame(Tree tree, String where) {
    NaiveTree real = of(tree);
    if (!isSame(real)) {
      assertThat(real.texts()).as(where).isEqualTo(texts());
      throw new AssertionError("a difference that the texts do not show, " + where);
    }
    assertThat(real.sessions).as(where).isEqualTo(sessions);
    assertThat(tree.digest()).as("digest, %s", where).isEqualTo(digest());
    // Apache's count has the root twice.
    assertThat(tree.nodeCount()).as(where).isEqualTo(znodes.size() + 1);
    int ephemerals = 0;
    for (Map.Entry<String, Znode> entry : znodes.entrySet()) {
      long owner = entry.getValue().owner;
      if (owner != 0 && owner != Long.MIN_VALUE) {
        ephemerals++;
        assertThat(sessions).as("owner of %s, %s", entry.getKey(), where).containsKey(owner);
        assertThat(tree.ephemerals(owner)).as(where).contains(entry.getKey());
      }
    }
    assertThat(tree.ephemeralCount()).as(where).isEqualTo(ephemerals);
  }

  private boolean isSame(NaiveTree real) {
    return znodes.keySet().equals(real.znodes.keySet())
        && znodes.entrySet().stream()
            .allMatch(entry -> entry.getValue().isSame(real.znodes.get(entry.getKey())));
  }

  private Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    znodes.forEach((path, znode) -> texts.put(path, znode.toString()));
    return texts;
  }
}
