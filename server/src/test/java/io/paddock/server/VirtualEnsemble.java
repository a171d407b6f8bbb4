package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.MemoryStorage;
import io.paddock.replica.Clock;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Submission;
import io.paddock.wire.Acl;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Role;
import io.paddock.zab.ZabInput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Three members on disks in memory, in one thread and in virtual time, and what connects them. What
 * any of them publishes is held against what all others have: one history, the same bytes.
 */
final class VirtualEnsemble implements Clock {
  static final int SIZE = 3;
  private static final int STEP_MS = 10;
  private static final int STEPS_MAX = 20_000;
  private static final long SESSION = 0x77;
  private static final int SESSION_MS = 100_000_000;

  private final Random random;
  private final String where;
  private final EnsembleConfig config;
  private final MemoryStorage[] disks = new MemoryStorage[SIZE + 1];
  private final VirtualMember[] members = new VirtualMember[SIZE + 1];
  private final long[] promised = new long[SIZE + 1];
  private final boolean[] cut = new boolean[SIZE + 1];
  private final List<VirtualLink> links = new ArrayList<>();
  private final ArrayDeque<Runnable> notifications = new ArrayDeque<>();
  private final TreeMap<Long, byte[]> published = new TreeMap<>();
  private final EnumMap<QuorumPacket.Kind, Integer> brought =
      new EnumMap<>(QuorumPacket.Kind.class);
  private long nowMs = 1_000_000;
  private long lastConnection;
  private int znodes;
  private final List<Throwable> halts = new ArrayList<>();
  private int steps;
  private int cxid;

