package io.paddock.sim;

import io.paddock.frontend.Limits;
import io.paddock.journal.Journal;
import io.paddock.replica.Ensemble;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Replica;
import io.paddock.replica.RoleListener;
import io.paddock.replica.SessionIds;
import io.paddock.replica.Submission;
import io.paddock.tree.AccessControl;
import io.paddock.tree.AccessSettings;
import io.paddock.tree.DigestScheme;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Tree;
import io.paddock.zab.DurableState;
import io.paddock.zab.Role;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A server from its start to its end: the shipping replica, its disk and peers, and two client
 * loops, the first of which shares the core's thread. After every input the chronicle looks at what
 * was published, and the invariants at Zab. One thread.
 */
final class Incarnation {
  private static final int TICK_MS = Conditions.TICK_MS;
  private static final int CORE_TICK_MS = 20;
  private static final int LATE_TICK_MS_MAX = 150;
  private static final int TOUCH_ROUND_MS = 50;
  private static final int RECORD_BYTES_MAX = 1 << 20;

  /** super:paddock, a vector of the client protocol sheet, section 9.4. */
  private static final AccessSettings ACCESS =
      new AccessSettings(
          false,
          Optional.of(new DigestScheme("SHA1", Optional.of("super:ejTEktBHDg2P+Yhtnvp/bcc3WCE="))));

  private static final PrepSettings PREP =
      PrepSettings.DEFAULT
          .with(new AccessControl(ACCESS))
          .with(PrepSettings.Switch.RECONFIG, true)
          .withRecordBytesMax(RECORD_BYTES_MAX);
  private static final Limits LIMITS =
      new Limits(1000, 8 << 20, 1 << 30, 2 * TICK_MS, 20 * TICK_MS);

  /** Work on the disk. */
  interface DiskWork {
    void run() throws IOException;
  }

  private final World world;
  private final SimServer machine;
  private final SimDisk disk;
  private final SimPeers peers;
  private final Replica replica;
  private final List<SimClientLoop> loops;
  private final ArrayDeque<Runnable> inbox = new ArrayDeque<>();
  private boolean gone;
  private boolean serves;
  private boolean burstOpen;
  private boolean stoodStill;
  private boolean inputs;

  /** The zxid of the last transaction given to the disk. */
  private long tail;

  /**
   * The last item of the feed that the chronicle has seen; null while this server serves nobody.
   */
  private FeedItem seen;

  /** Whether it has begun to serve in the step that is being done. */
  private boolean begins;

  /**
   * @param durable null at a server alone
   */
  Incarnation(
      World world,
      SimServer machine,
      Journal journal,
      DurableState durable,
      Tree tree,
      long replayed) {
    this.world = world;
    this.machine = machine;
    this.disk = new SimDisk(world, machine, this, journal);
    this.peers = new SimPeers(world, this);
    this.tail = tree.zxid();
    this.replica = durable == null ? alone(tree, replayed) : member(durable, tree, replayed);
    SessionIds ids = new SessionIds(machine.sid(), machine.clock().wallMs());
    AccessControl access = PREP.access();
    this.loops =
        List.of(
            new SimClientLoop(world, this, true, replica.last(), ids, access, LIMITS),
            new SimClientLoop(world, this, false, replica.last(), ids, access, LIMITS));
  }

  private Replica alone(Tree tree, long replayed) {
    world.chronicle.goesOn(sid(), tree.zxid());
    return Replica.alone(
        world.conditions.replica(),
        tree,
        replayed,
        new Prep(PREP),
        disk,
        machine.clock(),
        world.random.nextLong());
  }

  private Replica member(DurableState durable, Tree tree, long replayed) {
    return Replica.member(
        new Ensemble(
            machine.sid(),
            durable,
            machine.membership(),
            world.conditions.zab(),
            disk,
            peers,
            roles()),
        world
            .conditions
            .replica()
            .keepingClients(
                world.conditions.keepsClients() && Plants.keepsClients(world.canary, sid())),
        tree,
        replayed,
        new Prep(PREP),
        machine.clock(),
        world.random.nextLong());
  }

  String name() {
    return machine.name();
  }

  long sid() {
    return machine.sid();
  }

  SimDisk disk() {
    return disk;
  }

  SimPeers peers() {
    return peers;
  }

  Replica replica() {
    return replica;
  }

  List<SimClientLoop> loops() {
    return loops;
  }

  boolean isGone() {
    return gone;
  }

  boolean isPaused() {
    return machine.isPaused();
  }

  boolean hasJustWoken() {
    return machine.hasJustWoken();
  }

  boolean serves() {
    return serves && !gone;
  }

  void start() {
    input(Replica::start);
    tick();
    touchRound();
  }

  private void tick() {
    world.after(
        CORE_TICK_MS,
        () -> {
          if (gone) {
            return;
          }
          if (stoodStill && !isPaused()) {
            // What its sockets have for it may come before what the time has.
            stoodStill = false;
            world.after(world.random.nextInt(LATE_TICK_MS_MAX), this::tick);
            return;
          }
          stoodStill = isPaused();
          if (!stoodStill) {
            input(Replica::tick);
          }
          tick();
        });
  }

  private void touchRound() {
    world.after(
        TOUCH_ROUND_MS,
        () -> {
          if (!gone) {
            if (!isPaused()) {
              loops.forEach(SimClientLoop::endTouchRound);
            }
            touchRound();
          }
        });
  }

