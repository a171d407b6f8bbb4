package io.paddock.replica;

import io.paddock.tree.Applied;
import io.paddock.tree.Prep;
import io.paddock.tree.Tree;
import io.paddock.tree.Txn;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.DurableState;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.LogPlace;
import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Role;
import io.paddock.zab.Zab;
import io.paddock.zab.ZabSettings;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica in an ensemble. Everything logged is applied to the prospective tree at once; what is
 * decided goes from {@code pending} to the feed. As leader it prepares and proposes; as learner it
 * forwards its clients' requests and finds its answers among what the leader commits.
 *
 * <p>Two trees as in {@link Replica}: the prospective one has everything logged or staged, the one
 * at the end of the feed everything published. Before a role serves nobody looks at the feed, so
 * after a restart or a truncation it may hold what is not decided yet.
 *
 * <p>Confined to the core's thread. Over 400 lines: every input of {@link Zab} passes here, so that
 * what its effects ask for happens behind it.
 */
public final class MemberReplica implements Participant {
  private static final Logger LOG = LoggerFactory.getLogger(MemberReplica.class);
  private static final int SCRATCH_BYTES_MAX = 64 << 10;

  private final Prep prep;
  private final MemberDisk disk;
  private final Peers peers;
  private final Clock clock;
  private final RoleListener roles;
  private final Zab zab;
  private final Leadership leadership;
  private final SnapshotSchedule snapshots;
  private final DigestRing digests = new DigestRing();
  private final JuteWriter scratch = new JuteWriter(4096);
  private final JuteReader reader = new JuteReader();

  /** Logged or staged, or to be answered behind that, in order, and not published yet. */
  private ArrayDeque<FeedItem> pending = new ArrayDeque<>();

  /** What effects asked for that has to call Zab again, for when its call has returned. */
  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();

  // A learner's.
  private final Forwards forwards = new Forwards();
  private final ArrayDeque<Submission> renewals = new ArrayDeque<>();
  private Map<Long, Integer> touched = new HashMap<>();

  private Role serving = Role.LOOKING;
  private EnsembleConfig config;
  private Tree prospective;
  private FeedItem last;

  /** What {@link Prep} made of the proposal under way; null when Zab appends a leader's. */
  private FeedItem proposing;

  /** A leader's tree that is to be published before what follows it; null without. */
  private Tree rebase;

  private ArrayDeque<FeedItem> pendingBefore;
  private Tree prospectiveBefore;
  private int unforced;
  private boolean digestDiffers;

