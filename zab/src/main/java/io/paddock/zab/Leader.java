package io.paddock.zab;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * A leader, from the end of the election to its last day (quorum sheet, sections 3.5, 4.7 and 4.8).
 * Its steps M1 to M8 are its stages:
 *
 * <pre>
 * stage      waits for                                            then
 * GATHERING  FOLLOWERINFO of a quorum                             saveAcceptedEpoch
 * SAVING     onAcceptedEpochSaved                                 send LEADERINFO to all who wait
 * PROMISES   ACKEPOCH of a quorum, none of a longer history       saveCurrentEpoch, synchronise all
 * TAKEOVER   ACK(E&lt;&lt;32) of a quorum, this server among it          commit, became, send UPTODATE
 * SERVING    a quorum to be lost, the epoch to be used up         the member is LOOKING
 * </pre>
 *
 * Any stage but the last ends after initLimit, GATHERING also with a voter that looks elsewhere,
 * and then the member is LOOKING. Over 400 lines, since the steps are to be read in one place.
 */
final class Leader {
  private enum Stage {
    GATHERING,
    SAVING,
    PROMISES,
    TAKEOVER,
    SERVING
  }

  private final MemberState self;
  private final Zab zab;
  private final TreeMap<Long, LearnerLink> links = new TreeMap<>();

  /** Voters whose promise was counted, and voters that have taken over the history. */
  private final TreeSet<Long> promised = new TreeSet<>();

  private final TreeSet<Long> takenOver = new TreeSet<>();

  private final int ownEpoch;
  private final long ownLogged;

  private Stage stage = Stage.GATHERING;
  private long epoch;
  private long deadlineMs;
  private long dialledUntilMs;

  /** The voters whose last word, while this leader gathers, was for somebody else. */
  private final TreeSet<Long> elsewhere = new TreeSet<>();

  private long nextPingMs;
  private long nextCheckMs;
  private LeaderTraffic traffic;
  private LeaderSync sync;

  Leader(MemberState self, Zab zab) {
    this.self = self;
    this.zab = zab;
    this.ownEpoch = (int) self.currentEpoch();
    this.ownLogged = self.history.logged();
    this.epoch = self.acceptedEpoch() + 1;
  }

  /**
   * @param dials how often as long as a learner dials its leader voters may look elsewhere before
   *     this leader gives up
   */
  void begin(int dials) {
    self.peers.openQuorumPort();
    deadlineMs = self.nowMs + self.settings.initMs();
    dialledUntilMs = self.nowMs + dials * self.settings.dialMs();
    nextPingMs = self.nowMs;
    gather();
  }

  /** Alone, there is nobody to gather, and nothing to take over. */
  void beginAlone() {
    traffic = LeaderTraffic.alone(self);
    stage = Stage.SERVING;
    nextPingMs = Long.MAX_VALUE;
    nextCheckMs = Long.MAX_VALUE;
    zab.serve();
  }

  Phase phase() {
    return switch (stage) {
      case GATHERING, SAVING, PROMISES -> Phase.DISCOVERY;
      case TAKEOVER -> Phase.SYNCHRONIZATION;
      case SERVING -> Phase.BROADCAST;
    };
  }

  /** What is proposed and committed; null before there is an epoch. */
  LeaderTraffic traffic() {
    return traffic;
  }

  boolean canPropose() {
    return stage == Stage.SERVING && traffic.canPropose();
  }

  // Learners come and go.

  void onConnected(long connection) {
    links.put(connection, new LearnerLink(connection, self.nowMs, self.settings));
  }

  boolean isOn(long connection) {
    return links.containsKey(connection);
  }

  /** Whoever has not said who it is gets no more time by saying it slowly. */
  void onProgress(long connection) {
    LearnerLink link = links.get(connection);
    if (link.state != LearnerLink.State.CONNECTED) {
      link.heard(self.nowMs, self.settings);
    }
  }

