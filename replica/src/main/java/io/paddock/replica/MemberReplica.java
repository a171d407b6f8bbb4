package io.paddock.replica;

import io.paddock.tree.Node;
import io.paddock.tree.Prep;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.zab.DurableState;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.LogPlace;
import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Role;
import io.paddock.zab.Zab;
import io.paddock.zab.ZabSettings;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica in an ensemble: every input of {@link Zab} passes here, so that what its effects ask
 * for happens behind it. As leader it prepares and proposes ({@link Leadership}); as learner it
 * forwards its clients' requests ({@link Followership}); what is logged and not decided yet waits
 * in {@link MemberLog}. What needs neither is decided by {@link LocalSessions} and {@link
 * ReadOnlyService}.
 *
 * <p>Confined to the core's thread. Over 400 lines, since each input of {@link Zab} has a method.
 */
public final class MemberReplica implements Participant {
  private static final Logger LOG = LoggerFactory.getLogger(MemberReplica.class);

  private final Membership membership;
  private final MemberDisk disk;
  private final Peers peers;
  private final Clock clock;
  private final RoleListener roles;
  private final Zab zab;
  private final Proposer proposer;
  private final MemberLog log;
  private final Leadership leadership;
  private final Followership followership;
  private final LocalSessions localSessions;
  private final ReadOnlyService readOnly;
  private final MemberCounter counter = new MemberCounter();
  private final AckProbe acks = new AckProbe();
  private final long myId;
  private CoreMeter meter = CoreMeter.NONE;

  /** What effects asked for that has to call Zab again, for when its call has returned. */
  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();

  private Role serving = Role.LOOKING;

  /** A member of an ensemble that keeps its configuration in memory only. */
  public MemberReplica(
      long myId,
      DurableState durable,
      EnsembleConfig config,
      ZabSettings zabSettings,
      ReplicaSettings settings,
      Tree recovered,
      long txnsReplayed,
      Prep prep,
      MemberDisk disk,
      Peers peers,
      Clock clock,
      RoleListener roles,
      long seed) {
    this(
        myId,
        durable,
        Membership.inMemory(config),
        zabSettings,
        settings,
        recovered,
        txnsReplayed,
        prep,
        disk,
        peers,
        clock,
        roles,
        seed);
  }

  /**
   * @param membership who belongs to the ensemble, as far as this server knows
   * @param recovered the tree as snapshot and log give it, decided or not
   * @param txnsReplayed how many of its transactions came from the log
   */
  public MemberReplica(
      long myId,
      DurableState durable,
      Membership membership,
      ZabSettings zabSettings,
      ReplicaSettings settings,
      Tree recovered,
      long txnsReplayed,
      Prep prep,
      MemberDisk disk,
      Peers peers,
      Clock clock,
      RoleListener roles,
      long seed) {
    this.myId = myId;
    this.disk = disk;
    this.peers = peers;
    this.clock = clock;
    this.roles = roles;
    this.membership = membership;
    this.log =
        new MemberLog(
            configured(recovered),
            disk,
            new SnapshotSchedule(
                settings.snapshotTxns(),
                settings.snapshotBytes(),
                txnsReplayed,
                new SplittableRandom(seed)));
    this.zab =
        Zab.member(
            myId,
            durable,
            membership.committed(),
            membership.lastSeen(),
            zabSettings,
            new ZabEffects(this));
    this.proposer = new Proposer(zab, prep, clock, membership, zabSettings.reconfigEnabled());
    this.localSessions = new LocalSessions(settings, myId);
    this.readOnly = new ReadOnlyService(settings, localSessions, roles);
    this.leadership = new Leadership(settings, clock, zab, proposer, log, peers, localSessions);
    this.followership = new Followership(zab, log);
  }

  private Tree configured(Tree tree) {
    EnsembleConfig config = membership.committed();
    return tree.withConfig(config.bytes(), config.version(), clock.wallMs());
  }

