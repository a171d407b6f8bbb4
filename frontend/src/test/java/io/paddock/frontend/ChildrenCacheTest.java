package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Applied;
import io.paddock.tree.Asker;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildrenCacheTest {
  private final Prep prep = new Prep(PrepSettings.DEFAULT);
  private final ChildrenCache cache = new ChildrenCache();
  private Tree tree = Tree.fresh();
  private long zxid;

  private void apply(Op op) {
    zxid++;
    Applied applied = prep.prepare(tree, new Asker(1, 0, List.of()), op, new Stamp(zxid, 0));
    assertThat(applied.result().error().code()).isZero();
    tree = applied.tree();
  }

  private void create(String path) {
    apply(new Op.Create(OpCode.CREATE, path, null, Acl.OPEN, 0, -1));
  }

  private byte[] cached(String path) {
    JuteWriter out = new JuteWriter();
    cache.write(tree.find(path), out);
    return out.toByteArray();
  }

  private byte[] plain(String path) {
    JuteWriter out = new JuteWriter();
    tree.find(path).writeChildren(out);
    return out.toByteArray();
  }

  @Test
  void theListIsTheTreesHoweverOftenItIsAskedForAndWhateverChanges() {
    apply(new Op.CreateSession(1000));
    for (int wide = 0; wide < 12; wide++) {
      create("/w" + wide);
      for (int i = 0; i < 120 + wide * 3; i++) {
        create("/w" + wide + "/n" + i);
      }
    }
    for (int round = 0; round < 5; round++) {
      for (int wide = 0; wide < 12; wide++) {
        String path = "/w" + wide;
        assertThat(cached(path)).isEqualTo(plain(path));
        assertThat(cached(path)).isEqualTo(plain(path));
        assertThat(cached(path)).isEqualTo(plain(path));
        create(path + "/more" + round);
        assertThat(cached(path)).isEqualTo(plain(path));
        apply(new Op.Delete(path + "/n" + round, -1));
        assertThat(cached(path)).isEqualTo(plain(path));
      }
    }
  }
}