  void onClosed(long connection) {
    LearnerLink link = links.remove(connection);
    if (traffic != null) {
      traffic.unregister(link);
    }
    if (stage == Stage.PROMISES && links.values().stream().noneMatch(l -> l.sid == link.sid)) {
      promised.remove(link.sid);
    }
  }

  private void close(LearnerLink link, String why) {
    self.replica.note(link + ": " + why);
    onClosed(link.connection);
    self.peers.close(link.connection, why);
  }

  void onPacket(long connection, QuorumPacket packet) {
    LearnerLink link = links.get(connection);
    link.heard(self.nowMs, self.settings);
    try {
      dispatch(link, packet);
    } catch (Breach e) {
      if (links.get(connection) == link) {
        close(link, e.getMessage());
      }
    }
  }

  private void dispatch(LearnerLink link, QuorumPacket packet) {
    switch (link.state) {
      case CONNECTED -> onGreeting(link, packet);
      case PROMISING -> onPromise(link, packet);
      case TAKING_OVER -> onTakenOver(link, packet);
      case SERVED -> {
        traffic.onPacket(link, packet);
        retire();
      }
      case GREETED, PROMISED, LOCATING, TAKEN_OVER -> throw unexpected(link, packet);
    }
  }

  private static Breach unexpected(LearnerLink link, QuorumPacket packet) {
    return new Breach("sent " + packet.kind() + " while it was " + link.state);
  }

  // Discovery.

  private void onGreeting(LearnerLink link, QuorumPacket packet) {
    Greeting greeting = Greeting.of(packet);
    link.greeted(greeting);
    greeting.checkFor(self.id, self.committed().version());
    dropEarlier(link);
    elsewhere.remove(link.sid);
    if (stage == Stage.GATHERING) {
      epoch = Math.max(epoch, link.acceptedEpoch + 1);
      gather();
    } else if (link.acceptedEpoch >= promiseable() && self.committed().isVoter(link.sid)) {
      // It has promised itself to somebody else, so it could not join this epoch, or its promise
      // would not count. A later epoch lets everybody in.
      zab.lookAgain("voter " + link.sid + " has accepted epoch " + link.acceptedEpoch);
    } else if (stage != Stage.SAVING) {
      offer(link);
    }
  }

  private long promiseable() {
    return stage == Stage.TAKEOVER || stage == Stage.SERVING ? epoch + 1 : epoch;
  }

  /** A server that comes again has lost its earlier connection, told or not. */
  private void dropEarlier(LearnerLink link) {
    List<LearnerLink> earlier = new ArrayList<>(links.values());
    earlier.removeIf(other -> other == link || link.sid < 0 || other.sid != link.sid);
    earlier.forEach(other -> close(other, "came again"));
  }

  private void gather() {
    if (self.committed().quorum().isReached(sid -> sid == self.id || hasGreeted(sid))) {
      stage = Stage.SAVING;
      self.saveAcceptedEpoch(epoch);
    }
  }

  /**
   * A voter that looks in a later round has given this leader up, before it was there for instance,
   * and comes no more; one that wants another in this round has not heard the votes that elected
   * it, and a quorum that still says so may not be left. Without such a voter there may be no
   * quorum of followers, and nobody else can be elected. But not before the others have had the
   * time in which they dial: it may be the one voter that is not needed, or one that has not heard
   * yet who leads by a new configuration. What it said until then counts afterwards: who has found
   * another leader meanwhile says nothing more.
   */
  void onNotification(long from, Notification n) {
    if (stage != Stage.GATHERING || !self.committed().isVoter(from)) {
      return;
    }
    boolean other = n.leader() != self.id;
    boolean later = n.round() > self.round && n.state() == Role.LOOKING;
    if (later || other && n.round() >= self.round) {
      elsewhere.add(from);
      lookAgainIfGivenUp();
    } else {
      elsewhere.remove(from);
    }
  }

