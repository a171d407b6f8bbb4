package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.paddock.journal.Codec;
import io.paddock.journal.Journal;
import io.paddock.journal.JournalSettings;
import io.paddock.journal.MemoryStorage;
import io.paddock.machine.DataFiles;
import io.paddock.machine.DataLoader;
import io.paddock.machine.JournalThread;
import io.paddock.machine.MemberJournal;
import io.paddock.machine.SnapshotThread;
import io.paddock.metrics.ServerMetrics;
import io.paddock.replica.Ensemble;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Membership;
import io.paddock.replica.Peers;
import io.paddock.replica.Replica;
import io.paddock.replica.ReplicaSettings;
import io.paddock.replica.Submission;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.zab.DurableState;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.ZabInput;
import io.paddock.zab.ZabSettings;
import io.paddock.zab.Zxid;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The shipping code of a member from its replica down to the bytes of its files, without threads
 * and sockets: {@link VirtualEnsemble} gives it turns, and carries what it sends.
 */
final class VirtualMember implements Peers {
  static final int TICK_MS = 100;
  static final ZabSettings ZAB = ZabSettings.of(TICK_MS, 50, 20, false);
  private static final int SNAPSHOT_TXNS = 12;

  private final int id;
  private final VirtualEnsemble ensemble;
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final CoreLoop core;
  private final Journal journal;
  private final JournalThread journalThread;
  private final SnapshotThread snapshotThread;
  private final MemberJournal disk;
  private final Replica replica;

  /** What comes in on a connection, and what goes out. */
  private final Map<Long, VirtualLink> in = new HashMap<>();

  private final Map<Long, VirtualLink> out = new HashMap<>();
  private final Map<Long, Long> snapshots = new HashMap<>();
  private final long accepted;
  private FeedItem followed;

  /** The epoch that a leader has offered last. */
  private long offered;

  private boolean listens;
  private boolean slowDisk;
  private Throwable failure;

  VirtualMember(int id, VirtualEnsemble ensemble, MemoryStorage files) throws IOException {
    this.id = id;
    this.ensemble = ensemble;
    JournalSettings settings =
        new JournalSettings(0, true, 6000, 1000, Codec.PLAIN, false, 2_097_150, 3);
    ServerMetrics metrics = new ServerMetrics(1000);
    journal = Journal.open(files, files, settings, () -> 0);
    Supplier<DataLoader> loaders = () -> new DataLoader(journal, TreeSettings.DEFAULT, true);
    DataLoader loader = loaders.get().keepingRecent(ZAB.commitLogTxnsMax());
    Tree recovered = loader.load();
    DurableState durable = EnsembleMember.durable(journal, recovered.zxid(), loader.recent());
    accepted = durable.acceptedEpoch();
    channel.freezeTime();
    core = new CoreLoop(channel.eventLoop(), cause -> failure = cause);
    snapshotThread =
        new SnapshotThread(
            tree -> DataLoader.writeSnapshot(journal, tree, true), core::failed, metrics);
    journalThread = new JournalThread(DataFiles.of(journal, true), snapshotThread, core, metrics);
    disk =
        new MemberJournal(
            journal, journalThread, snapshotThread, core, loaders, true, Runnable::run, 64 << 20);
    replica =
        Replica.member(
            new Ensemble(
                id, durable, Membership.inMemory(ensemble.config()), ZAB, disk, this, role -> {}),
            new ReplicaSettings(TICK_MS, SNAPSHOT_TXNS, 0, 1000, 100, 0),
            recovered,
            loader.replayed(),
            new Prep(PrepSettings.DEFAULT),
            ensemble,
            id);
    disk.tell(replica);
    followed = replica.last();
  }

  void start() {
    core.start(replica, journalThread, List.of(), 20);
  }

  /** acceptedEpoch as the start has found it. */
  long accepted() {
    return accepted;
  }

  Replica replica() {
    return replica;
  }