  @Override
  public void countIn(CoreMeter newMeter) {
    meter = newMeter;
    counter.countIn(newMeter);
    proposer.countIn(newMeter);
    followership.countIn(newMeter);
  }

  @Override
  public void start() {
    zab.start(clock.monotonicMs());
    settle();
  }

  /** What this server is to its clients now; LOOKING when it serves none. */
  public Role serving() {
    return serving;
  }

  /** The leader that this server knows of; -1 while there is none. */
  public long leader() {
    return zab.leader();
  }

  /** For those who look on, as the simulator does; never to be given an input. */
  public Zab zab() {
    return zab;
  }

  /** Learners and peers are told of by these, as {@link Zab} says. */
  public void onNotification(long from, Notification notification) {
    zab.onNotification(from, notification);
    settle();
  }

  public void onVoterLost(long sid) {
    zab.onVoterLost(sid);
    settle();
  }

  public void onVoterGone(long sid) {
    zab.onVoterGone(sid);
    settle();
  }

  public void onLearnerConnected(long connection) {
    zab.onLearnerConnected(connection);
    settle();
  }

  public void onLeaderConnected(int attempt, long connection) {
    zab.onLeaderConnected(attempt, connection);
    settle();
  }

  public void onLeaderUnreachable(int attempt) {
    zab.onLeaderUnreachable(attempt);
    settle();
  }

  public void onPacket(long connection, QuorumPacket packet) {
    if (serving == Role.LEADING && packet instanceof QuorumPacket.Ack ack) {
      timeAck(connection, ack.zxid());
    }
    zab.onPacket(connection, packet);
    settle();
  }

  public void onProgress(long connection) {
    zab.onProgress(connection);
    settle();
  }

  public void onClosed(long connection) {
    counter.closed(connection);
    zab.onClosed(connection);
    settle();
  }

  public void onAcceptedEpochSaved(long epoch) {
    zab.onAcceptedEpochSaved(epoch);
    settle();
  }

  public void onCurrentEpochSaved(long epoch) {
    zab.onCurrentEpochSaved(epoch);
    settle();
  }

  public void onSnapshotSaved(long zxid) {
    zab.onSnapshotSaved(zxid);
    settle();
  }

  public void onFoundInLog(long connection, LogPlace place) {
    zab.onFoundInLog(connection, place);
    settle();
  }

  /** Log and {@code tree} end with {@code zxid}. */
  public void onTruncated(long zxid, Tree tree) {
    log.restart(configured(tree));
    zab.onTruncated(zxid);
    settle();
  }

  public void onTruncateFailed(long zxid) {
    zab.onTruncateFailed(zxid);
    settle();
  }

  /** The leader's stream was read to its end. */
  public void onSnapshotRead(long zxid, Tree tree) {
    log.replace(configured(tree));
    zab.onSnapshotInstalled(zxid);
    settle();
  }

  public void onSnapshotFailed(long zxid) {
    zab.onSnapshotFailed(zxid);
    settle();
  }

  /** Of one proposal now and then, how long {@code from} has taken for it. */
  private void timeAck(long from, long upTo) {
    if (acks.takes(from, upTo)) {
      long ageMs = clock.wallMs() - acks.madeMs();
      if (from == AckProbe.OWN) {
        meter.acknowledged(myId, ageMs);
        return;
      }
      zab.learners().stream()
          .filter(learner -> learner.connection() == from && learner.sid() >= 0)
          .forEach(learner -> meter.acknowledged(learner.sid(), ageMs));
    }
  }

  @Override
  public void onDurable(long zxid) {
    if (serving == Role.LEADING) {
      timeAck(AckProbe.OWN, zxid);
    }
    zab.onDurable(zxid);
    settle();
  }

  @Override
  public void onDiskFull(String what) {
    LOG.error("This server leaves the ensemble until its disk takes transactions again: {}", what);
    zab.onAppendsLost();
    log.lostAfter(zab.lastLogged());
    settle();
  }

