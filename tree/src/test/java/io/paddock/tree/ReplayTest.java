package io.paddock.tree;

import static io.paddock.tree.Playground.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions over a tree that has them already (data directory sheet, section 3.5). */
class ReplayTest {
  private static final List<Acl> MINE = List.of(new Acl(31, new Id("ip", "10.0.0.1")));

  private final Playground play = new Playground();
  private long zxid = 100;

  private Applied apply(OpCode type, TxnBody body) {
    zxid++;
    TxnHeader header = new TxnHeader(1, 1, new Stamp(zxid, 5000), type.code());
    Applied applied = play.tree.apply(Txn.of(header, body));
    play.tree = applied.tree();
    TreeCheck.check(play.tree);
    return applied;
  }

  private static TxnBody.Create body(String path, List<Acl> acl, int parentCversion) {
    return new TxnBody.Create(path, null, acl, false, parentCversion);
  }

  @Test
  void aZnodeThatIsThereIsKeptWithTheListOfTheRecord() {
    play.perform(create("/a", "kept", Acl.OPEN, 0));
    Applied applied = apply(OpCode.CREATE2, body("/a", MINE, 9));
    assertThat(applied.result().error()).isEqualTo(ErrorCode.NODEEXISTS);
    assertThat(applied.changes()).isEmpty();
    assertThat(play.data("/a")).isEqualTo("kept");
    assertThat(play.tree.find("/a").acl().entries()).isEqualTo(MINE);
    assertThat(play.tree.find("/a").aversion()).isZero();
  }

  @Test
  void onlyTheFirstTypeRaisesTheParentOfAZnodeThatIsThere() {
    play.perform(create("/a"));
    apply(OpCode.CREATE2, body("/a", Acl.OPEN, 9));
    assertThat(play.tree.root().cversion()).isEqualTo(1);
    apply(OpCode.CREATE, body("/a", Acl.OPEN, 9));
    assertThat(play.tree.root().cversion()).isEqualTo(9);
    assertThat(play.tree.root().pzxid()).isEqualTo(zxid);
    apply(OpCode.CREATE, body("/a", Acl.OPEN, 8));
    assertThat(play.tree.root().cversion()).isEqualTo(9);
    assertThat(play.tree.root().pzxid()).isEqualTo(zxid - 1);
  }

  @Test
  void aCreationNeverLowersItsParentsCounter() {
    play.perform(create("/p"));
    apply(OpCode.CREATE, body("/p/a", Acl.OPEN, 5));
    long pzxid = play.tree.find("/p").pzxid();
    apply(OpCode.CREATE, body("/p/b", Acl.OPEN, 3));
    assertThat(play.tree.find("/p").cversion()).isEqualTo(5);
    assertThat(play.tree.find("/p").pzxid()).isEqualTo(pzxid);
    apply(OpCode.CREATE, body("/p/c", Acl.OPEN, -1));
    assertThat(play.tree.find("/p").cversion()).isEqualTo(6);
    assertThat(play.tree.find("/p").childCount()).isEqualTo(3);
  }

  @Test
  void whatHasNoParentOrNoZnodeIsPassedOver() {
    long digest = play.tree.digest();
    assertThat(apply(OpCode.CREATE, body("/no/a", Acl.OPEN, 1)).result().error())
        .isEqualTo(ErrorCode.NONODE);
    assertThat(apply(OpCode.SET_DATA, new TxnBody.SetData("/no", null, 1)).result().error())
        .isEqualTo(ErrorCode.NONODE);
    assertThat(apply(OpCode.SET_ACL, new TxnBody.SetAcl("/no", MINE, 1)).result().error())
        .isEqualTo(ErrorCode.NONODE);
    assertThat(apply(OpCode.DELETE, new TxnBody.Delete("/no/a")).result().error())
        .isEqualTo(ErrorCode.NONODE);
    assertThat(play.tree.digest()).isEqualTo(digest);
    assertThat(play.tree.zxid()).isEqualTo(zxid);
  }

  @Test
  void deletingWhatIsGoneStillMovesTheParentsPzxid() {
    play.perform(create("/p"));
    apply(OpCode.DELETE, new TxnBody.Delete("/p/gone"));
    assertThat(play.tree.find("/p").pzxid()).isEqualTo(zxid);
    long old = play.tree.find("/p").pzxid();
    TxnHeader earlier = new TxnHeader(1, 1, new Stamp(3, 5000), OpCode.DELETE.code());
    Tree same = play.tree.apply(Txn.of(earlier, new TxnBody.Delete("/p/gone"))).tree();
    assertThat(same.find("/p").pzxid()).isEqualTo(old);
    assertThat(same.zxid()).isEqualTo(play.tree.zxid());
  }

