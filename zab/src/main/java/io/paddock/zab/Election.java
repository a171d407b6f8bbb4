package io.paddock.zab;

import java.util.ArrayDeque;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Fast leader election (quorum sheet, sections 2.5 and 2.6): a server in search of a leader tells
 * every voter its candidate, takes over a better one when it hears of it, and is done when a quorum
 * agrees and nothing better is heard for a while, or when it hears of a leader that a quorum has
 * already.
 *
 * <pre>
 * state    input                                   next     effects
 * IDLE     begin                                   RUNNING  sendNotification to all voters
 * RUNNING  LOOKING vote, later round or better     RUNNING  sendNotification to all voters
 * RUNNING  vote that makes a quorum agree          AGREED   -
 * RUNNING  silence                                 RUNNING  sendNotification to all, next silence twice as long
 * RUNNING  FOLLOWING, LEADING of a quorum          IDLE     elected
 * AGREED   better vote                             RUNNING  sendNotification to all voters
 * AGREED   silence                                 IDLE     elected
 * AGREED   every voter agrees or is not running    IDLE     elected
 * any      connection to a voter lost              -        not IDLE: sendNotification to it, once more
 * IDLE     LOOKING vote                            IDLE     answer with the vote of the leader
 * any      word of a server without a vote         -        answer with the vote of the leader
 * </pre>
 */
final class Election {
  /** What waits in the inbound queue at most; the oldest is dropped. */
  private static final int HEARD_MAX = 100;

  /** How often a voter is told once more because its connection was lost. */
  private static final int TELL_AGAIN_MAX = 5;

  private static final int ANSWER_AGAIN_MS = 50;

  private enum State {
    IDLE,
    RUNNING,
    AGREED
  }

  private record Heard(long from, Notification notification) {}

  private record Answered(Notification asked, Notification answer, long atMs) {}

  private final MemberState self;
  private final Zab zab;
  private final ArrayDeque<Heard> heard = new ArrayDeque<>();

  /** What each server was answered last. */
  private final TreeMap<Long, Answered> answered = new TreeMap<>();

  /** The votes of this round. */
  private final TreeMap<Long, Vote> votes = new TreeMap<>();

  /** What servers that have a leader say; kept for the whole election. */
  private final TreeMap<Long, Vote> settledVotes = new TreeMap<>();

  /** Voters whose connection has ended and who have not been heard; how often told again. */
  private final TreeMap<Long, Integer> lost = new TreeMap<>();

  /** Those of them whose process is known not to run. */
  private final TreeSet<Long> gone = new TreeSet<>();

  private State state = State.IDLE;
  private Vote initial;
  private Vote proposal;
  private long waitMs;
  private long deadlineMs;

  /** Whether the quorum port has been told that this server is likely to lead. */
  private boolean expecting;

  Election(MemberState self, Zab zab) {
    this.self = self;
    this.zab = zab;
  }

  /** A new election; what was heard while the last role ended counts. */
  void begin() {
    state = State.RUNNING;
    // A configuration that was just heard of may say that the quorum port is another.
    expect(false);
    self.round++;
    votes.clear();
    settledVotes.clear();
    gone.clear();
    lost.replaceAll((voter, times) -> 0);
    long sid = self.committed().isVoter(self.id) ? self.id : Vote.NOBODY;
    boolean participant = !self.isObserver();
    initial =
        Vote.looking(
            sid,
            participant ? self.history.logged() : Vote.NOBODY,
            self.round,
            participant ? self.currentEpoch() : Vote.NOBODY);
    waitMs = self.settings.notificationMinMs();
    deadlineMs = self.nowMs + waitMs;
    propose(initial);
    drain();
  }

  /** Breaks the election off: a role was given without it. */
  void end() {
    state = State.IDLE;
    heard.clear();
    expect(false);
  }

  private void expect(boolean toLead) {
    if (toLead != expecting) {
      expecting = toLead;
      if (toLead) {
        self.peers.expectLearners();
      } else {
        self.peers.closeQuorumPort();
      }
    }
  }

  boolean isRunning() {
    return state != State.IDLE;
  }

  void onTick() {
    if (state == State.IDLE) {
      return;
    }
    if (self.nowMs < deadlineMs) {
      if (state == State.AGREED) {
        lost.keySet().stream().filter(sid -> !gone.contains(sid)).toList().forEach(this::tellAgain);
      }
      return;
    }
    if (state == State.AGREED) {
      elect(proposal);
      return;
    }
    waitMs = Math.min(waitMs * 2, self.settings.notificationMaxMs());
    deadlineMs = self.nowMs + waitMs;
    tellAll();
    drain();
  }