  @Override
  public Tree logged() {
    return log.onDisk();
  }

  @Override
  public void tick() {
    zab.onTick(clock.monotonicMs());
    settle();
    leadership.tick();
    settle();
    long nowMs = clock.monotonicMs();
    if (zab.role() == Role.LOOKING) {
      readOnly.looking(last().tree(), nowMs);
    }
    if (serving != Role.LOOKING || readOnly.isOpen()) {
      expireLocal(nowMs);
    }
    endBurst();
  }

  /** Whether this server looks for a leader. */
  public boolean isLooking() {
    return zab.role() == Role.LOOKING;
  }

  private void expireLocal(long nowMs) {
    for (long id : localSessions.expired(nowMs)) {
      LOG.info(
          "Local session 0x{} expired: its client was not heard in time", Long.toHexString(id));
      publishAnswer(Submission.write(id, 0, new Op.CloseSession(), List.of(), null), ErrorCode.OK);
    }
  }

  private void publishAnswer(Submission submission, ErrorCode error) {
    log.publish(FeedItem.answer(last().tree(), submission, error));
  }

  /** Runs {@code step} when the call of Zab that is under way has returned. */
  void later(Runnable step) {
    deferred.addLast(step);
  }

  private void settle() {
    for (Runnable next = deferred.poll(); next != null; next = deferred.poll()) {
      next.run();
    }
    counter.elected(zab.role(), clock);
    if (zab.role() != Role.LOOKING) {
      readOnly.notLooking();
    }
  }

  // Requests of this server's clients.

  @Override
  public void submit(Submission submission) {
    if (serving != Role.LOOKING) {
      submitServing(submission);
    } else if (readOnly.isOpen()) {
      log.publish(readOnly.answer(submission, last(), clock.monotonicMs()));
    }
    // Else its client is being cut.
    settle();
  }

  private void submitServing(Submission submission) {
    long id = submission.sessionId();
    switch (localSessions.course(submission)) {
      case PASS -> submitGlobal(submission);
      case ADMIT -> publishAnswer(submission, localSessions.admit(submission, clock.monotonicMs()));
      case CLOSE -> {
        localSessions.remove(id);
        answer(submission, ErrorCode.OK);
      }
      case UPGRADE -> {
        submitGlobal(localSessions.upgrade(id));
        submitGlobal(submission);
      }
      case REFUSE -> answer(submission, ErrorCode.EPHEMERALONLOCALSESSION);
    }
  }

  private void submitGlobal(Submission submission) {
    if (serving == Role.LEADING) {
      leadership.submit(submission);
    } else {
      followership.submit(submission);
    }
  }

  /** Answers without a transaction, behind everything that the session has asked before. */
  private void answer(Submission submission, ErrorCode error) {
    if (serving == Role.LEADING) {
      log.answer(submission, error);
    } else {
      followership.answerInTurn(submission, error);
    }
  }

  @Override
  public void touch(long sessionId, int timeoutMs) {
    if (localSessions.has(sessionId)) {
      localSessions.touch(sessionId, timeoutMs, clock.monotonicMs());
    } else if (serving == Role.LEADING) {
      leadership.touch(sessionId, timeoutMs);
    } else {
      followership.touch(sessionId, timeoutMs);
    }
  }

  // What the feed and others look at.

  @Override
  public FeedItem last() {
    return log.last();
  }

  @Override
  public void followed(long place) {
    log.followed(place);
  }

  @Override
  public int outstanding() {
    return serving == Role.LEADING ? log.outstanding() : followership.outstanding();
  }

  @Override
  public int unforced() {
    return log.unforced();
  }

  @Override
  public void endBurst() {
    log.force();
  }

  @Override
  public Map<Long, List<Long>> sessionsByDeadline() {
    return leadership.byDeadline();
  }