  @Test
  void versionsAreTheRecords() {
    play.perform(create("/a"));
    apply(OpCode.SET_DATA, new TxnBody.SetData("/a", null, 7));
    apply(OpCode.SET_ACL, new TxnBody.SetAcl("/a", MINE, 8));
    Node node = play.tree.find("/a");
    assertThat(node.version()).isEqualTo(7);
    assertThat(node.aversion()).isEqualTo(8);
    assertThat(node.mzxid()).isEqualTo(zxid - 1);
    assertThat(node.mtime()).isEqualTo(5000);
  }

  @Test
  void closeSessionDeletesWhatIsListedAndWhatIsNot() {
    play.perform(create("/a", 1));
    play.perform(create("/b", 1));
    apply(OpCode.CLOSE_SESSION, new TxnBody.CloseSession(List.of("/a", "/never-was")));
    assertThat(play.tree.find("/a")).isNull();
    assertThat(play.tree.find("/b")).isNull();
    assertThat(play.tree.sessionCount()).isZero();
    apply(OpCode.CLOSE_SESSION, new TxnBody.CloseSession(null));
    apply(OpCode.CREATE_SESSION, new TxnBody.CreateSession(5));
    apply(OpCode.CREATE_SESSION, new TxnBody.CreateSession(6));
    assertThat(play.tree.sessionTimeoutMs(1)).isEqualTo(6);
    assertThat(play.tree.sessionCount()).isEqualTo(1);
  }

  @Test
  void aMultiWithAnErrorInItDoesNothing() {
    List<TxnBody.Part> parts =
        List.of(
            new TxnBody.Part(1, body("/a", Acl.OPEN, 1)),
            new TxnBody.Part(-1, new TxnBody.Error(-103)),
            new TxnBody.Part(-1, new TxnBody.Error(-2)));
    apply(OpCode.MULTI, new TxnBody.Multi(parts));
    assertThat(play.tree.find("/a")).isNull();
  }

  @Test
  void theConfigIsPutWithoutATransaction() {
    Tree with = play.tree.withConfig(new byte[] {1, 2}, new Stamp(0x100, 77));
    TreeCheck.check(with);
    assertThat(with.zxid()).isEqualTo(play.tree.zxid());
    assertThat(with.digest()).isEqualTo(play.tree.digest());
    Node config = with.find("/zookeeper/config");
    assertThat(config.version()).isEqualTo(-1);
    assertThat(config.mzxid()).isEqualTo(0x100);
    assertThat(config.mtime()).isEqualTo(77);
    assertThat(config.data()).containsExactly(1, 2);
  }

  @Test
  void aZnodeThatWasDeletedOverItsChildrenTakesThemAlong() {
    play.perform(create("/a"));
    play.perform(create("/a/b", "x", MINE, 0));
    play.perform(create("/a/c", 1));
    apply(OpCode.DELETE, new TxnBody.Delete("/a"));
    assertThat(play.tree.nodeCount()).isEqualTo(5);
    assertThat(play.tree.ephemeralCount()).isZero();
  }

  /** A fuzzy snapshot holds some of the transactions behind its zxid; a replay mends that. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void replayingAllThatATreeHasAlreadyChangesNoneOfItsZnodes(long seed) {
    Random random = new Random(seed);
    RandomOps ops = new RandomOps(random, 10, MINE);
    List<Txn> txns = new ArrayList<>();
    Playground other = new Playground();
    Prep prep = new Prep(PrepSettings.DEFAULT);
    Tree tree = other.tree;
    for (int i = 0; i < 400; i++) {
      Op op = ops.next();
      Applied applied =
          prep.prepare(tree, new Asker(1, i, other.ids), op, new Stamp(tree.zxid() + 1, i));
      txns.add(applied.txn());
      tree = applied.tree();
    }
    Tree again = tree;
    for (Txn txn : txns) {
      again = again.apply(txn).tree();
    }
    TreeCheck.check(again);
    assertThat(again.zxid()).isEqualTo(tree.zxid());
    List<String> paths = new ArrayList<>();
    collect("", tree.root(), paths);
    List<String> pathsAgain = new ArrayList<>();
    collect("", again.root(), pathsAgain);
    assertThat(pathsAgain).containsExactlyInAnyOrderElementsOf(paths);
  }

  private static void collect(String path, Node node, List<String> paths) {
    paths.add(path);
    node.forEachChild((name, child) -> collect(path + "/" + name, child, paths));
  }
}
