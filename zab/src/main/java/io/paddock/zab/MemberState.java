package io.paddock.zab;

import java.util.List;
import java.util.function.LongPredicate;

/**
 * What a member of an ensemble knows of itself, whatever its role: epochs, history, configurations,
 * its vote. The roles share it.
 */
final class MemberState {
  /** The id that a server alone has. */
  private static final long ALONE = 1;

  private static final int ALONE_TICK_MS = 1000;

  final long id;
  final ZabSettings settings;

  /** Whether this server is a quorum of itself, without peers and without epochs of its own. */
  final boolean alone;

  final ReplicaPort replica;

  /** Null alone, as are the two that follow. */
  final PeerPort peers;

  final DiskPort disk;
  final MembershipPort membership;

  History history;
  long nowMs;

  /** The round of election, Apache's logical clock. */
  long round;

  /** What others are told when they ask whom this server takes for the leader. */
  Vote vote;

  /** Set when the log could not be truncated: only a snapshot can bring it in line. */
  boolean needsSnapshot;

  private long acceptedEpoch;
  private long currentEpoch;
  private EnsembleConfig committed;
  private EnsembleConfig lastSeen;

  /** Requests to the disk, beside appends, that are not answered yet. */
  private int saves;

  MemberState(
      long id,
      DurableState durable,
      EnsembleConfig committed,
      EnsembleConfig lastSeen,
      ZabSettings settings,
      ZabPorts ports) {
    this.id = id;
    this.settings = settings;
    this.replica = ports.replica();
    this.peers = ports.peers();
    this.disk = ports.disk();
    this.membership = ports.membership();
    this.alone = ports.peers() == null;
    this.committed = committed;
    boolean isNewer = settings.reconfigEnabled() && lastSeen.version() > committed.version();
    this.lastSeen = isNewer ? lastSeen : committed;
    this.acceptedEpoch = durable.acceptedEpoch();
    this.currentEpoch = durable.currentEpoch();
    this.history = History.recovered(durable, settings);
    this.vote = Vote.looking(id, history.logged(), 0, currentEpoch);
  }

  /** A server that stands alone: its epochs are that of its log, and are nowhere saved. */
  static MemberState alone(long lastLogged, ReplicaPort replica) {
    long epoch = Zxid.epoch(lastLogged);
    EnsembleConfig itself =
        EnsembleConfig.of(List.of(new EnsembleServer(ALONE, List.of(), false, null, 0)), 0);
    return new MemberState(
        ALONE,
        new DurableState(epoch, epoch, lastLogged, List.of()),
        itself,
        itself,
        ZabSettings.of(ALONE_TICK_MS, 10, 5, false),
        new ZabPorts(replica, null, null, null));
  }

  long acceptedEpoch() {
    return acceptedEpoch;
  }

  long currentEpoch() {
    return currentEpoch;
  }

  EnsembleConfig committed() {
    return committed;
  }

  EnsembleConfig lastSeen() {
    return lastSeen;
  }

  /** Whether this server learns without a vote because its line says so. */
  boolean isObserver() {
    EnsembleServer line = committed.server(id);
    return line != null && line.observer();
  }

  /** Whether a server has a vote, in force or proposed. */
  boolean isAnyVoter(long sid) {
    return committed.isVoter(sid) || lastSeen.isVoter(sid);
  }

  boolean isReconfiguring() {
    return lastSeen.version() > committed.version();
  }

  /** Whether those of whom {@code has} holds decide by the configuration, and by the next one. */
  boolean isReached(LongPredicate has) {
    return committed.quorum().isReached(has)
        && (!isReconfiguring() || lastSeen.quorum().isReached(has));
  }

  /** Nothing is on its way to the disk. */
  boolean isQuiet() {
    return saves == 0 && history.isDurable();
  }

  // The disk. Every request below is answered by one input.

  void saveAcceptedEpoch(long epoch) {
    saves++;
    disk.saveAcceptedEpoch(epoch);
  }

  void acceptedEpochSaved(long epoch) {
    saves--;
    acceptedEpoch = Math.max(acceptedEpoch, epoch);
  }

  void saveCurrentEpoch(long epoch) {
    if (epoch > acceptedEpoch) {
      throw new IllegalStateException(
          "currentEpoch " + epoch + " would pass acceptedEpoch " + acceptedEpoch);
    }
    saves++;
    disk.saveCurrentEpoch(epoch);
  }

  void currentEpochSaved(long epoch) {
    saves--;
    currentEpoch = Math.max(currentEpoch, epoch);
  }

  void truncate(long zxid) {
    saves++;
    disk.truncate(zxid);
  }

  void installSnapshot(long connection, long zxid) {
    saves++;
    peers.receiveSnapshot(connection, zxid);
  }

  void saveSnapshot(long zxid) {
    saves++;
    replica.saveSnapshot(zxid);
  }

  /** One of the requests that have no state here was answered. */
  void answered() {
    saves--;
  }

  /** What the replica cannot read is in nobody's history: it has the first word. */
  void append(LoggedTxn txn) {
    replica.append(txn.zxid(), txn.bytes(), 0, txn.bytes().length);
    history.log(txn);
  }

  /** A proposal of a server alone: nobody else will ask for it again, so it is not kept. */
  void append(long zxid, byte[] bytes, int from, int length) {
    replica.append(zxid, bytes, from, length);
    history.pass(zxid);
  }

  void stage(LoggedTxn txn) {
    replica.stage(txn.zxid(), txn.bytes(), 0, txn.bytes().length);
    history.stage(txn);
  }

  void publish(long zxid) {
    history.publish(zxid);
    replica.commit(zxid);
  }

  // Membership.

  /** A configuration was proposed: it counts beside the one in force. */
  void see(EnsembleConfig config) {
    if (settings.reconfigEnabled() && config.version() > lastSeen.version()) {
      lastSeen = config;
      membership.seen(config);
    }
  }

  /** A configuration is in force; older ones are ignored (quorum sheet, section 6.4). */
  void activate(EnsembleConfig config) {
    if (!settings.reconfigEnabled() || config.version() <= committed.version()) {
      return;
    }
    committed = config;
    if (lastSeen.version() < config.version()) {
      lastSeen = config;
    }
    membership.committed(config);
  }

  /** Nothing is proposed but {@code config}, or nothing at all if that is null. */
  void expectOnly(EnsembleConfig config) {
    boolean isNewer = config != null && config.version() > committed.version();
    EnsembleConfig expected = isNewer ? config : committed;
    if (!expected.equals(lastSeen)) {
      lastSeen = expected;
      membership.seen(expected);
    }
  }

  Notification notification(Role state, Vote about, long inRound) {
    return new Notification(
        state,
        about.leader(),
        about.zxid(),
        inRound,
        about.peerEpoch(),
        NotificationCodec.VERSION,
        committed.text());
  }
}