  /** Everything that comes in on the election port, in any state. */
  void onNotification(long from, Notification n) {
    lost.remove(from);
    gone.remove(from);
    if (adopt(n)) {
      return;
    }
    if (!self.isAnyVoter(from)) {
      // Whoever has a role asks nothing: it would answer the answer, and so on without end.
      if (n.state() == Role.LOOKING) {
        answer(from, n, self.notification(zab.role(), self.vote, self.round));
      }
      return;
    }
    if (zab.role() != Role.LOOKING) {
      if (n.state() == Role.LOOKING && isWorthTelling(n)) {
        answer(from, n, self.notification(zab.role(), self.vote, self.vote.round()));
      }
      return;
    }
    if (heard.size() == HEARD_MAX) {
      heard.removeFirst();
    }
    heard.addLast(new Heard(from, n));
    if (state != State.IDLE) {
      if (n.state() == Role.LOOKING && n.round() < self.round && isWorthTelling(n)) {
        answer(from, n, self.notification(Role.LOOKING, proposal, self.round));
      }
      drain();
    }
  }

  /**
   * Answers, but not the same to the same over and over: servers that do not agree on who votes
   * would go on with that as fast as the network is.
   */
  private void answer(long to, Notification asked, Notification answer) {
    Answered last = answered.get(to);
    if (last != null
        && self.nowMs - last.atMs() < ANSWER_AGAIN_MS
        && last.answer().equals(answer)
        && last.asked().equals(asked)) {
      return;
    }
    // What is longer ago stops nobody any more; and strangers may be many.
    answered.values().removeIf(earlier -> self.nowMs - earlier.atMs() >= ANSWER_AGAIN_MS);
    answered.put(to, new Answered(asked, answer, self.nowMs));
    self.peers.sendNotification(to, answer);
  }

  /**
   * Without a vote there is nothing to be told but a configuration that the other does not have.
   */
  private boolean isWorthTelling(Notification n) {
    return self.isAnyVoter(self.id) || !self.committed().text().equals(n.config());
  }

  /**
   * A connection has ended: telling again finds out whether the voter is there. A process that dies
   * may still seem to take a connection; but somebody who hangs up on everyone must not keep this
   * server busy.
   */
  void onVoterLost(long sid) {
    lost.putIfAbsent(sid, 0);
    if (state != State.IDLE) {
      tellAgain(sid);
    }
  }

  /** Whether the connection to a voter has ended and nothing was heard of it since. */
  boolean isLost(long sid) {
    return lost.containsKey(sid);
  }

  private void tellAgain(long sid) {
    int times = lost.merge(sid, 1, Integer::sum);
    if (times <= TELL_AGAIN_MAX && voters().contains(sid)) {
      self.peers.sendNotification(sid, self.notification(Role.LOOKING, proposal, self.round));
    }
  }

  /**
   * A voter's process does not run. If it ran before, it has died, and there is no better vote of
   * it to wait for: should it start this very moment, it finds a leader; should its history be
   * longer after all, discovery refuses that leader. One that was never heard may be just starting
   * with all others.
   */
  void onVoterGone(long sid) {
    if (state != State.IDLE && lost.containsKey(sid)) {
      gone.add(sid);
      if (state == State.AGREED && isEverybodyHeard()) {
        elect(proposal);
      }
    }
  }

  private boolean isEverybodyHeard() {
    return !gone.contains(proposal.leader())
        && voters().stream().allMatch(sid -> gone.contains(sid) || agrees(votes, sid, proposal));
  }

  /** A later configuration than mine, while I look for a leader, starts the election afresh. */
  private boolean adopt(Notification n) {
    if (n.config() == null
        || zab.role() != Role.LOOKING
        || !self.settings.reconfigEnabled()
        || n.config().equals(self.committed().text())) {
      return false;
    }
    EnsembleConfig config;
    try {
      config = EnsembleConfig.parse(n.config());
    } catch (InvalidConfigException e) {
      self.replica.note("a notification with an unusable configuration: " + e.getMessage());
      return false;
    }
    if (config.version() <= self.committed().version()) {
      return false;
    }
    boolean changed = !config.sameMembers(self.committed());
    self.activate(config);
    if (changed && state != State.IDLE) {
      begin();
    }
    return changed;
  }