  VirtualEnsemble(long seed, String where) {
    this.random = new Random(seed);
    this.where = where;
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= SIZE; i++) {
      lines.append("server.").append(i).append("=h").append(i).append(":2888:3888:participant\n");
      disks[i] = new MemoryStorage(seed + i);
    }
    this.config = EnsembleConfig.parse(lines + "version=0");
  }

  @Override
  public long wallMs() {
    return 1_700_000_000_000L + nowMs;
  }

  @Override
  public long monotonicMs() {
    return nowMs;
  }

  String where() {
    return where;
  }

  EnsembleConfig config() {
    return config;
  }

  Random random() {
    return random;
  }

  MemoryStorage disk(int i) {
    return disks[i];
  }

  /** A member; null while it is down. */
  VirtualMember member(int i) {
    return members[i];
  }

  /** Starts a member on what its disk has; false when it died in the start. */
  boolean start(int i) throws IOException {
    try {
      members[i] = new VirtualMember(i, this, disks[i]);
      assertThat(members[i].accepted())
          .as("promised, %s", where)
          .isGreaterThanOrEqualTo(promised[i]);
      members[i].start();
      return true;
    } catch (IOException e) {
      members[i] = null;
      // The one who starts it is told why; here it is started again.
      bury(i);
      return false;
    }
  }

  void startAll() throws IOException {
    for (int i = 1; i <= SIZE; i++) {
      start(i);
    }
  }

  /** A member is gone; its disk is what a death leaves of it. */
  void bury(int i) {
    if (members[i] != null) {
      members[i].close();
      members[i] = null;
    }
    links.stream().filter(link -> link.from() == i || link.to() == i).forEach(VirtualLink::close);
    disks[i] = CrashTest.survivor(disks[i], random);
  }

  /** Opens a session at the leader, for {@link #write}. */
  void openSession() throws IOException {
    await("all are there", this::isWhole);
    member(leader())
        .submit(Submission.write(SESSION, 0, new Op.CreateSession(SESSION_MS), List.of(), null));
    await("a session", this::settled);
  }

  /** Asks a member for so many writes. */
  void write(int i, int count) {
    for (int n = 0; n < count; n++) {
      byte[] data = new byte[random.nextInt(100)];
      random.nextBytes(data);
      Op op =
          znodes == 0 || random.nextInt(3) == 0
              ? new Op.Create(OpCode.CREATE, "/n" + znodes++, data, Acl.OPEN, 0, -1)
              : new Op.SetData("/n" + random.nextInt(znodes), data, -1);
      member(i).submit(Submission.write(SESSION, ++cxid, op, List.of(), null));
    }
  }

  /** Separates a member from the others, or no more. */
  void cut(int i, boolean now) {
    cut[i] = now;
    if (now) {
      links.stream().filter(link -> link.from() == i || link.to() == i).forEach(VirtualLink::close);
    }
  }

  /** Another leads, of whose epoch there is no transaction yet. */
  void changeLeader() throws IOException {
    int leader = leader();
    cut(leader, true);
    await("another leads", () -> leader() != 0 && settled());
    cut(leader, false);
    await("the old leader is back", () -> settled() && member(leader) != null);
  }

  private boolean reaches(int from, int to) {
    return !cut[from] && !cut[to] && members[to] != null;
  }

  void promised(int i, long epoch) {
    promised[i] = Math.max(promised[i], epoch);
  }

  void notify(int from, int to, Notification notification) {
    notifications.addLast(
        () -> {
          if (reaches(from, to)) {
            members[to].in(r -> r.on(new ZabInput.Notified(from, notification)));
          }
        });
  }

  /** Connects a learner to a leader's port; null when that does not listen. */
  VirtualLink dial(int from, int to) {
    if (!reaches(from, to) || !members[to].listens()) {
      return null;
    }
    long connection = ++lastConnection;
    VirtualLink there = new VirtualLink(this, connection, from, to);
    VirtualLink back = new VirtualLink(this, connection, to, from);
    there.pairWith(back);
    links.add(there);
    links.add(back);
    members[from].connected(back, there);
    members[to].connected(there, back);
    members[to].in(r -> r.on(new ZabInput.LearnerConnected(connection)));
    return there;
  }

  void brought(QuorumPacket.Kind kind) {
    brought.merge(kind, 1, Integer::sum);
  }

  /** How many packets of a kind have come to anybody. */
  int count(QuorumPacket.Kind kind) {
    return brought.getOrDefault(kind, 0);
  }

  void publishes(int i, FeedItem item) {
    JuteWriter out = new JuteWriter();
    item.applied().txn().write(out);
    byte[] before = published.putIfAbsent(item.zxid(), out.toByteArray());
    assertThat(before == null || Arrays.equals(before, out.toByteArray()))
        .as("one history at 0x%x of server %d, %s", item.zxid(), i, where)
        .isTrue();
  }

  /** The last transaction that anybody's clients have seen. */
  long lastPublished() {
    return published.isEmpty() ? 0 : published.lastKey();
  }

  /** The serving leader's number; 0 without one. */
  int leader() {
    for (int i = 1; i <= SIZE; i++) {
      if (members[i] != null && !cut[i] && members[i].replica().serving() == Role.LEADING) {
        return i;
      }
    }
    return 0;
  }

  /** Whether all who live serve, and have the same, and nothing is on its way. */
  boolean settled() {
    int leader = leader();
    if (leader == 0 || members[leader].replica().outstanding() > 0) {
      return false;
    }
    for (int i = 1; i <= SIZE; i++) {
      boolean out = members[i] == null || cut[i];
      if (!out
          && (members[i].replica().serving() == Role.LOOKING
              || members[i].zxid() != members[leader].zxid())) {
        return false;
      }
    }
    return true;
  }

  /** Whether all are there and settled. */
  boolean isWhole() {
    return settled() && members[1] != null && members[2] != null && members[3] != null;
  }

  /** Lives on until something is the case. */
  void await(String what, BooleanSupplier condition) throws IOException {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      assertThat(i).as("steps until %s, %s", what, where).isLessThan(STEPS_MAX);
      step();
    }
  }

  /** A member's threads go on; one that died comes back after a while. */
  private boolean turn(int i) throws IOException {
    if (members[i] == null) {
      return random.nextInt(30) == 0 && start(i);
    }
    boolean any = members[i].turn();
    if (disks[i].isDead() || members[i].failure() != null) {
      died(i);
    }
    return any;
  }

  private void died(int i) {
    int mutations = disks[i].mutations();
    members[i].turn();
    assertThat(disks[i].mutations()).as("nothing is tried again, %s", where).isEqualTo(mutations);
    if (!disks[i].isDead()) {
      halts.add(members[i].failure());
    }
    bury(i);
  }

  /** Notes how many steps a disk has lived through. */
  void steps(int now) {
    steps = now;
  }

  int steps() {
    return steps;
  }

  /** Why members stopped by themselves. */
  List<Throwable> halts() {
    return halts;
  }

  /** All have the same, and so have their disks. */
  void checkSame() throws IOException {
    await("all are there", this::isWhole);
    long zxid = members[leader()].zxid();
    long digest = members[leader()].tree().digest();
    assertThat(zxid).as(where).isGreaterThanOrEqualTo(lastPublished());
    for (int i = 1; i <= SIZE; i++) {
      assertThat(members[i].tree().digest()).as("server %d, %s", i, where).isEqualTo(digest);
    }
    for (int i = 1; i <= SIZE; i++) {
      bury(i);
      start(i);
      assertThat(members[i].zxid()).as("on the disk of %d, %s", i, where).isEqualTo(zxid);
      assertThat(members[i].tree().digest())
          .as("on the disk of %d, %s", i, where)
          .isEqualTo(digest);
    }
  }

  /** Everything that is on its way comes a little further; else time passes. */
  void step() throws IOException {
    boolean any = false;
    for (int i = 0; i < notifications.size() + 1; i++) {
      Runnable next = notifications.pollFirst();
      if (next != null) {
        next.run();
        any = true;
      }
    }
    for (VirtualLink link : List.copyOf(links)) {
      any |= random.nextInt(4) != 0 && link.deliver(members[link.to()]);
    }
    links.removeIf(VirtualLink::isOver);
    for (int i = 1; i <= SIZE; i++) {
      any |= turn(i);
    }
    if (!any || random.nextInt(8) == 0) {
      nowMs += STEP_MS;
      for (int i = 1; i <= SIZE; i++) {
        if (members[i] != null) {
          members[i].pass(STEP_MS);
        }
      }
    }
  }
}