  private void lookAgainIfGivenUp() {
    if (stage == Stage.GATHERING && !elsewhere.isEmpty() && self.nowMs >= dialledUntilMs) {
      self.replica.disloyalVoter();
      zab.lookAgain("voter " + elsewhere.first() + " looks for a leader again");
    }
  }

  private boolean hasGreeted(long sid) {
    return links.values().stream()
        .anyMatch(l -> l.sid == sid && l.state == LearnerLink.State.GREETED);
  }

  void onAcceptedEpochSaved() {
    if (stage != Stage.SAVING) {
      return;
    }
    stage = Stage.PROMISES;
    deadlineMs = self.nowMs + self.settings.initMs();
    traffic = new LeaderTraffic(self, epoch);
    sync = new LeaderSync(self, traffic, epoch);
    for (LearnerLink link : List.copyOf(links.values())) {
      if (link.state == LearnerLink.State.GREETED) {
        offer(link);
      }
    }
    countPromises();
  }

  private void offer(LearnerLink link) {
    link.state = LearnerLink.State.PROMISING;
    int version = self.replica.marksMoves() ? LearnerInfo.MARKS_MOVES : LearnerInfo.PROTOCOL;
    self.peers.send(link.connection, new QuorumPacket.LeaderInfo(Zxid.of(epoch, 0), version));
  }

  private void onPromise(LearnerLink link, QuorumPacket packet) {
    if (packet.kind() != QuorumPacket.Kind.ACKEPOCH) {
      throw unexpected(link, packet);
    }
    QuorumPacket.AckEpoch ack = (QuorumPacket.AckEpoch) packet;
    link.currentEpoch = ack.currentEpoch();
    link.lastLogged = ack.zxid();
    link.state = LearnerLink.State.PROMISED;
    if (stage != Stage.PROMISES) {
      sync.start(link);
      return;
    }
    if (ack.currentEpoch() != -1) {
      boolean longer =
          ack.currentEpoch() > ownEpoch || ack.currentEpoch() == ownEpoch && ack.zxid() > ownLogged;
      if (longer) {
        throw new Breach(
            "has a longer history: epoch " + ack.currentEpoch() + ", " + Zxid.text(ack.zxid()));
      }
      if (ack.zxid() != -1) {
        promised.add(link.sid);
      }
    }
    countPromises();
  }

  private void countPromises() {
    if (!self.committed().quorum().isReached(sid -> sid == self.id || promised.contains(sid))) {
      return;
    }
    stage = Stage.TAKEOVER;
    deadlineMs = self.nowMs + self.settings.initMs();
    if (self.settings.reconfigEnabled() && self.lastSeen().version() == 0) {
      self.see(self.lastSeen().withVersion(Zxid.of(epoch, 0)));
    }
    self.saveCurrentEpoch(epoch);
    for (LearnerLink link : List.copyOf(links.values())) {
      if (link.state == LearnerLink.State.PROMISED) {
        sync.start(link);
      }
    }
  }

  // Synchronisation.

  void onFoundInLog(long connection, LogPlace place) {
    if (isOn(connection) && links.get(connection).state == LearnerLink.State.LOCATING) {
      sync.found(links.get(connection), place);
    }
  }

  private void onTakenOver(LearnerLink link, QuorumPacket packet) {
    if (packet.kind() != QuorumPacket.Kind.ACK) {
      throw unexpected(link, packet);
    }
    if (((QuorumPacket.Ack) packet).zxid() != Zxid.of(epoch, 0)) {
      self.replica.note(link + " did not acknowledge NEWLEADER but something else");
      return;
    }
    link.state = LearnerLink.State.TAKEN_OVER;
    if (stage == Stage.SERVING) {
      serve(link);
      return;
    }
    takenOver.add(link.sid);
    countTakenOver();
  }

  void onCurrentEpochSaved() {
    if (stage == Stage.TAKEOVER) {
      takenOver.add(self.id);
      countTakenOver();
    }
  }