  private void drain() {
    while (state != State.IDLE && !heard.isEmpty()) {
      Heard next = heard.removeFirst();
      count(next.from(), next.notification());
    }
  }

  private void count(long from, Notification n) {
    if (!self.isAnyVoter(from) || !self.isAnyVoter(n.leader())) {
      return;
    }
    switch (n.state()) {
      case LOOKING -> countLooking(from, n);
      case FOLLOWING, LEADING -> countSettled(from, n);
      case OBSERVING -> {}
    }
  }

  private void countLooking(long from, Notification n) {
    if (self.history.logged() == -1 || n.zxid() == -1 || n.round() < self.round) {
      return;
    }
    Vote vote = Vote.of(n);
    boolean better = beats(vote, proposal);
    if (n.round() > self.round) {
      self.round = n.round();
      votes.clear();
      propose((beats(vote, initial) ? vote : initial).inRound(self.round));
    } else if (better) {
      propose(vote);
    }
    votes.put(from, vote);
    decide(better);
  }

  /** Compares candidates; one without weight never beats anything. */
  private boolean beats(Vote vote, Vote other) {
    return self.committed().quorum().weight(vote.leader()) > 0 && vote.beats(other);
  }

  private void decide(boolean restart) {
    if (!self.isReached(sid -> agrees(votes, sid, proposal))) {
      if (state == State.AGREED) {
        state = State.RUNNING;
        deadlineMs = self.nowMs + waitMs;
      }
      expect(false);
      return;
    }
    boolean anew = state == State.RUNNING || restart;
    boolean own = proposal.leader() == self.id;
    state = State.AGREED;
    expect(own);
    // Who is going to lead does not wait longer for every word: the others may dial already.
    if (anew || !own) {
      deadlineMs = self.nowMs + self.settings.finalizeWaitMs();
    }
    if (isEverybodyHeard()) {
      // Nobody is left who could still name a better one.
      elect(proposal);
    }
  }

  private void countSettled(long from, Notification n) {
    Vote vote = Vote.of(n);
    if (n.round() == self.round) {
      votes.put(from, vote);
      if (isElected(votes, vote)) {
        elect(vote);
        return;
      }
    }
    settledVotes.put(from, vote);
    if (isElected(settledVotes, vote)) {
      self.round = n.round();
      elect(vote);
    }
  }

  /**
   * A quorum agrees, and the elected one says itself that it leads. By the configuration in force
   * alone: this server may remember a proposed one that nobody else does, and to follow a leader is
   * not to commit.
   */
  private boolean isElected(TreeMap<Long, Vote> among, Vote vote) {
    if (!self.committed().quorum().isReached(sid -> agrees(among, sid, vote))) {
      return false;
    }
    if (vote.leader() == self.id) {
      return vote.round() == self.round;
    }
    Vote own = among.get(vote.leader());
    return own != null && own.state() == Role.LEADING;
  }

  private static boolean agrees(TreeMap<Long, Vote> among, long sid, Vote vote) {
    Vote other = among.get(sid);
    return other != null && other.agrees(vote);
  }

  private void propose(Vote vote) {
    proposal = Vote.looking(vote.leader(), vote.zxid(), self.round, vote.peerEpoch());
    tellAll();
  }

  private void tellAll() {
    Notification word = self.notification(Role.LOOKING, proposal, self.round);
    for (long sid : voters()) {
      if (sid == self.id) {
        heard.addLast(new Heard(sid, word));
      } else {
        self.peers.sendNotification(sid, word);
      }
    }
  }

  private SortedSet<Long> voters() {
    TreeSet<Long> voters = new TreeSet<>();
    for (long sid : self.committed().quorum().voters()) {
      voters.add(sid);
    }
    for (long sid : self.lastSeen().quorum().voters()) {
      voters.add(sid);
    }
    return voters;
  }

  private void elect(Vote vote) {
    // As leader it opens the port for good.
    expecting &= vote.leader() != self.id;
    end();
    self.vote = Vote.looking(vote.leader(), vote.zxid(), vote.round(), vote.peerEpoch());
    self.replica.note(
        "elected "
            + vote.leader()
            + " in round "
            + vote.round()
            + ", epoch "
            + vote.peerEpoch()
            + ", zxid "
            + Zxid.text(vote.zxid()));
    zab.elected(vote.leader());
  }
}
