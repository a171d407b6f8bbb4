package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Tree;
import io.paddock.tree.Txn;
import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.ZabInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A replica on a disk and a clock that do as they are told. */
final class ReplicaWorld implements Disk, Clock {
  static final int TICK_MS = 100;
  static final int TIMEOUT_MS = 1000;
  static final long SESSION = 77;

  final List<Long> appended = new ArrayList<>();
  final List<Txn> txns = new ArrayList<>();
  final List<Tree> snapshots = new ArrayList<>();
  final Replica replica;
  int forces;
  long nowMs = 5_000;
  private FeedItem followed;

  ReplicaWorld() {
    this(new ReplicaSettings(TICK_MS, 100_000, 0, 1000, 100, 0), Tree.fresh());
  }

  ReplicaWorld(ReplicaSettings settings, Tree recovered) {
    replica = Replica.alone(settings, recovered, 0, new Prep(PrepSettings.DEFAULT), this, this, 1);
    replica.start();
    followed = replica.last();
  }

  /** A world with {@link #SESSION} in it. */
  static ReplicaWorld withSession() {
    ReplicaWorld world = new ReplicaWorld();
    world.openSession(SESSION);
    return world;
  }

  void openSession(long id) {
    replica.submit(Submission.write(id, 0, new Op.CreateSession(TIMEOUT_MS), List.of(), null));
    settle();
  }

  @Override
  public void append(long zxid, byte[] bytes, int from, int length) {
    appended.add(zxid);
    txns.add(Txn.read(new JuteReader(Arrays.copyOfRange(bytes, from, from + length))));
  }

  @Override
  public void force() {
    forces++;
  }

  @Override
  public void snapshot(Tree tree) {
    snapshots.add(tree);
  }

  @Override
  public long wallMs() {
    return 1_000_000 + nowMs;
  }

  @Override
  public long monotonicMs() {
    return nowMs;
  }

  Submission write(Op op) {
    return write(SESSION, op);
  }

  Submission write(long session, Op op) {
    Submission submission = Submission.write(session, 1, op, List.of(), this);
    replica.submit(submission);
    return submission;
  }

  static Op create(String path) {
    return create(path, CreateMode.PERSISTENT);
  }

  static Op create(String path, CreateMode mode) {
    OpCode code = mode == CreateMode.CONTAINER ? OpCode.CREATE_CONTAINER : OpCode.CREATE;
    return new Op.Create(code, path, new byte[] {1}, Acl.OPEN, mode.flag(), -1);
  }

  long lastAppended() {
    return appended.get(appended.size() - 1);
  }

  /** Everything appended becomes durable. */
  void durable() {
    replica.on(new ZabInput.Durable(lastAppended()));
  }

  /** As {@link #durable}, and the feed is followed to its end. */
  List<FeedItem> settle() {
    replica.endBurst();
    if (!appended.isEmpty()) {
      durable();
    }
    return follow();
  }

  /** What the feed has brought since. */
  List<FeedItem> follow() {
    List<FeedItem> items = new ArrayList<>();
    for (FeedItem item = followed.next(); item != null; item = item.next()) {
      followed = item;
      items.add(item);
    }
    return items;
  }

  Tree tree() {
    return replica.last().tree();
  }

  /** Lets time pass as a server does: a tick of the loop every 25 ms, on a disk that keeps up. */
  void pass(int ms) {
    for (long end = nowMs + ms; nowMs < end; ) {
      nowMs += 25;
      replica.tick();
      if (!replica.isDiskFull()) {
        settle();
      }
    }
  }

  void checkAlive(long session, boolean alive) {
    assertThat(tree().sessionTimeoutMs(session) > 0)
        .as("session %d at %d ms", session, nowMs)
        .isEqualTo(alive);
  }
}
