package io.paddock.tree;

import static io.paddock.tree.Playground.ALICE;
import static io.paddock.tree.Playground.HERE;
import static io.paddock.tree.Playground.acl;
import static io.paddock.tree.Playground.create;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MultiHeader;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.Stat;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of checks and what comes out (client protocol sheet, sections 3 to 6). */
class PrepTest {
  private final Playground play = new Playground();

  private static Op.Create ttl(String path, int flags, long ttlMs) {
    return new Op.Create(OpCode.CREATE_TTL, path, null, Acl.OPEN, flags, ttlMs);
  }

  private void stranger() {
    play.session = 99;
  }

  @Test
  void createChecksInTheOrderOfTheSheet() {
    // Each operation also breaks every later rule.
    List<Acl> badAcl = List.of();
    assertThat(play.perform(create("/no/pe", "x", badAcl, 4))).isEqualTo(ErrorCode.INVALIDACL);
    stranger();
    assertThat(play.perform(create("no\0", "x", badAcl, 9))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(ttl("no\0", 5, 0))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(create("no\0", "x", badAcl, 0))).isEqualTo(ErrorCode.SESSIONEXPIRED);
    play.session = 1;
    assertThat(play.perform(create("no", "x", badAcl, 0))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(create("/a\0/b", "x", badAcl, 0))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(create("/no/..", "x", badAcl, 0))).isEqualTo(ErrorCode.INVALIDACL);
    assertThat(play.perform(create("/no/.."))).isEqualTo(ErrorCode.NONODE);
    assertThat(play.perform(create("/shut", "x", acl(Acl.READ, ALICE), 1))).isEqualTo(ErrorCode.OK);
    assertThat(play.perform(create("/shut/.."))).isEqualTo(ErrorCode.NOAUTH);
    play.ids = List.of(HERE, new Id("super", ""));
    assertThat(play.perform(create("/shut/.."))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(create("/shut/a"))).isEqualTo(ErrorCode.NOCHILDRENFOREPHEMERALS);
    assertThat(play.perform(create("/shut"))).isEqualTo(ErrorCode.NODEEXISTS);
    assertThat(play.perform(create("/"))).isEqualTo(ErrorCode.NODEEXISTS);
  }

  @Test
  void extendedTypesMustBeSwitchedOn() {
    Playground off = new Playground(PrepSettings.DEFAULT, TreeSettings.DEFAULT);
    assertThat(off.perform(ttl("/t", 5, 0))).isEqualTo(ErrorCode.UNIMPLEMENTED);
    assertThat(off.perform(create("/t", 5))).isEqualTo(ErrorCode.UNIMPLEMENTED);
    assertThat(play.perform(create("/t", 5))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(ttl("/t", 0, 5))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(ttl("/t", 0, -1))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(ttl("/t", 5, 0x10000000000L))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(ttl("/t", 5, 0xffffffffffL))).isEqualTo(ErrorCode.OK);
    assertThat(play.tree.find("/t").owner()).isEqualTo(0xff00_00ff_ffff_ffffL);
    assertThat(play.tree.find("/t").stat().ephemeralOwner()).isZero();
    assertThat(play.perform(create("/t/child"))).isEqualTo(ErrorCode.OK);
  }

