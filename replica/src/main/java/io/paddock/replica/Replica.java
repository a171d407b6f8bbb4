package io.paddock.replica;

import io.paddock.tree.Node;
import io.paddock.tree.Prep;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.ReplicaPort;
import io.paddock.zab.Role;
import io.paddock.zab.Zab;
import io.paddock.zab.ZabInput;
import io.paddock.zab.ZabPorts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server's copy of the state, and the way of a write through it: {@link Prep} makes it a
 * transaction on the prospective tree, {@link Zab} has it appended and says when it is committed,
 * the feed takes it to the client loops. A server that stands alone is a leader without learners.
 *
 * <p>As leader it prepares and proposes ({@link Leadership}); as learner it forwards its clients'
 * requests ({@link Followership}); what is logged and not decided yet waits in {@link ReplicaLog}.
 * What needs neither is decided by {@link LocalSessions} and {@link ReadOnlyService}. Every input
 * of Zab passes here by {@link #on}, so that what follows from it happens behind it.
 *
 * <p>Confined to one thread, the core's. The time comes from {@link Clock}. Over 400 lines, since
 * what Zab asks for ({@link Port}) stands beside what is given to it.
 */
public final class Replica {
  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

  /** The id of a server that stands alone. */
  private static final long ALONE = 1;

  /** Null alone. */
  private final Ensemble ensemble;

  private final Clock clock;
  private final RoleListener roles;
  private final Zab zab;
  private final Proposer proposer;
  private final ReplicaLog log;
  private final Leadership leadership;
  private final Followership followership;
  private final LocalSessions localSessions;
  private final ReadOnlyService readOnly;
  private final MemberCounter counter = new MemberCounter();
  private final AckProbe acks = new AckProbe();
  private final Hold hold;

  /** How often clients were held. */
  private int term;

  private CoreMeter meter = CoreMeter.NONE;
  private Role serving = Role.LOOKING;

  private Replica(
      Ensemble ensemble,
      ReplicaSettings settings,
      Backlog backlog,
      long txnsReplayed,
      Prep prep,
      Disk disk,
      Clock clock,
      long seed) {
    this.ensemble = ensemble;
    this.clock = clock;
    this.log =
        new ReplicaLog(
            backlog,
            disk,
            new SnapshotSchedule(
                settings.snapshotTxns(),
                settings.snapshotBytes(),
                txnsReplayed,
                new SplittableRandom(seed)));
    Port port = new Port();
    Peers peers = ensemble == null ? null : ensemble.peers();
    long myId;
    if (ensemble == null) {
      myId = ALONE;
      this.roles = role -> {};
      this.zab = Zab.alone(log.prospective().zxid(), port);
      this.proposer = new Proposer(zab, prep, clock, null, false);
    } else {
      Membership membership = ensemble.membership();
      myId = ensemble.myId();
      this.roles = ensemble.roles();
      this.zab =
          Zab.member(
              myId,
              ensemble.durable(),
              membership.committed(),
              membership.lastSeen(),
              ensemble.zab(),
              new ZabPorts(port, peers, ensemble.disk(), membership));
      this.proposer = new Proposer(zab, prep, clock, membership, ensemble.zab().reconfigEnabled());
    }
    this.hold = new Hold(settings.keepsClients());
    this.localSessions = new LocalSessions(settings, myId);
    this.readOnly = new ReadOnlyService(settings, localSessions, new ReadOnlyRoles());
    this.leadership =
        new Leadership(settings, clock, zab, proposer, log, peers, localSessions, counter);
    this.followership = new Followership(zab, log);
  }

  /**
   * A server that stands alone.
   *
   * @param recovered the tree as snapshot and log give it
   * @param txnsReplayed how many of its transactions came from the log, which count towards the
   *     next snapshot
   * @param seed of the random parts of the snapshot schedule
   */
  public static Replica alone(
      ReplicaSettings settings,
      Tree recovered,
      long txnsReplayed,
      Prep prep,
      Disk disk,
      Clock clock,
      long seed) {
    return new Replica(
        null, settings.alone(), new Backlog(recovered), txnsReplayed, prep, disk, clock, seed);
  }

  /**
   * A member of an ensemble.
   *
   * @param recovered the tree as snapshot and log give it, decided or not
   * @param txnsReplayed as {@link #alone}'s
   * @param seed likewise
   */
  public static Replica member(
      Ensemble ensemble,
      ReplicaSettings settings,
      Tree recovered,
      long txnsReplayed,
      Prep prep,
      Clock clock,
      long seed) {
    Tree tree = configured(ensemble, recovered, clock);
    return new Replica(
        ensemble, settings, new Backlog(tree), txnsReplayed, prep, ensemble.disk(), clock, seed);
  }

  /**
   * A member of an ensemble that goes on where a server alone ends: on its tree and its feed.
   *
   * @param before with nothing outstanding; it is not to be used any more
   */
  public static Replica succeeding(
      Replica before,
      Ensemble ensemble,
      ReplicaSettings settings,
      Prep prep,
      Clock clock,
      long seed) {
    if (before.outstanding() > 0) {
      throw new IllegalStateException(before.outstanding() + " requests are not answered yet");
    }
    return new Replica(
        ensemble, settings, before.log.handOver(), 0, prep, ensemble.disk(), clock, seed);
  }

  /** The tree with the configuration in force in it. */
  private Tree configured(Tree tree) {
    return configured(ensemble, tree, clock);
  }

  private static Tree configured(Ensemble ensemble, Tree tree, Clock clock) {
    EnsembleConfig config = ensemble.membership().committed();
    return tree.withConfig(config.bytes(), new Stamp(config.version(), clock.wallMs()));
  }

  /** Who counts what goes through it from now on; before {@link #start}. */
  public void countIn(CoreMeter newMeter) {
    meter = newMeter;
    counter.countIn(newMeter);
    proposer.countIn(newMeter);
    followership.countIn(newMeter);
  }

  /** Begins: takes the lead alone, or looks for a leader. */
  public void start() {
    on(new ZabInput.Start(clock.monotonicMs()));
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

  /**
   * Something has happened to {@link Zab}. What comes with a tree or with words comes by {@link
   * #onTruncated}, {@link #onSnapshotRead} and {@link #onDiskFull}, the time by {@link #tick}.
   */
  public void on(ZabInput input) {
    switch (input.kind()) {
      case RECEIVED -> timeAck((ZabInput.Received) input);
      case DURABLE -> durable(((ZabInput.Durable) input).zxid());
      case CLOSED -> counter.closed(((ZabInput.Closed) input).connection());
      default -> {}
    }
    zab.on(input);
    settle();
  }

  /** Log and {@code tree} end with {@code zxid}. */
  public void onTruncated(long zxid, Tree tree) {
    if (hold.isOn()) {
      log.cutAfter(zxid, configured(tree));
    } else {
      log.restart(configured(tree), false);
    }
    on(new ZabInput.Truncated(zxid));
  }

  /** The leader's stream was read to its end. */
  public void onSnapshotRead(long zxid, Tree tree) {
    log.replace(configured(tree));
    on(new ZabInput.SnapshotInstalled(zxid));
  }

  private void timeAck(ZabInput.Received input) {
    if (serving == Role.LEADING && input.packet() instanceof QuorumPacket.Ack ack) {
      timeAck(input.connection(), ack.zxid());
    }
  }

  /** Of one proposal now and then, how long {@code from} has taken for it. */
  private void timeAck(long from, long upTo) {
    if (acks.takes(from, upTo)) {
      long ageMs = clock.wallMs() - acks.madeMs();
      if (from == AckProbe.OWN) {
        meter.acknowledged(ensemble.myId(), ageMs);
        return;
      }
      zab.learners().stream()
          .filter(learner -> learner.connection() == from && learner.sid() >= 0)
          .forEach(learner -> meter.acknowledged(learner.sid(), ageMs));
    }
  }

  private void durable(long zxid) {
    if (ensemble != null) {
      if (serving == Role.LEADING) {
        timeAck(AckProbe.OWN, zxid);
      }
    } else if (zxid > zab.lastCommitted()) {
      // With a full disk comes a report of what was durable before, too: that is no sign of room.
      leadership.durable(zxid);
    }
  }

  /**
   * The disk did not take what was appended after the last durable transaction. Alone, those
   * requests are refused, and so are others until it does; a member leaves its ensemble until then.
   *
   * @param what is lacking, and what to do about it, for the operator
   */
  public void onDiskFull(String what) {
    if (ensemble != null) {
      LOG.error(
          "This server leaves the ensemble until its disk takes transactions again: {}", what);
    }
    zab.on(new ZabInput.AppendsLost());
    List<FeedItem> lost = log.lostAfter(zab.lastLogged());
    if (ensemble == null) {
      leadership.refuse(what, lost);
    } else {
      // It may take long, and others have room.
      cutHeld();
    }
    settle();
  }

  /** Whether writes are refused because the disk has no room. */
  public boolean isDiskFull() {
    return leadership.refusesWrites();
  }

  /** The tree with everything that was appended, durable or not: what a lost log leads to. */
  public Tree logged() {
    return log.onDisk();
  }

  /** Lets time pass. To be called several times a tick. */
  public void tick() {
    on(new ZabInput.Tick(clock.monotonicMs()));
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

  /** What is to be done once Zab has done. */
  private void settle() {
    leadership.settle();
    if (ensemble != null) {
      counter.elected(zab.role(), clock);
      if (zab.role() != Role.LOOKING) {
        readOnly.notLooking();
      }
    }
  }

  // Requests of this server's clients.

  /** See {@link Core#submit}. */
  public void submit(Submission submission) {
    if (submission.term() != term) {
      // Its frontend is to be told of another leader before, and will ask again.
      return;
    }
    if (log.renewals().isLate(submission)) {
      return;
    }
    if (submission.kind() == Submission.Kind.RENEW) {
      log.renewals().begins(submission);
    }
    if (serving != Role.LOOKING) {
      submitServing(submission);
    } else if (readOnly.isOpen()) {
      log.publish(readOnly.answer(submission, last(), clock.monotonicMs()));
    }
    // Else its client is being cut, or held and the frontend asks again.
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

  /**
   * Whether a reconfiguration will be granted once this server alone is the only member of {@code
   * itself}: OK, or why not. Nothing is proposed.
   */
  public ErrorCode judgeFirst(Submission submission, EnsembleConfig itself) {
    return proposer.judgeFirst(log.prospective(), submission, itself);
  }

  /** Refuses a write of this leader's own client for a reason that is not in the tree. */
  public void refuse(Submission submission, ErrorCode error) {
    proposer.refuse(log.prospective(), submission, error);
    settle();
  }

  /** See {@link Core#touch}. */
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

  /** The end of the feed: where a client loop that starts now begins to follow. */
  public FeedItem last() {
    return log.last();
  }

  /** Whether sessions have come back whose old connections may still send something. */
  public boolean awaitsOldConnections() {
    return !log.renewals().isEmpty();
  }

  /**
   * Every client loop has followed the feed to {@link FeedItem#place} or beyond. While {@link
   * #awaitsOldConnections}, whatever they submitted before they came there has been taken.
   */
  public void followed(long place) {
    log.followed(place);
  }

  /** Requests that are not answered yet. */
  public int outstanding() {
    return serving == Role.LEADING ? log.outstanding() : followership.outstanding();
  }

  /** Transactions appended since the last {@link #endBurst}. */
  public int unforced() {
    return log.unforced();
  }

  /**
   * No more requests are at hand for the moment: what was appended is to become durable, and syncs
   * that have come share one confirmation.
   */
  public void endBurst() {
    if (zab.wantsConfirmation()) {
      zab.on(new ZabInput.Confirm());
    }
    log.force();
  }

  /** The sessions by the monotonic time at which they expire, as far as this server decides it. */
  public Map<Long, List<Long>> sessionsByDeadline() {
    return leadership.byDeadline();
  }

  /** What a member of an ensemble is up to; empty for a server alone. */
  public Optional<MemberFigures> memberFigures() {
    if (ensemble == null) {
      return Optional.empty();
    }
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

  /** Sessions that only this server knows. */
  public int localSessionCount() {
    return localSessions.size();
  }

  /** How many sessions it has found expired. */
  public long sessionsExpired() {
    return leadership.sessionsExpired();
  }

  /** How often its tree was found to differ from another server's. */
  public long digestMismatches() {
    return log.digestMismatches();
  }

  /** The digests of some transactions past. */
  public List<ZxidDigest> digests() {
    return log.digests();
  }

  /** What Zab asks for. */
  private final class Port implements ReplicaPort {
    @Override
    public void append(long zxid, byte[] bytes, int from, int length) {
      counter.logged(length, proposer.underWay() != null);
      log.append(zxid, bytes, from, length, proposer.underWay());
      FeedItem logged = log.newest();
      if (ensemble != null
          && serving != Role.LOOKING
          && logged != null
          && logged.applied() != null) {
        long madeMs = logged.applied().txn().header().timeMs();
        if (serving == Role.LEADING) {
          acks.proposed(zxid, madeMs);
        } else if (serving == Role.FOLLOWING) {
          meter.received(clock.wallMs() - madeMs);
        }
      }
    }

    @Override
    public void stage(long zxid, byte[] bytes, int from, int length) {
      log.stage(zxid, bytes, from, length, null);
    }

    @Override
    public void commit(long zxid) {
      long nowMs = clock.wallMs();
      Role part = ensemble == null ? null : serving;
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
          meter.committed(item, nowMs - item.applied().txn().header().timeMs(), part);
        }
      }
    }

    @Override
    public void became(Role role) {
      LOG.info("This server is {} from zxid 0x{} on", role, Long.toHexString(last().zxid()));
      boolean held = hold.isOn();
      boolean goOn = role != Role.LOOKING && hold.endsWellIn(zab.currentEpoch());
      serving = role;
      acks.reset();
      log.renewals().giveUp();
      if (ensemble != null) {
        counter.elected(zab.role(), clock);
        counter.serves(role, clock.monotonicMs());
      }
      if (role != Role.LOOKING) {
        showConfig(goOn);
      }
      log.serves(role != Role.LOOKING);
      if (role == Role.LOOKING && hold.begin()) {
        followership.hold(log.disown());
      } else {
        followership.reset();
      }
      if (role != Role.LOOKING) {
        localSessions.restart(log.prospective(), false, clock.monotonicMs());
      }
      if (role == Role.LEADING) {
        leadership.begin();
      } else {
        leadership.end();
        log.dropAnswers();
      }
      tell(role, held && !goOn);
    }

    private void tell(Role role, boolean cut) {
      if (hold.isOn()) {
        term++;
        roles.holds();
        return;
      }
      if (cut) {
        LOG.info("Clients that waited for a leader are cut: what happened meanwhile is not known");
        roles.became(Role.LOOKING);
      }
      if (role != Role.LOOKING) {
        hold.serves(zab.currentEpoch(), zab.marksMoves());
      }
      roles.became(role);
    }

    @Override
    public boolean marksMoves() {
      return leadership.marksMoves();
    }

    /** What leads to a call of Zab waits until it has done. */
    @Override
    public void deliver(long connection, QuorumPacket packet) {
      switch (packet.kind()) {
        case REQUEST, REVALIDATE -> leadership.ask(connection, packet);
        case PING -> leadership.touched(((QuorumPacket.Ping) packet).sessions());
        case REVALIDATED -> followership.revalidated((QuorumPacket.Revalidated) packet);
        case SYNC -> synced(connection);
        default -> throw new IllegalStateException(packet.kind() + " is Zab's own");
      }
    }

    private void synced(long connection) {
      if (connection == ZabInput.Sync.OWN) {
        log.confirm();
        commit(last().zxid());
      } else {
        followership.synced();
      }
    }

    @Override
    public byte[] touches() {
      return followership.touches();
    }

    /** The committed tree, or before this server serves, the one with everything logged. */
    @Override
    public void sendSnapshot(long connection, long lastZxid, long zxid) {
      Tree tree = last().zxid() == lastZxid ? last().tree() : log.prospective();
      counter.sendsSnapshot(connection);
      ensemble.peers().sendSnapshot(connection, tree, zxid);
    }

    @Override
    public void sendsDiff(long connection) {
      counter.sendsDiff(connection);
    }

    @Override
    public void broughtUp(long connection) {
      counter.broughtUp(connection);
    }

    @Override
    public void abandonSnapshot() {
      log.abandonSnapshot();
    }

    @Override
    public void saveSnapshot(long zxid) {
      ensemble.disk().saveSnapshot(log.snapshotToSave());
    }

    @Override
    public void disloyalVoter() {
      counter.disloyalVoter();
    }

    @Override
    public void note(String event) {
      LOG.info("Zab: {}", event);
    }
  }

  /**
   * A configuration can come into force without a transaction: when the first leader gives it its
   * version, and when a server hears of it in an election. When a role begins to serve, everything
   * logged is published, so there is one tree to put it into.
   */
  private void showConfig(boolean watched) {
    Node shown = log.prospective().find("/zookeeper/config");
    if (ensemble != null
        && (shown == null || shown.mzxid() != ensemble.membership().committed().version())) {
      log.restart(configured(log.prospective()), watched);
    }
  }

  /** Clients wait for a leader no longer. */
  private void cutHeld() {
    if (hold.isOn()) {
      hold.giveUp();
      followership.reset();
      roles.became(Role.LOOKING);
    }
  }

  /** Clients that wait for a leader do not wait for read-only service. */
  private final class ReadOnlyRoles implements RoleListener {
    @Override
    public void became(Role role) {
      roles.became(role);
    }

    @Override
    public void readOnly(boolean begins) {
      if (begins) {
        cutHeld();
      }
      roles.readOnly(begins);
    }
  }
}