  /**
   * @param recovered the tree as snapshot and log give it, decided or not
   * @param txnsReplayed how many of its transactions came from the log
   */
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
    this.prep = prep;
    this.disk = disk;
    this.peers = peers;
    this.clock = clock;
    this.roles = roles;
    this.config = config;
    this.prospective = configured(recovered);
    this.last = FeedItem.start(prospective);
    this.snapshots =
        new SnapshotSchedule(
            settings.snapshotTxns(),
            settings.snapshotBytes(),
            txnsReplayed,
            new SplittableRandom(seed));
    this.zab = Zab.member(myId, durable, config, zabSettings, new ZabEffects(this));
    this.leadership = new Leadership(settings, clock, this);
  }

  private Tree configured(Tree tree) {
    return tree.withConfig(config.bytes(), config.version(), clock.wallMs());
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

  /** Learners and peers are told of by these, as {@link Zab} says. */
  public void onNotification(long from, Notification notification) {
    zab.onNotification(from, notification);
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
    zab.onPacket(connection, packet);
    settle();
  }

  public void onProgress(long connection) {
    zab.onProgress(connection);
    settle();
  }

  public void onClosed(long connection) {
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
    pending.clear();
    prospective = configured(tree);
    publish(FeedItem.start(prospective));
    zab.onTruncated(zxid);
    settle();
  }

  public void onTruncateFailed(long zxid) {
    zab.onTruncateFailed(zxid);
    settle();
  }

  /** The leader's stream was read to its end. */
  public void onSnapshotRead(long zxid, Tree tree) {
    pendingBefore = pending;
    prospectiveBefore = prospective;
    pending = new ArrayDeque<>();
    prospective = configured(tree);
    rebase = prospective;
    zab.onSnapshotInstalled(zxid);
    settle();
  }

  public void onSnapshotFailed(long zxid) {
    zab.onSnapshotFailed(zxid);
    settle();
  }

  @Override
  public void onDurable(long zxid) {
    zab.onDurable(zxid);
    settle();
  }

  @Override
  public void onDiskFull() {
    LOG.error(
        "The disk of the transaction log is full: this server cannot take part until there is room");
    unforced = 0;
    zab.onAppendsLost();
    dropAfter(zab.lastLogged());
    settle();
  }

  @Override
  public void tick() {
    zab.onTick(clock.monotonicMs());
    settle();
    if (canPropose()) {
      leadership.tick(prospective);
    }
    endBurst();
  }

  private void settle() {
    for (Runnable next = deferred.poll(); next != null; next = deferred.poll()) {
      next.run();
    }
  }

  private void dropAfter(long zxid) {
    while (!pending.isEmpty() && pending.peekLast().zxid() > zxid) {
      pending.removeLast();
    }
    prospective = pending.isEmpty() ? last.tree() : pending.peekLast().tree();
  }

  // Requests of this server's clients.

  @Override
  public void submit(Submission submission) {
    switch (serving) {
      case LEADING -> submitLeading(submission);
      case FOLLOWING, OBSERVING -> submitLearning(submission);
      // Its client is being cut.
      case LOOKING -> {}
    }
  }

  @Override
  public void touch(long sessionId, int timeoutMs) {
    if (serving == Role.LEADING) {
      leadership.touch(sessionId, timeoutMs);
    } else {
      touched.put(sessionId, timeoutMs);
    }
  }

  private void submitLeading(Submission submission) {
    switch (submission.kind()) {
      case WRITE -> leadership.write(submission, Leadership.LOCAL, prospective);
      case SYNC -> answer(submission, ErrorCode.OK);
      case RENEW -> {
        boolean alive =
            submission.passwdValid()
                && leadership.claim(
                    submission.sessionId(), submission.timeoutMs(), Leadership.LOCAL, prospective);
        answer(submission, alive ? ErrorCode.OK : ErrorCode.SESSIONEXPIRED);
      }
    }
  }

  private void submitLearning(Submission submission) {
    if (submission.kind() == Submission.Kind.RENEW) {
      if (submission.passwdValid()) {
        renewals.addLast(submission);
        zab.submitRevalidate(submission.sessionId(), submission.timeoutMs());
      } else {
        publish(FeedItem.answer(last.tree(), submission, ErrorCode.SESSIONEXPIRED));
      }
    } else if (submission.op() instanceof Op.Malformed) {
      // It could not be written down for the leader, whom a damaged one might stop for good.
      forwards.add(submission, ErrorCode.MARSHALLINGERROR);
      answerKnown();
    } else {
      forwards.add(submission, null);
      zab.submitRequest(RequestCodec.write(submission));
    }
    settle();
  }

  private void answerKnown() {
    for (Forwards.Forward next = forwards.takeKnown(); next != null; next = forwards.takeKnown()) {
      publish(FeedItem.answer(last.tree(), next.submission(), next.known()));
    }
  }

  // A leader's proposals.

  boolean canPropose() {
    return serving == Role.LEADING && zab.canPropose();
  }

  void propose(Submission submission) {
    if (!canPropose()) {
      return;
    }
    long zxid = zab.nextZxid();
    Applied applied =
        prep.prepare(
            prospective,
            submission.sessionId(),
            submission.cxid(),
            submission.op(),
            submission.ids(),
            zxid,
            clock.wallMs());
    if (applied.cause() != null) {
      LOG.error(
          "A request of session 0x{} could not be prepared and was refused",
          Long.toHexString(submission.sessionId()),
          applied.cause());
    }
    propose(applied, submission);
  }

  /** Refuses a write for a reason that is not in the tree. */
  void refuse(long sessionId, int cxid, ErrorCode error, Submission submission) {
    if (canPropose()) {
      long zxid = zab.nextZxid();
      propose(Prep.refuse(prospective, sessionId, cxid, error, zxid, clock.wallMs()), submission);
    }
  }

  private void propose(Applied applied, Submission submission) {
    boolean ours = submission != null && submission.origin() != null;
    proposing = FeedItem.committed(applied, ours ? submission : null);
    scratch.clear(SCRATCH_BYTES_MAX);
    applied.txn().write(scratch);
    zab.propose(applied.zxid(), scratch.array(), 0, scratch.size());
    proposing = null;
    settle();
  }

  private void answer(Submission submission, ErrorCode error) {
    FeedItem item = FeedItem.answer(prospective, submission, error);
    if (pending.isEmpty()) {
      publish(item);
    } else {
      pending.addLast(item);
    }
  }

  // What the feed and others look at.

  @Override
  public FeedItem last() {
    return last;
  }

  @Override
  public int outstanding() {
    return serving == Role.LEADING ? pending.size() : forwards.size();
  }

  @Override
  public int unforced() {
    return unforced;
  }

  @Override
  public void endBurst() {
    if (unforced > 0) {
      unforced = 0;
      disk.force();
    }
  }

  @Override
  public Map<Long, List<Long>> sessionsByDeadline() {
    return leadership.byDeadline();
  }

  @Override
  public List<ZxidDigest> digests() {
    return digests.list();
  }

  private void publish(FeedItem item) {
    last.linkNext(item);
    last = item;
  }

  // What Zab asks for; called by ZabEffects.

  void append(long zxid, byte[] bytes, int from, int length) {
    take(zxid, bytes, from, length);
    disk.append(zxid, bytes, from, length);
    unforced++;
    if (snapshots.count(length) && serving != Role.LOOKING) {
      disk.snapshot(last.tree());
    }
  }

  void take(long zxid, byte[] bytes, int from, int length) {
    FeedItem item = proposing;
    if (item == null) {
      Txn txn = Txn.read(reader.reset(bytes, from, from + length));
      Applied applied = prospective.apply(txn);
      checkDigest(txn, applied.tree());
      item = FeedItem.committed(applied, null);
    }
    prospective = item.tree();
    pending.addLast(item);
  }

  private void checkDigest(Txn txn, Tree tree) {
    boolean fuzzy = rebase != null;
    if (!fuzzy && txn.hasDigest() && txn.digest() != tree.digest() && !digestDiffers) {
      digestDiffers = true;
      LOG.warn(
          "After zxid 0x{} the tree's digest is {}, the leader says {}: the two have different trees",
          Long.toHexString(txn.zxid()),
          tree.digest(),
          txn.digest());
    }
  }

  void commit(long zxid) {
    if (rebase != null) {
      publish(FeedItem.start(rebase));
      rebase = null;
    }
    for (FeedItem item = pending.peekFirst();
        item != null && item.zxid() <= zxid;
        item = pending.peekFirst()) {
      pending.removeFirst();
      Applied applied = item.applied();
      if (applied != null) {
        digests.add(item.zxid(), item.tree().digest());
        Submission ours =
            item.submission() == null ? forwards.takeIfOldest(applied.txn().header()) : null;
        publish(ours == null ? item : FeedItem.committed(applied, ours));
        answerKnown();
      } else {
        publish(item);
      }
    }
  }

  void became(Role role) {
    LOG.info("This server is {} from zxid 0x{} on", role, Long.toHexString(last.zxid()));
    serving = role;
    forwards.clear();
    renewals.clear();
    touched = new HashMap<>();
    if (role == Role.LEADING) {
      leadership.begin(prospective);
    } else {
      leadership.end();
      pending.removeIf(item -> item.applied() == null);
    }
    roles.became(role);
  }

  void abandonSnapshot() {
    if (prospectiveBefore != null) {
      pending = pendingBefore;
      prospective = prospectiveBefore;
      rebase = null;
      forgetBefore();
    }
  }

  void saveSnapshot() {
    forgetBefore();
    disk.saveSnapshot(prospective);
  }

  private void forgetBefore() {
    pendingBefore = null;
    prospectiveBefore = null;
  }

  /** The committed tree, or before this server serves, the one with everything logged. */
  void sendSnapshot(long connection, long lastZxid, long zxid) {
    peers.sendSnapshot(connection, last.zxid() == lastZxid ? last.tree() : prospective, zxid);
  }

  void request(long connection, QuorumPacket.Request request) {
    deferred.addLast(
        () -> {
          RequestCodec.Forwarded forwarded = RequestCodec.read(request);
          if (forwarded == null) {
            peers.close(connection, "a request without a head");
          } else if (forwarded.type() == OpCode.SYNC.code()) {
            zab.submitSync(connection);
          } else if (forwarded.op() == null) {
            refuse(forwarded.sessionId(), forwarded.cxid(), ErrorCode.MARSHALLINGERROR, null);
          } else {
            leadership.write(
                Submission.write(
                    forwarded.sessionId(),
                    forwarded.cxid(),
                    forwarded.op(),
                    request.authinfo() == null ? List.of() : request.authinfo(),
                    null),
                connection,
                prospective);
          }
        });
  }

  void revalidate(long connection, long sessionId, int timeoutMs) {
    deferred.addLast(
        () ->
            zab.answerRevalidate(
                connection,
                sessionId,
                leadership.claim(sessionId, timeoutMs, connection, prospective)));
  }

  void revalidated(long sessionId, boolean valid) {
    Submission oldest = renewals.peekFirst();
    if (oldest == null || oldest.sessionId() != sessionId) {
      LOG.warn(
          "The leader answers for session 0x{}, which nobody asked", Long.toHexString(sessionId));
      return;
    }
    renewals.removeFirst();
    publish(FeedItem.answer(last.tree(), oldest, valid ? ErrorCode.OK : ErrorCode.SESSIONEXPIRED));
  }

  void synced() {
    Submission sync = forwards.takeSync();
    if (sync == null) {
      LOG.warn("The leader answers a sync that nobody asked for");
      return;
    }
    publish(FeedItem.answer(last.tree(), sync, ErrorCode.OK));
    answerKnown();
  }

  byte[] touches() {
    JuteWriter out = new JuteWriter(12 * touched.size() + 1);
    touched.forEach(
        (id, timeoutMs) -> {
          out.writeLong(id);
          out.writeInt(timeoutMs);
        });
    touched.clear();
    return out.toByteArray();
  }

  Leadership leadership() {
    return leadership;
  }

  MemberDisk disk() {
    return disk;
  }

  Peers peers() {
    return peers;
  }

  void config(EnsembleConfig committed) {
    config = committed;
  }
}