  /** Something comes in for the replica. */
  void input(Consumer<Replica> step) {
    if (gone) {
      return;
    }
    if (inputs) {
      throw new IllegalStateException("an effect called back");
    }
    inputs = true;
    step.accept(replica);
    inputs = false;
    openBurst();
    look();
  }

  /** The same, a little later, behind everything else that waits for the core. */
  void later(Consumer<Replica> step) {
    laterOnCore(() -> input(step));
  }

  void laterOnCore(Runnable step) {
    inbox.addLast(step);
    world.after(world.random.nextInt(2), this::takeNext);
  }

  private void takeNext() {
    if (gone) {
      return;
    }
    if (isPaused()) {
      world.after(CORE_TICK_MS, this::takeNext);
    } else if (!inbox.isEmpty()) {
      inbox.removeFirst().run();
    }
  }

  /** What other threads have handed over is done before what a socket of the core's loop brings. */
  void drain() {
    while (!gone && !inbox.isEmpty()) {
      inbox.removeFirst().run();
    }
  }

  /** What was appended is forced when no more comes in for a moment. */
  private void openBurst() {
    if (!burstOpen) {
      burstOpen = true;
      world.after(
          world.random.nextInt(2),
          () -> {
            burstOpen = false;
            if (!gone) {
              replica.endBurst();
              look();
            }
          });
    }
  }

  /** Holds what has just happened against what may happen. */
  private void look() {
    tail = replica.zab().lastLogged();
    world.chronicle.invariants.check(sid(), replica.zab());
    if (seen == null && world.scale.alone() && replica.serving() != Role.LOOKING) {
      begins(replica.serving());
    }
    if (begins && replica.serving() == Role.LEADING) {
      world.chronicle.invariants.leads(sid(), replica.zab());
    }
    begins = false;
    if (seen != null && seen.next() != null) {
      lookAtFeed();
      loops.forEach(SimClientLoop::wake);
    }
    if (replica.serving() == Role.LOOKING) {
      seen = null;
    }
  }

  /** It serves from now on; perhaps no longer than for the step that is being done. */
  private void begins(Role role) {
    begins = true;
    seen = replica.last();
    world.chronicle.serves(sid(), seen.tree());
    became(role);
  }

  private void lookAtFeed() {
    for (FeedItem item = seen.next(); item != null; item = seen.next()) {
      seen = item;
      if (item.applied() != null) {
        FeedItem next = item;
        world.tell(
            name(),
            () ->
                "publishes %s, %s of session 0x%x"
                    .formatted(
                        Chronicle.hex(next.zxid()),
                        next.applied().txn().body().getClass().getSimpleName(),
                        next.applied().txn().header().sessionId()));
        world.chronicle.published(sid(), item.zxid(), item.tree());
        answered(item);
      }
    }
  }

  /** For a planted bug: a write that a client of this server was answered. */
  private void answered(FeedItem item) {
    if (item.submission() != null && item.submission().origin() != null && item.zxid() > 0) {
      loops.forEach(loop -> loop.answered(item.submission()));
    }
  }

  /** The replica gives the disk a transaction. */
  void appends(long zxid, byte[] bytes) {
    world.chronicle.appended(sid(), tail, zxid, bytes);
    tail = zxid;
  }

  /** Its log ends there now. */
  void cutAfter(long zxid) {
    tail = zxid;
  }

  private RoleListener roles() {
    return new RoleListener() {
      @Override
      public void became(Role role) {
        if (role == Role.LOOKING) {
          Incarnation.this.became(role);
        } else {
          begins(role);
        }
      }

      @Override
      public void holds() {
        serves = false;
        world.tell(name(), () -> "holds its clients");
        loops.forEach(SimClientLoop::hold);
      }
    };
  }

  private void became(Role role) {
    serves = role != Role.LOOKING;
    world.tell(name(), () -> serves ? "serves, " + role : "serves no more");
    loops.forEach(serves ? SimClientLoop::goOn : SimClientLoop::cutClients);
  }

  void onDiskFull() {
    disk.newGeneration();
    input(r -> r.onDiskFull("the simulated disk is full"));
    if (world.scale.alone()) {
      world.chronicle.goesOn(sid(), tail);
    }
  }

  /** Work of the disk's thread, which may be the end of this server. */
  void onDisk(DiskWork work) {
    try {
      work.run();
    } catch (IOException e) {
      machine.halted(e);
    }
  }

  /** A client loop has followed the feed, and what it had submitted before was taken. */
  void followed() {
    long place = loops.stream().mapToLong(SimClientLoop::placeTold).min().orElse(0);
    input(r -> r.followed(place));
  }

  void submit(Submission submission) {
    input(r -> r.submit(submission));
  }

  void die(boolean silently) {
    gone = true;
    world.tell(name(), () -> silently ? "loses power" : "dies");
    peers.die(silently);
    loops.forEach(loop -> loop.die(silently));
  }

  /** Leaves a connection by dying: a machine without power sends nothing, and is missed later. */
  void leave(Pipe pipe, boolean silently) {
    if (silently) {
      world.after(world.upTo(3000), pipe::breakOff);
    } else {
      pipe.end();
    }
  }
}
