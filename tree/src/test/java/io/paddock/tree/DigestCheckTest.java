package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.Acl;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import org.junit.jupiter.api.Test;

class DigestCheckTest {
  private final Playground play = new Playground();
  private final DigestCheck check = new DigestCheck();

  /** Performs an operation, and has it said that it led to another digest. */
  private void told(Op op, long off) {
    play.perform(op);
    Txn made = play.last.txn();
    check.add(Txn.of(made.header(), made.body(), made.digest() + off), play.tree);
  }

  private static Op set(String data) {
    return new Op.SetData("/", Playground.bytes(data), -1);
  }

  @Test
  void digestsThatAgreeSayNothing() {
    told(Playground.create("/a"), 0);
    told(set("x"), 0);
    assertThat(check.difference()).isNull();
    assertThat(check.wrong()).isZero();
  }

  @Test
  void aTreeThatDiffersIsToldFromWhereItBegan() {
    told(Playground.create("/a"), 0);
    told(set("x"), 17);
    long zxid = play.tree.zxid();
    told(Playground.create("/b"), 17);
    told(Playground.create("/c"), -3);
    assertThat(check.difference().zxid()).isEqualTo(zxid);
    assertThat(check.differing()).isEqualTo(3);
    assertThat(check.wrong()).isZero();
  }

  @Test
  void aLaterDigestThatAgreesProvesTheEarlierOnesWrong() {
    told(set("x"), 17);
    told(Playground.create("/b"), 17);
    told(set("y"), 0);
    assertThat(check.difference()).isNull();
    assertThat(check.wrong()).isEqualTo(2);
  }

  @Test
  void whatHasNoDigestSaysNothing() {
    told(set("x"), 17);
    play.perform(set("y"));
    check.add(Txn.of(play.last.txn().header(), play.last.txn().body()), play.tree);
    assertThat(check.differing()).isEqualTo(1);
  }

  @Test
  void theOwnerThatTheFlagsAskForIsRecognisedAtOnce() {
    toldWithOwner(create(OpCode.CREATE, "/plain"), OwnerType.CONTAINER_OWNER);
    toldWithOwner(create(OpCode.CREATE_CONTAINER, "/container"), 0);
    toldWithOwner(create(OpCode.CREATE_CONTAINER, "/own"), 1);
    assertThat(check.difference()).isNull();
    assertThat(check.wrong()).isEqualTo(3);
    toldWithOwner(create(OpCode.CREATE_CONTAINER, "/others"), 2);
    assertThat(check.difference()).isNotNull();
  }

  /** Behind a difference nothing is explained away. */
  @Test
  void aTreeThatDiffersAlreadyIsNotExcusedByAContainer() {
    told(set("x"), 17);
    long before = check.differing();
    toldWithOwner(create(OpCode.CREATE_CONTAINER, "/container"), 0);
    assertThat(check.differing()).isEqualTo(before + 1);
  }

  private static Op create(OpCode code, String path) {
    return new Op.Create(code, path, null, Acl.OPEN, code == OpCode.CREATE ? 0 : 4, -1);
  }

  private void toldWithOwner(Op op, long owner) {
    String path = ((Op.Create) op).path();
    play.perform(op);
    Digester digester = new Digester();
    Node node = play.tree.find(path);
    Branch other = node.toBranch(null);
    other.owner = owner;
    long digest = play.tree.digest() - node.digest(digester, path, path.length());
    digest += digester.of(other, path, path.length());
    check.add(Txn.of(play.last.txn().header(), play.last.txn().body(), digest), play.tree);
  }
}