  @Test
  void deleteChecksInTheOrderOfTheSheet() {
    assertThat(play.perform(create("/a"))).isEqualTo(ErrorCode.OK);
    assertThat(play.perform(create("/a/b"))).isEqualTo(ErrorCode.OK);
    stranger();
    assertThat(play.perform(new Op.Delete("/", 0))).isEqualTo(ErrorCode.SESSIONEXPIRED);
    play.session = 1;
    for (String reserved :
        List.of("/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config", "a", "")) {
      assertThat(play.perform(new Op.Delete(reserved, -1))).isEqualTo(ErrorCode.BADARGUMENTS);
    }
    assertThat(play.perform(new Op.Delete("/no/no", -1))).isEqualTo(ErrorCode.NONODE);
    assertThat(play.perform(new Op.Delete("/a/", -1))).isEqualTo(ErrorCode.NONODE);
    assertThat(play.perform(new Op.Delete("/a", 5))).isEqualTo(ErrorCode.BADVERSION);
    assertThat(play.perform(new Op.Delete("/a", 0))).isEqualTo(ErrorCode.NOTEMPTY);
    assertThat(play.perform(create("/s", "x", acl(31 - Acl.DELETE, new Id("world", "anyone")), 0)))
        .isEqualTo(ErrorCode.OK);
    assertThat(play.perform(create("/s/x"))).isEqualTo(ErrorCode.OK);
    // The right is the parent's, and is looked at before the znode itself.
    assertThat(play.perform(new Op.Delete("/s/x", -1))).isEqualTo(ErrorCode.NOAUTH);
    assertThat(play.perform(new Op.Delete("/s/none", -1))).isEqualTo(ErrorCode.NOAUTH);
    assertThat(play.perform(new Op.Delete("/a/b", 0))).isEqualTo(ErrorCode.OK);
    assertThat(play.body().remaining()).isZero();
  }