  @Override
  public Optional<MemberFigures> memberFigures() {
    return Optional.of(
        new MemberFigures(
            zab.role(),
            zab.phase(),
            zab.leader(),
            zab.currentEpoch(),
            zab.committedConfig(),
            zab.learners(),
            zab.pendingSyncs(),
            counter.leadingForMs(clock.monotonicMs()),
            localSessions.byDeadline(),
            counter.counts()));
  }

  @Override
  public int localSessionCount() {
    return localSessions.size();
  }

  @Override
  public long sessionsExpired() {
    return leadership.sessionsExpired();
  }

  @Override
  public long digestMismatches() {
    return log.digestMismatches();
  }

  @Override
  public List<ZxidDigest> digests() {
    return log.digests();
  }

  // What Zab asks for; called by ZabEffects.

  void append(long zxid, byte[] bytes, int from, int length) {
    counter.logged(length, proposer.underWay() != null);
    log.append(zxid, bytes, from, length, proposer.underWay());
    FeedItem logged = log.newest();
    if (serving != Role.LOOKING && logged != null && logged.applied() != null) {
      long madeMs = logged.applied().txn().header().timeMs();
      if (serving == Role.LEADING) {
        acks.proposed(zxid, madeMs);
      } else if (serving == Role.FOLLOWING) {
        meter.received(clock.wallMs() - madeMs);
      }
    }
  }

  void stage(long zxid, byte[] bytes, int from, int length) {
    log.stage(zxid, bytes, from, length, null);
  }

  void commit(long zxid) {
    long nowMs = clock.wallMs();
    for (FeedItem item = log.takeUpTo(zxid); item != null; item = log.takeUpTo(zxid)) {
      if (item.applied() != null) {
        counter.committed(serving == Role.LEADING);
        localSessions.committed(item.applied().txn().header());
      }
      if (item.applied() != null && item.submission() == null) {
        followership.publish(item);
      } else {
        log.publish(item);
      }
      if (item.applied() != null && serving != Role.LOOKING) {
        meter.committed(item, nowMs - item.applied().txn().header().timeMs(), serving);
      }
    }
  }

  void became(Role role) {
    LOG.info("This server is {} from zxid 0x{} on", role, Long.toHexString(last().zxid()));
    serving = role;
    acks.reset();
    counter.elected(zab.role(), clock);
    counter.serves(role, clock.monotonicMs());
    if (role != Role.LOOKING) {
      showConfig();
    }
    log.serves(role != Role.LOOKING);
    followership.reset();
    if (role != Role.LOOKING) {
      localSessions.restart(log.prospective(), false, clock.monotonicMs());
    }
    if (role == Role.LEADING) {
      leadership.begin();
    } else {
      leadership.end();
      log.dropAnswers();
    }
    roles.became(role);
  }

  /**
   * A configuration can come into force without a transaction: when the first leader gives it its
   * version, and when a server hears of it in an election. When a role begins to serve, everything
   * logged is published, so there is one tree to put it into.
   */
  private void showConfig() {
    Node shown = log.prospective().find("/zookeeper/config");
    if (shown == null || shown.mzxid() != membership.committed().version()) {
      log.restart(configured(log.prospective()));
    }
  }

  /** The committed tree, or before this server serves, the one with everything logged. */
  void sendSnapshot(long connection, long lastZxid, long zxid) {
    Tree tree = last().zxid() == lastZxid ? last().tree() : log.prospective();
    counter.sentSnapshot(connection);
    peers.sendSnapshot(connection, tree, zxid);
  }

  Membership membership() {
    return membership;
  }

  MemberCounter counter() {
    return counter;
  }

  MemberLog log() {
    return log;
  }

  Leadership leadership() {
    return leadership;
  }

  Followership followership() {
    return followership;
  }

  MemberDisk disk() {
    return disk;
  }

  Peers peers() {
    return peers;
  }
}