  private void countTakenOver() {
    if (!takenOver.contains(self.id) || !self.isReached(takenOver::contains)) {
      return;
    }
    stage = Stage.SERVING;
    nextCheckMs = self.nowMs + self.settings.tickMs();
    self.activate(self.lastSeen());
    traffic.open();
    self.vote = self.vote.inEpoch(epoch);
    links.values().stream()
        .filter(link -> link.state == LearnerLink.State.TAKEN_OVER)
        .forEach(this::serve);
    if (self.committed().isVoter(self.id)) {
      zab.serve();
    } else {
      // The old configuration has elected it and the new one has come into force with that.
      zab.lookAgain("this server does not vote in the configuration in force");
    }
  }

  private void serve(LearnerLink link) {
    link.state = LearnerLink.State.SERVED;
    link.heard(self.nowMs, self.settings);
    self.replica.broughtUp(link.connection);
    self.peers.send(link.connection, new QuorumPacket.UpToDate());
    traffic.confirmBy(link);
  }

  void onDurable(long zxid) {
    if (stage == Stage.SERVING) {
      traffic.onDurable(zxid);
      retire();
    }
  }

  /** Steps down when the epoch is used up or was handed over. */
  private void retire() {
    if (stage == Stage.SERVING && traffic.isExhausted()) {
      zab.lookAgain("the epoch is over");
    }
  }

  void sendTo(long connection, QuorumPacket packet) {
    if (isServed(connection)) {
      self.peers.send(connection, packet);
    }
  }

  void onSync(long connection) {
    if (stage == Stage.SERVING && (connection == ZabInput.Sync.OWN || isServed(connection))) {
      traffic.sync(connection);
    }
  }

  boolean wantsConfirmation() {
    return stage == Stage.SERVING && traffic.syncs().wantRound();
  }

  void onConfirm() {
    if (wantsConfirmation()) {
      traffic.confirm();
    }
  }

  List<LearnerFigures> figures() {
    return links.values().stream()
        .map(
            link ->
                link.figures(
                    self.committed().isVoter(link.sid),
                    self.nowMs,
                    traffic == null ? 0 : traffic.lastCommitted()))
        .toList();
  }

  private boolean isServed(long connection) {
    return isOn(connection) && links.get(connection).state == LearnerLink.State.SERVED;
  }

  boolean hasSyncedQuorum(EnsembleConfig config) {
    return config.quorum().isReached(isSynced());
  }

  /** Who acknowledges proposals now; an observer does not, whatever it is to become. */
  private LongPredicate isSynced() {
    return sid ->
        sid == self.id
            || links.values().stream()
                .anyMatch(l -> l.sid == sid && l.follower && l.isSynced(self.nowMs));
  }

  void onTick() {
    if (stage != Stage.SERVING && self.nowMs >= deadlineMs) {
      zab.lookAgain("no quorum in " + self.settings.initMs() + " ms of " + stage);
      return;
    }
    lookAgainIfGivenUp();
    if (self.nowMs >= nextPingMs) {
      nextPingMs = self.nowMs + self.settings.tickMs() / 2;
      List.copyOf(links.values()).forEach(this::ping);
    }
    if (stage == Stage.SERVING && self.nowMs >= nextCheckMs) {
      nextCheckMs = self.nowMs + self.settings.tickMs();
      if (!self.isReached(isSynced())) {
        zab.lookAgain("the quorum was lost");
      }
    }
  }

  private void ping(LearnerLink link) {
    long lastProposed = traffic == null ? 0 : traffic.lastProposed();
    String overdue = link.overdue(lastProposed, self.nowMs, self.settings);
    if (overdue != null) {
      close(link, overdue);
    } else if (link.isRegistered()) {
      link.pinged();
      self.peers.send(link.connection, new QuorumPacket.Ping(lastProposed, null));
    }
  }

  /** The role ends. */
  void end(String why) {
    stage = Stage.GATHERING;
    self.peers.closeQuorumPort();
    for (LearnerLink link : List.copyOf(links.values())) {
      onClosed(link.connection);
      self.peers.close(link.connection, why);
    }
  }
}
