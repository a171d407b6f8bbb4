package io.paddock.frontend;

import io.paddock.replica.Clock;
import io.paddock.replica.Core;
import io.paddock.replica.Disk;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Replica;
import io.paddock.replica.ReplicaSettings;
import io.paddock.replica.Service;
import io.paddock.replica.SessionIds;
import io.paddock.replica.Submission;
import io.paddock.tree.AccessControl;
import io.paddock.tree.AccessSettings;
import io.paddock.tree.Change;
import io.paddock.tree.DigestScheme;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.SaslScheme;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.Op;
import io.paddock.zab.ZabInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A server without sockets, threads and files: the replica, whose disk is durable when the test
 * says so, and the client loops, which follow the feed when the test says so.
 */
final class World implements Core {
  /** vector of the client protocol sheet, section 9.4: super:paddock */
  private static final String SUPER_DIGEST = "super:ejTEktBHDg2P+Yhtnvp/bcc3WCE=";

  static final AccessControl ACCESS =
      new AccessControl(
          new AccessSettings(
              false,
              Optional.of(new DigestScheme("SHA1", Optional.of(SUPER_DIGEST))),
              Optional.empty(),
              new SaslScheme(true, Set.of("root"), Optional.empty())));
  static final Limits LIMITS = Limits.of(2000);

  final List<String> touches = new ArrayList<>();
  final Counted counted = new Counted();
  final List<View> loops = new ArrayList<>();

  /** Whose frames left, in order: to compare what different connections hear. */
  final List<String> told = new ArrayList<>();

  long nowNanos = 1_000_000_000L;
  Service service = Service.FULL;
  private long nowMs = 1_700_000_000_000L;
  private long appendedZxid;

  /** Whether every request is committed and followed before its submission returns. */
  boolean instant;

  /** Whether the core passes over what it is asked, and what that is, by xid. */
  boolean leaderless;

  final List<Integer> asked = new ArrayList<>();

  private final Replica replica;
  private final SessionIds sessionIds = new SessionIds(1, 0x123456789L);

  World() {
    this(LIMITS);
  }

  World(Limits limits) {
    this(limits, AuthRules.NONE);
  }

  World(AuthRules rules) {
    this(LIMITS, rules);
  }

  private World(Limits limits, AuthRules rules) {
    Clock clock =
        new Clock() {
          @Override
          public long wallMs() {
            return nowMs;
          }

          @Override
          public long monotonicMs() {
            return nowMs;
          }
        };
    Disk disk =
        new Disk() {
          @Override
          public void append(long zxid, byte[] bytes, int from, int length) {
            appendedZxid = zxid;
          }

          @Override
          public void force() {}

          @Override
          public void snapshot(Tree tree) {}
        };
    PrepSettings prep = PrepSettings.DEFAULT.with(ACCESS);
    replica =
        Replica.alone(ReplicaSettings.defaults(), Tree.fresh(), 0, new Prep(prep), disk, clock, 1);
    replica.start();
    addLoop(limits, rules);
    addLoop(limits, rules);
  }

  private void addLoop(Limits limits, AuthRules rules) {
    loops.add(new View(this, replica.last(), sessionIds, ACCESS, rules, limits, 0x5eed, counted));
  }

  @Override
  public void submit(Submission submission) {
    if (leaderless) {
      asked.add(submission.cxid());
      return;
    }
    replica.submit(submission);
    if (instant) {
      settle();
    }
  }

  @Override
  public int outstanding() {
    return replica.outstanding();
  }

  @Override
  public Service service() {
    return service;
  }

  @Override
  public void touch(long sessionId, int timeoutMs) {
    touches.add(Long.toHexString(sessionId) + " " + timeoutMs);
    replica.touch(sessionId, timeoutMs);
  }

  /** What was proposed becomes durable; the loops do not look yet. */
  World commit() {
    replica.endBurst();
    replica.on(new ZabInput.Durable(appendedZxid));
    return this;
  }

  /** A session goes over to another server. */
  World moves(long sessionId) {
    replica.refuse(
        Submission.write(sessionId, Integer.MIN_VALUE, new Op.Multi(List.of()), List.of(), null),
        ErrorCode.SESSIONMOVED);
    return settle();
  }

  /** The end of the feed. */
  FeedItem last() {
    return replica.last();
  }

  /** Commits and lets every loop follow to the end. */
  World settle() {
    commit();
    for (View loop : loops) {
      loop.advance(nowNanos, Integer.MAX_VALUE);
    }
    return this;
  }

  /** Lets time pass for the core, in steps that look like a running server. */
  void passMs(int ms) {
    for (int passed = 0; passed < ms; passed += 500) {
      nowMs += 500;
      replica.tick();
    }
    settle();
  }

  /** A connection to the first loop that has sent nothing. */
  Client dial(String name) {
    return dial(name, 0);
  }

  Client dial(String name, int loop) {
    Client client = new Client(this, name);
    client.lane = loops.get(loop).accept(client, List.of(new Id("ip", "10.0.0.7")));
    return client;
  }

  /** A connection with a session, to the first loop. */
  Client connect(String name) {
    return connect(name, 0);
  }

  Client connect(String name, int loop) {
    Client client = dial(name, loop).sendConnect(0, 0, 30_000, new byte[16], true);
    settle();
    client.takeConnect();
    return client;
  }

  /** Counts what goes over all connections. */
  static final class Counted implements Meter {
    /** When a znode was read and its reply is half written. */
    Runnable onRead = () -> {};

    int received;
    int events;
    int replies;
    int transactions;
    int authFailures;
    int throttleWaits;
    int throttledOps;
    int staleDropped;
    int stale;
    final List<Long> throttledMs = new ArrayList<>();
    final List<EnsembleName> ensembleNames = new ArrayList<>();
    final List<Long> delayedMs = new ArrayList<>();

    @Override
    public void received() {
      received++;
    }

    @Override
    public void eventSent() {
      events++;
    }

    @Override
    public void replied(boolean transaction, int bytes, long latencyNanos) {
      replies++;
      transactions += transaction ? 1 : 0;
    }

    @Override
    public void fired(Change.Kind kind, int told) {}

    @Override
    public void read(String path, long bytes) {
      onRead.run();
    }

    @Override
    public void delayed(long nanos) {
      delayedMs.add(nanos / 1_000_000);
    }

    @Override
    public void throttleWaits() {
      throttleWaits++;
    }

    @Override
    public void throttled(long nanos) {
      throttledMs.add(nanos / 1_000_000);
    }

    @Override
    public void opThrottled() {
      throttledOps++;
    }

    @Override
    public void staleDropped() {
      staleDropped++;
    }

    @Override
    public void stale() {
      stale++;
    }

    @Override
    public void ensembleNamed(EnsembleName name) {
      ensembleNames.add(name);
    }

    @Override
    public void authFailed() {
      authFailures++;
    }
  }
}
