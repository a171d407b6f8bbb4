package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.replica.Core;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Submission;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Clients that write everything a client can write, from a seed; some of them fall silent. */
final class Load {
  static final int TIMEOUT_MS = 400;
  private static final int SESSIONS_MAX = 5;
  private static final int NAMES = 12;
  private static final List<Acl> READERS = List.of(new Acl(Acl.READ, new Id("world", "anyone")));
  private static final List<Id> CALLER = List.of(new Id("ip", "10.0.0.1"));

  private final Core core;
  private final Random random;

  /** Sessions that are there, by what their clients were told. */
  private final TreeSet<Long> sessions = new TreeSet<>();

  private final TreeSet<Long> silent = new TreeSet<>();
  private int cxid;
  private int submitted;
  private int accepted;
  private int refused;
  private int synced;

  Load(Core core, Tree tree, long seed) {
    this.core = core;
    this.random = new Random(seed);
    tree.forEachSession((id, timeoutMs) -> sessions.add(id));
  }

  /** Writes that were answered by a transaction. */
  int accepted() {
    return accepted;
  }

  /** Writes that were answered by SYSTEMERROR. */
  int refused() {
    return refused;
  }

  /** Syncs that were answered. */
  int synced() {
    return synced;
  }

  /** Sessions whose client is there. */
  TreeSet<Long> living() {
    TreeSet<Long> living = new TreeSet<>(sessions);
    living.removeAll(silent);
    return living;
  }

  void touch() {
    living().forEach(id -> core.touch(id, TIMEOUT_MS));
  }

  void submitSome() {
    for (int count = 1 + random.nextInt(4); count > 0; count--) {
      submitOne();
    }
  }

  private void submitOne() {
    List<Long> living = List.copyOf(living());
    boolean more = living.size() < SESSIONS_MAX && random.nextInt(8) == 0;
    if (living.isEmpty() || more) {
      long id = 0x100000000L + random.nextInt(Integer.MAX_VALUE);
      submit(Submission.write(id, 0, new Op.CreateSession(TIMEOUT_MS), List.of(), this));
      return;
    }
    long session = living.get(random.nextInt(living.size()));
    switch (random.nextInt(40)) {
      case 0 -> silent.add(session);
      case 1 -> {
        silent.add(session);
        submit(Submission.write(session, ++cxid, new Op.CloseSession(), CALLER, this));
      }
      case 2 -> submit(Submission.sync(session, ++cxid, this));
      case 3 -> submit(Submission.renew(session, TIMEOUT_MS, true, this));
      default -> submit(Submission.write(session, ++cxid, anyOp(), CALLER, this));
    }
  }

  private void submit(Submission submission) {
    submitted++;
    core.submit(submission);
  }

  private Op anyOp() {
    return switch (random.nextInt(12)) {
      case 0, 1 -> create(name(), CreateMode.PERSISTENT);
      case 2 -> create(name() + "/e", CreateMode.EPHEMERAL);
      case 3 -> create("/e" + random.nextInt(NAMES), CreateMode.EPHEMERAL);
      case 4 -> create(name() + "/s-", CreateMode.PERSISTENT_SEQUENTIAL);
      case 5 -> create(name() + "/es-", CreateMode.EPHEMERAL_SEQUENTIAL);
      case 6 -> create(name(), CreateMode.CONTAINER);
      case 7 -> new Op.Delete(name(), -1);
      case 8 -> new Op.SetAcl(name(), random.nextBoolean() ? READERS : Acl.OPEN, -1);
      case 9 -> pair();
      default -> new Op.SetData(name(), data(), random.nextInt(3) - 1);
    };
  }

  private String name() {
    return "/n" + random.nextInt(NAMES);
  }

  private byte[] data() {
    byte[] data = new byte[random.nextInt(20) == 0 ? 1500 : random.nextInt(60)];
    random.nextBytes(data);
    return random.nextInt(10) == 0 ? null : data;
  }

  private Op create(String path, CreateMode mode) {
    OpCode code = mode == CreateMode.CONTAINER ? OpCode.CREATE_CONTAINER : OpCode.CREATE2;
    return new Op.Create(code, path, data(), Acl.OPEN, mode.flag(), -1);
  }

  /** Two znodes that are always written together, sometimes with a part that makes it fail. */
  private Op pair() {
    byte[] data = data();
    List<Op> parts = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      parts.add(new Op.Create(OpCode.CREATE, "/left", data, Acl.OPEN, 0, -1));
      parts.add(new Op.Create(OpCode.CREATE, "/right", data, Acl.OPEN, 0, -1));
    } else {
      parts.add(new Op.SetData("/left", data, -1));
      if (random.nextInt(4) == 0) {
        parts.add(new Op.Check("/left", 99));
      }
      parts.add(new Op.SetData("/right", data, -1));
    }
    return new Op.Multi(parts);
  }

  /** The two of {@link #pair} are there both or neither, with one value. */
  static void checkPair(Tree tree) {
    boolean left = tree.find("/left") != null;
    assertThat(tree.find("/right") != null).isEqualTo(left);
    if (left) {
      assertThat(tree.find("/right").data()).isEqualTo(tree.find("/left").data());
      assertThat(tree.find("/right").version()).isEqualTo(tree.find("/left").version());
    }
  }

  /** What clients see of an item of the feed. */
  void heard(FeedItem item) {
    checkPair(item.tree());
    if (item.applied() != null) {
      learnSession(item);
    }
    Submission answered = item.submission();
    if (answered.origin() != this) {
      return;
    }
    if (item.applied() != null) {
      accepted++;
    } else if (answered.kind() == Submission.Kind.SYNC) {
      assertThat(item.error()).isEqualTo(ErrorCode.OK);
      synced++;
    } else if (answered.kind() == Submission.Kind.WRITE) {
      assertThat(item.error()).isEqualTo(ErrorCode.SYSTEMERROR);
      refused++;
      if (answered.op() instanceof Op.CloseSession) {
        silent.add(answered.sessionId());
      }
    } else if (!silent.contains(answered.sessionId())) {
      assertThat(item.error()).as("a session that is there is renewed").isEqualTo(ErrorCode.OK);
    }
  }

  private void learnSession(FeedItem item) {
    int type = item.applied().txn().header().type();
    long session = item.applied().txn().header().sessionId();
    if (type == OpCode.CREATE_SESSION.code()) {
      sessions.add(session);
    } else if (type == OpCode.CLOSE_SESSION.code()) {
      assertThat(silent).as("no session expires whose client is heard").contains(session);
      sessions.remove(session);
      assertThat(item.tree().ephemerals(session)).isEmpty();
    }
  }
}