  @Test
  void setDataAndCheckAndSetAclCheckInTheOrderOfTheSheet() {
    play.perform(create("/s", "x", acl(Acl.READ, ALICE), 0));
    stranger();
    assertThat(play.perform(new Op.SetData("/a/", null, 0))).isEqualTo(ErrorCode.SESSIONEXPIRED);
    assertThat(play.perform(new Op.SetAcl("/a/", null, 0))).isEqualTo(ErrorCode.SESSIONEXPIRED);
    play.session = 1;
    assertThat(play.perform(new Op.SetData("/a/", null, 0))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(new Op.SetData("/a", null, 0))).isEqualTo(ErrorCode.NONODE);
    assertThat(play.perform(new Op.SetData("/s", null, 9))).isEqualTo(ErrorCode.NOAUTH);
    assertThat(play.perform(new Op.SetAcl("/a/", null, 9))).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(new Op.SetAcl("/a", List.of(), 9))).isEqualTo(ErrorCode.INVALIDACL);
    assertThat(play.perform(new Op.SetAcl("/a", Acl.OPEN, 9))).isEqualTo(ErrorCode.NONODE);
    assertThat(play.perform(new Op.SetAcl("/s", Acl.OPEN, 9))).isEqualTo(ErrorCode.NOAUTH);
    play.ids = List.of(new Id("super", ""));
    assertThat(play.perform(new Op.SetData("/s", null, 9))).isEqualTo(ErrorCode.BADVERSION);
    assertThat(play.perform(new Op.SetAcl("/s", Acl.OPEN, 9))).isEqualTo(ErrorCode.BADVERSION);
    assertThat(play.perform(new Op.SetData("/s", null, 0))).isEqualTo(ErrorCode.OK);
    assertThat(Stat.read(play.body()).version()).isEqualTo(1);
    assertThat(play.perform(new Op.SetAcl("/s", Acl.OPEN, 0))).isEqualTo(ErrorCode.OK);
    Stat stat = Stat.read(play.body());
    assertThat(stat.aversion()).isEqualTo(1);
    assertThat(stat.mzxid()).isEqualTo(play.tree.zxid() - 1);
    assertThat(play.last.changes()).isEmpty();
    assertThat(play.perform(new Op.Check("/s", 0))).isEqualTo(ErrorCode.UNIMPLEMENTED);
  }

  @Test
  void nullsAreErrorsAndNeverExceptions() {
    Id none = new Id(null, null);
    for (Op op :
        List.of(
            create(null),
            create("/a", null, null, 0),
            create("/a", null, acl(31, none), 0),
            create("/a", null, List.of(new Acl(31, none), new Acl(31, none)), 0),
            create("/a", null, Arrays.asList((Acl) null), 0),
            new Op.Delete(null, 0),
            new Op.SetData(null, null, 0),
            new Op.SetAcl(null, null, 0),
            new Op.SetAcl("/zookeeper", Arrays.asList(null, null), 0),
            new Op.DeleteContainer(null),
            new Op.Multi(null),
            new Op.Multi(Arrays.asList((Op) null)),
            new Op.Multi(List.of(new Op.SetAcl("/", Acl.OPEN, -1))),
            new Op.Reconfig(null, null, null, 0))) {
      assertThat(play.perform(op)).as(op.toString()).isNotEqualTo(ErrorCode.OK);
      assertThat(play.last.txn().header().type()).isEqualTo(OpCode.ERROR.code());
    }
    long zxid = play.tree.zxid();
    Applied applied =
        play.prep.prepare(play.tree, new Asker(1, 1, null), null, new Stamp(zxid + 1, 1));
    assertThat(applied.result().error()).isEqualTo(ErrorCode.MARSHALLINGERROR);
    assertThat(applied.cause()).isNotNull();
    assertThat(applied.tree().zxid()).isEqualTo(zxid + 1);
  }

  /** A multi whose second operation is not there, and cannot be asked for. */
  private static Op brokenMulti(Op first, Supplier<? extends Throwable> defect) {
    List<Op> ops =
        new AbstractList<>() {
          private int asked;

          @Override
          public Op get(int index) {
            // Once to see whether all have paths, once to be carried out.
            if (index == 1 && asked++ == 1) {
              throw PrepTest.<RuntimeException>sneaky(defect.get());
            }
            return index == 0 ? first : create("/b");
          }

          @Override
          public int size() {
            return 2;
          }
        };
    return new Op.Multi(ops);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void aDefectRefusesTheRequestThatMeetsItAndLeavesNothingBehind() {
    Tree before = play.tree;
    Op broken = brokenMulti(create("/a"), () -> new ClassCastException("a defect"));
    assertThat(play.perform(broken)).isEqualTo(ErrorCode.MARSHALLINGERROR);
    assertThat(play.last.cause()).isInstanceOf(ClassCastException.class);
    assertThat(play.last.txn().header().type()).isEqualTo(OpCode.ERROR.code());
    assertThat(play.last.changes()).isEmpty();
    assertThat(play.tree.root()).isSameAs(before.root());
    assertThat(play.tree.digest()).isEqualTo(before.digest());
    // The same Prep goes on: perform() compares what it makes with a replay.
    assertThat(play.perform(create("/a"))).isEqualTo(ErrorCode.OK);
    assertThat(play.last.cause()).isNull();
  }

  @Test
  void anErrorIsNoRefusal() {
    Op broken = brokenMulti(create("/a"), () -> new AssertionError("the tree is broken"));
    assertThatThrownBy(() -> play.perform(broken))
        .isInstanceOf(AssertionError.class)
        .hasMessage("the tree is broken");
  }

  @Test
  void aRefusedWriteTakesItsZxidAndCarriesNoDigest() {
    long zxid = play.tree.zxid();
    long digest = play.tree.digest();
    assertThat(play.perform(new Op.Delete("/no", -1))).isEqualTo(ErrorCode.NONODE);
    assertThat(play.tree.zxid()).isEqualTo(zxid + 1);
    assertThat(play.tree.digest()).isEqualTo(digest);
    assertThat(play.last.txn().hasDigest()).isFalse();
    assertThat(((TxnBody.Error) play.last.txn().body()).err()).isEqualTo(-101);
    assertThat(play.last.changes()).isEmpty();
    assertThat(play.body().remaining()).isZero();
  }

  @Test
  void sequenceNumbersCountCreationsOfAllChildren() {
    assertThat(play.perform(create("/n-", 2))).isEqualTo(ErrorCode.OK);
    assertThat(play.body().readString()).isEqualTo("/n-0000000000");
    play.perform(create("/q"));
    play.perform(create("/q/x"));
    play.perform(new Op.Delete("/q/x", -1));
    play.perform(create("/q/", 3));
    assertThat(play.last.result().path()).isEqualTo("/q/0000000001");
    play.perform(new Op.Delete("/q/0000000001", -1));
    assertThat(play.tree.find("/q").stat().cversion()).isEqualTo(4);
    play.perform(create("/q/n", 2));
    assertThat(play.last.result().path()).isEqualTo("/q/n0000000002");
  }

  @Test
  void aSequenceThatHasGoneRoundDoesNotCrash() {
    play.perform(create("/q"));
    TxnBody raised = new TxnBody.Create("/q/x", null, Acl.OPEN, false, Integer.MAX_VALUE);
    play.tree = play.tree.apply(Txn.of(new TxnHeader(1, 1, new Stamp(50, 1), 1), raised)).tree();
    play.perform(create("/q/n", 2));
    assertThat(play.last.result().path()).isEqualTo("/q/n2147483647");
    // The stored counter sticks, so the next name is taken.
    assertThat(play.perform(create("/q/n", 2))).isEqualTo(ErrorCode.NODEEXISTS);
  }

  @Test
  void theFirstOpcodesWithTheContainerFlagMakeAPlainZnode() {
    play.perform(create("/c", 4));
    assertThat(play.tree.find("/c").owner()).isZero();
    play.perform(new Op.Create(OpCode.CREATE_CONTAINER, "/d", null, Acl.OPEN, 4, -1));
    assertThat(play.tree.find("/d").owner()).isEqualTo(Long.MIN_VALUE);
    assertThat(play.body().readString()).isEqualTo("/d");
    play.perform(new Op.Multi(List.of(create("/e", 4))));
    assertThat(play.tree.find("/e").owner()).isEqualTo(Long.MIN_VALUE);
    assertThat(MultiHeader.read(play.body()).type()).isEqualTo(15);
  }

  @Test
  void aMultiSeesItsOwnEarlierParts() {
    Op multi =
        new Op.Multi(
            List.of(
                create("/a"),
                create("/a/n", 2),
                create("/a/n", 2),
                new Op.SetData("/a", null, 0),
                new Op.Check("/a", 1),
                new Op.Delete("/a/n0000000000", 0)));
    long zxid = play.tree.zxid();
    assertThat(play.perform(multi)).isEqualTo(ErrorCode.OK);
    assertThat(play.tree.zxid()).isEqualTo(zxid + 1);
    JuteReader body = play.body();
    assertThat(MultiHeader.read(body)).isEqualTo(new MultiHeader(1, false, 0));
    assertThat(body.readString()).isEqualTo("/a");
    assertThat(MultiHeader.read(body)).isEqualTo(new MultiHeader(1, false, 0));
    assertThat(body.readString()).isEqualTo("/a/n0000000000");
    assertThat(MultiHeader.read(body)).isEqualTo(new MultiHeader(1, false, 0));
    assertThat(body.readString()).isEqualTo("/a/n0000000001");
    assertThat(MultiHeader.read(body)).isEqualTo(new MultiHeader(5, false, 0));
    Stat stat = Stat.read(body);
    assertThat(stat.version()).isEqualTo(1);
    assertThat(stat.numChildren()).isEqualTo(2);
    assertThat(MultiHeader.read(body)).isEqualTo(new MultiHeader(13, false, 0));
    assertThat(MultiHeader.read(body)).isEqualTo(new MultiHeader(2, false, 0));
    assertThat(MultiHeader.read(body)).isEqualTo(new MultiHeader(-1, true, -1));
    assertThat(body.remaining()).isZero();
    assertThat(play.last.changes())
        .extracting(Change::toString)
        .containsExactly(
            "CREATED /a",
            "CHILDREN_CHANGED /",
            "CREATED /a/n0000000000",
            "CHILDREN_CHANGED /a",
            "CREATED /a/n0000000001",
            "CHILDREN_CHANGED /a",
            "DATA_CHANGED /a",
            "DELETED /a/n0000000000",
            "CHILDREN_CHANGED /a");
  }

  @Test
  void aFailedMultiChangesNothingAndTellsEachPart() {
    long digest = play.tree.digest();
    Op multi =
        new Op.Multi(
            List.of(create("/a"), new Op.Check("/a", 5), new Op.Delete("/a", -1), create("/b")));
    assertThat(play.perform(multi)).isEqualTo(ErrorCode.OK);
    assertThat(play.tree.find("/a")).isNull();
    assertThat(play.tree.root().cversion()).isZero();
    JuteReader body = play.body();
    for (int error : new int[] {0, -103, -2, -2}) {
      assertThat(MultiHeader.read(body)).isEqualTo(new MultiHeader(-1, false, error));
      assertThat(body.readInt()).isEqualTo(error);
    }
    assertThat(MultiHeader.read(body).done()).isTrue();
    List<TxnBody.Part> parts = ((TxnBody.Multi) play.last.txn().body()).parts();
    assertThat(parts).extracting(TxnBody.Part::type).containsExactly(1, -1, -1, -1);
    assertThat(play.last.txn().header().type()).isEqualTo(14);
    assertThat(play.last.txn().digest()).isEqualTo(digest);
    assertThat(play.last.changes()).isEmpty();
  }

  @Test
  void anEmptyMultiSucceedsEvenWithoutASession() {
    stranger();
    assertThat(play.perform(new Op.Multi(List.of()))).isEqualTo(ErrorCode.OK);
    assertThat(MultiHeader.read(play.body()).done()).isTrue();
    play.perform(new Op.Multi(List.of(create("/a"))));
    assertThat(MultiHeader.read(play.body()).err()).isEqualTo(ErrorCode.SESSIONEXPIRED.code());
  }

  @Test
  void closingASessionDeletesAllItsEphemeralsInOneTransaction() {
    play.perform(create("/p"));
    play.perform(create("/p/b", 1));
    play.perform(create("/p/a", 1));
    play.perform(create("/c", 1));
    assertThat(play.tree.ephemerals(1)).containsExactly("/c", "/p/a", "/p/b");
    assertThat(play.tree.find("/c").stat().ephemeralOwner()).isEqualTo(1);
    assertThat(play.perform(new Op.CloseSession())).isEqualTo(ErrorCode.OK);
    assertThat(((TxnBody.CloseSession) play.last.txn().body()).paths())
        .containsExactly("/c", "/p/a", "/p/b");
    assertThat(play.tree.sessionTimeoutMs(1)).isEqualTo(-1);
    assertThat(play.tree.ephemeralCount()).isZero();
    assertThat(play.tree.find("/p").childCount()).isZero();
    assertThat(play.tree.find("/p").pzxid()).isEqualTo(play.tree.zxid());
    assertThat(play.last.changes()).hasSize(6);
    assertThat(play.perform(new Op.CloseSession())).isEqualTo(ErrorCode.OK);
  }

  @Test
  void closeSessionListsNoMoreThanARecordHoldsAndDeletesTheRest() {
    PrepSettings small = PrepSettings.DEFAULT.withRecordBytesMax(300);
    Playground tight = new Playground(small, TreeSettings.DEFAULT);
    for (int i = 0; i < 40; i++) {
      assertThat(tight.perform(create("/ephemeral-" + i, 1))).isEqualTo(ErrorCode.OK);
    }
    tight.perform(new Op.CloseSession());
    JuteWriter out = new JuteWriter();
    tight.last.txn().write(out);
    assertThat(out.size()).isLessThanOrEqualTo(300);
    assertThat(tight.tree.ephemeralCount()).isZero();
  }

  @Test
  void theListCanBeLeftOutOfCloseSession() {
    PrepSettings bare =
        PrepSettings.DEFAULT
            .with(PrepSettings.Switch.DIGESTS, false)
            .with(PrepSettings.Switch.EPHEMERALS_LISTED, false);
    Playground old = new Playground(bare, TreeSettings.DEFAULT);
    old.perform(create("/e", 1));
    assertThat(old.last.txn().hasDigest()).isFalse();
    old.perform(new Op.CloseSession());
    assertThat(((TxnBody.CloseSession) old.last.txn().body()).paths()).isNull();
    assertThat(old.tree.find("/e")).isNull();
  }

  @Test
  void aSessionThatIsNotInTheTreeMakesNoEphemerals() {
    PrepSettings local = PrepSettings.DEFAULT.with(PrepSettings.Switch.LOCAL_SESSIONS, true);
    Playground world = new Playground(local, TreeSettings.DEFAULT);
    world.session = 4711;
    assertThat(world.perform(create("/a"))).isEqualTo(ErrorCode.OK);
    assertThat(world.perform(create("/a/e", 1))).isEqualTo(ErrorCode.EPHEMERALONLOCALSESSION);
    world.session = 1;
    assertThat(world.perform(create("/a/e", 1))).isEqualTo(ErrorCode.OK);
  }

  @Test
  void aRecordThatNobodyCouldReadIsNotMade() {
    PrepSettings small = PrepSettings.DEFAULT.withRecordBytesMax(4000);
    Playground tight = new Playground(small, TreeSettings.DEFAULT);
    List<Id> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(new Id("digest", "user-" + i + ":aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    }
    tight.ids = many;
    Op expanding = create("/a", "x", acl(31, new Id("auth", "")), 0);
    assertThat(tight.perform(new Op.Multi(List.of(expanding))))
        .isEqualTo(ErrorCode.MARSHALLINGERROR);
    assertThat(tight.perform(create("/b", "x".repeat(3990), Acl.OPEN, 0)))
        .isEqualTo(ErrorCode.MARSHALLINGERROR);
    assertThat(tight.perform(create("/c", "x".repeat(3800), Acl.OPEN, 0))).isEqualTo(ErrorCode.OK);
  }

  @Test
  void reconfigIsRefusedAsAStandaloneServerRefusesIt() {
    Op reconfig = new Op.Reconfig(null, null, "server.1=a:1:2", -1);
    assertThat(play.perform(reconfig)).isEqualTo(ErrorCode.RECONFIGDISABLED);
    PrepSettings on = PrepSettings.DEFAULT.with(PrepSettings.Switch.RECONFIG, true);
    Playground enabled = new Playground(on, TreeSettings.DEFAULT);
    assertThat(enabled.perform(reconfig)).isEqualTo(ErrorCode.UNIMPLEMENTED);
    enabled.session = 99;
    assertThat(enabled.perform(reconfig)).isEqualTo(ErrorCode.SESSIONEXPIRED);
  }

  @Test
  void deleteContainerNeedsNoSessionAndTakesNoEphemerals() {
    play.perform(new Op.Create(OpCode.CREATE_CONTAINER, "/c", null, Acl.OPEN, 4, -1));
    play.perform(create("/c/x"));
    play.perform(create("/e", 1));
    stranger();
    assertThat(play.perform(new Op.DeleteContainer("/no"))).isEqualTo(ErrorCode.NONODE);
    assertThat(play.perform(new Op.DeleteContainer("/zookeeper")))
        .isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(play.perform(new Op.DeleteContainer("/c"))).isEqualTo(ErrorCode.NOTEMPTY);
    assertThat(play.perform(new Op.DeleteContainer("/e"))).isEqualTo(ErrorCode.BADVERSION);
    assertThat(play.perform(new Op.DeleteContainer("/c/x"))).isEqualTo(ErrorCode.OK);
    assertThat(play.perform(new Op.DeleteContainer("/c"))).isEqualTo(ErrorCode.OK);
    assertThat(play.last.txn().header().type()).isEqualTo(20);
    assertThat(play.tree.containers()).isEmpty();
  }

  @Test
  void aFreshTreeLooksAsTheSheetSays() {
    Tree tree = Tree.fresh();
    TreeCheck.check(tree);
    assertThat(tree.nodeCount()).isEqualTo(5);
    assertThat(tree.dataBytes()).isEqualTo(44);
    assertThat(tree.root().stat().cversion()).isEqualTo(-1);
    assertThat(tree.find("/zookeeper").stat().cversion()).isEqualTo(-2);
    assertThat(tree.find("/zookeeper/quota").stat())
        .isEqualTo(new Stat(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    assertThat(tree.find("/zookeeper/config").stat().aversion()).isEqualTo(-1);
    assertThat(tree.find("/zookeeper/config").acl().entries())
        .containsExactly(new Acl(1, new Id("world", "anyone")));
    assertThat(tree.find("/").data()).isEmpty();
    assertThat(tree.root().descendantCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "/a/", "//", "/a//b", "/a/b/", "a/b", "/a/..", "/\ud800", "/a\0", "/ ", "\0"})
  void anyStringCanBeLookedUp(String path) {
    play.perform(create("/a"));
    play.perform(create("/a/b"));
    assertThat(play.tree.find(path)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"/ä", "/日本語のノード", "/aé", "/éa-and-a-longer-name-behind-it", "/\u0100"})
  void namesBeyondAsciiAreFound(String path) {
    assertThat(play.perform(create(path))).isEqualTo(ErrorCode.OK);
    assertThat(play.perform(create(path + "/" + path.substring(1)))).isEqualTo(ErrorCode.OK);
    assertThat(play.tree.find(path + path).stat().czxid()).isEqualTo(play.tree.zxid());
    assertThat(play.tree.find(path).name()).isEqualTo(path.substring(1));
    assertThat(play.tree.find(path + "x")).isNull();
    assertThat(play.tree.find(path.substring(0, path.length() - 1) + "x")).isNull();
  }

  @Test
  void aVeryDeepTreeIsNothingSpecial() {
    StringBuilder path = new StringBuilder();
    Tree tree = play.tree;
    for (int depth = 1; depth <= 3000; depth++) {
      path.append("/a");
      tree =
          play.prep
              .prepare(
                  tree,
                  new Asker(1, 1, play.ids),
                  create(path.toString()),
                  new Stamp(tree.zxid() + 1, 1))
              .tree();
    }
    assertThat(tree.find(path.toString())).isNotNull();
    assertThat(tree.root().descendantCount()).isEqualTo(3003);
    SnapshotWriter writer = new SnapshotWriter(tree);
    JuteWriter out = new JuteWriter();
    while (writer.fill(out, Integer.MAX_VALUE)) {}
    TreeSnapshotReader reader = new TreeSnapshotReader(tree.zxid(), tree.settings());
    reader.feed(out.array(), 0, out.size());
    assertThat(reader.tree().digest()).isEqualTo(tree.digest());
    assertThat(reader.tree().nodeCount()).isEqualTo(tree.nodeCount());
  }

  @Test
  void aLeafHoldsWhateverItWasMadeWith() {
    String longName = "n".repeat(70_000);
    long[] numbers = {0, 1, 255, 256, 1L << 32, 1L << 56, Long.MAX_VALUE, -1, Long.MIN_VALUE};
    for (String name : List.of("", "a", "n".repeat(254), "n".repeat(255), longName)) {
      for (long number : numbers) {
        for (String data : Arrays.asList(null, "", "some data")) {
          byte[] bytes = Playground.bytes(data);
          Leaf leaf =
              Leaf.of(
                  Slice.of(Playground.bytes(name)),
                  Slice.of(bytes),
                  new Stamp(number, ~number),
                  new Owner(number, OwnerType.EPHEMERAL),
                  AclList.OPEN);
          assertThat(leaf.name()).isEqualTo(name);
          assertThat(leaf.data()).isEqualTo(bytes);
          assertThat(leaf.dataLength()).isEqualTo(data == null ? 0 : data.length());
          assertThat(leaf.czxid()).isEqualTo(number);
          assertThat(leaf.ctime()).isEqualTo(~number);
          assertThat(leaf.owner()).isEqualTo(number);
          assertThat(leaf.toBranch(leaf.data()).stat()).isEqualTo(leaf.stat());
        }
      }
    }
  }
}
