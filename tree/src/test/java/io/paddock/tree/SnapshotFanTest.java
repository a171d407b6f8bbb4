package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.Acl;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A snapshot gives back a tree whatever number of children a znode has. */
class SnapshotFanTest {
  private static final int CHILDREN_MAX = 140;

  @Test
  void everyNumberOfChildrenComesBack() throws IOException {
    Prep prep = new Prep(PrepSettings.DEFAULT);
    Op session = new Op.CreateSession(1000);
    Tree tree =
        prep.prepare(Tree.fresh(), new Asker(1, 0, List.of()), session, new Stamp(1, 7)).tree();
    for (int count = 0; count < CHILDREN_MAX; count++) {
      Tree loaded = throughASnapshot(tree);
      assertThat(loaded.root().childCount()).isEqualTo(tree.root().childCount());
      assertThat(loaded.digest()).isEqualTo(tree.digest());
      for (int i = 0; i < count; i++) {
        assertThat(loaded.find("/n" + i)).as("child %d of %d", i, count).isNotNull();
      }
      // What is loaded can be written to.
      Tree more = create(prep, loaded, "/n" + count);
      tree = create(prep, tree, "/n" + count);
      assertThat(more.digest()).isEqualTo(tree.digest());
    }
  }

  private static Tree create(Prep prep, Tree tree, String path) {
    Op op = new Op.Create(OpCode.CREATE, path, new byte[] {1}, Acl.OPEN, 0, -1);
    return prep.prepare(tree, new Asker(1, 1, List.of()), op, new Stamp(tree.zxid() + 1, 7)).tree();
  }

  private static Tree throughASnapshot(Tree tree) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotBody.write(tree, out);
    byte[] body = out.toByteArray();
    return SnapshotBody.read(new ByteArrayInputStream(body), tree.zxid(), TreeSettings.DEFAULT);
  }
}