  Throwable failure() {
    return failure;
  }

  boolean listens() {
    return listens;
  }

  /** The zxid of the published tree. */
  long zxid() {
    return replica.last().zxid();
  }

  Tree tree() {
    return replica.last().tree();
  }

  void submit(Submission submission) {
    core.submit(submission);
  }

  /** An input. */
  void in(Consumer<Replica> input) {
    core.input(() -> input.accept(replica));
  }

  void connected(VirtualLink incoming, VirtualLink outgoing) {
    in.put(incoming.connection(), incoming);
    out.put(incoming.connection(), outgoing);
  }

  void disconnected(long connection) {
    in.remove(connection);
    out.remove(connection);
    Long zxid = snapshots.remove(connection);
    if (zxid != null) {
      in(r -> r.on(new ZabInput.SnapshotFailed(zxid)));
    }
    in(r -> r.on(new ZabInput.Closed(connection)));
  }

  void packet(long connection, QuorumPacket packet) {
    if (packet.kind() == QuorumPacket.Kind.LEADERINFO) {
      offered = Zxid.epoch(((QuorumPacket.LeaderInfo) packet).zxid());
    }
    ensemble.brought(packet.kind());
    in(r -> r.on(new ZabInput.Received(connection, packet)));
  }

  /** Lets the disk take its time: nothing becomes durable for now. */
  void slowDisk(boolean now) {
    slowDisk = now;
  }

  void tree(long connection, Tree tree) {
    long zxid = snapshots.remove(connection);
    in(r -> r.onSnapshotRead(zxid, tree));
  }

  /** What its threads would do; false when they had nothing to do. */
  boolean turn() {
    boolean any = core();
    any |= failure == null && !slowDisk && journalThread.turn();
    any |= failure == null && ensemble.random().nextInt(3) == 0 && snapshotThread.turn();
    return core() | any;
  }

  private boolean core() {
    channel.runPendingTasks();
    boolean any = false;
    for (FeedItem item = followed.next(); item != null; item = item.next()) {
      followed = item;
      any = true;
      if (item.applied() != null) {
        ensemble.publishes(id, item);
      }
    }
    return any;
  }

  void pass(int ms) {
    channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  void close() {
    channel.close();
  }

  // What it asks of its peers.

  @Override
  public void sendNotification(long sid, Notification notification) {
    ensemble.notify(id, (int) sid, notification);
  }

  @Override
  public void openQuorumPort() {
    listens = true;
  }

  @Override
  public void closeQuorumPort() {
    listens = false;
  }

  @Override
  public void dialLeader(int attempt, EnsembleServer leader) {
    core.later(
        () -> {
          VirtualLink link = ensemble.dial(id, (int) leader.sid());
          if (link == null) {
            replica.on(new ZabInput.LeaderUnreachable(attempt));
          } else {
            replica.on(new ZabInput.LeaderConnected(attempt, link.connection()));
          }
        });
  }

  @Override
  public void send(long connection, QuorumPacket packet) {
    VirtualLink link = out.get(connection);
    if (link != null) {
      if (packet.kind() == QuorumPacket.Kind.ACKEPOCH) {
        ensemble.promised(id, offered);
      }
      link.send(packet);
    }
  }

  @Override
  public void sendLog(long connection, long after, long upTo) {
    VirtualLink link = out.get(connection);
    if (link != null) {
      disk.read(after, upTo, link.log());
    }
  }

  @Override
  public void sendSnapshot(long connection, Tree tree, long zxid) {
    VirtualLink link = out.get(connection);
    if (link != null) {
      link.send(new QuorumPacket.Snap(zxid));
      link.send(tree);
    }
  }

  @Override
  public void receiveSnapshot(long connection, long zxid) {
    assertThat(snapshots.put(connection, zxid)).isNull();
  }

  @Override
  public void close(long connection, String why) {
    VirtualLink link = out.get(connection);
    if (link != null) {
      link.close();
    }
  }
}
