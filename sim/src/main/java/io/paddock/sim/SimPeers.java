package io.paddock.sim;

import io.paddock.replica.Peers;
import io.paddock.tree.Tree;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.Notification;
import io.paddock.zab.NotificationCodec;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.ZabInput;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The other servers as a running server reaches them. */
final class SimPeers implements Peers {
  private static final int DIAL_TIMEOUT_MS = 1000;
  private static final int NOTIFICATIONS_PER_SECOND_MAX = 500;

  private final World world;
  private final Incarnation process;
  private final TreeMap<Long, QuorumEnd> ends = new TreeMap<>();

  /** Ways of the election, by server; made when first needed. */
  private final TreeMap<Long, Pipe> elections = new TreeMap<>();

  /** The ways back of those that others have made. */
  private final List<Pipe> accepted = new ArrayList<>();

  /** How many notifications were sent in the second under way. */
  private int told;

  private long toldSinceMs;
  private boolean open;

  SimPeers(World world, Incarnation process) {
    this.world = world;
    this.process = process;
  }

  /** What comes over the connection of an election. */
  private static final class Voice implements Pipe.Receiver {
    private final Incarnation listener;
    private final long from;
    private final ArrivedBytes in = new ArrivedBytes();

    private Voice(Incarnation listener, long from) {
      this.listener = listener;
      this.from = from;
    }

    @Override
    public boolean isGone() {
      return listener.isGone();
    }

    @Override
    public boolean isPaused() {
      return listener.isPaused();
    }

    @Override
    public void onBytes(byte[] bytes) {
      in.add(bytes);
      byte[] frame = in.takeFrame();
      if (frame != null) {
        Notification notification = NotificationCodec.read(new JuteReader(frame));
        listener.input(replica -> replica.on(new ZabInput.Notified(from, notification)));
      }
    }

    @Override
    public void onEnd() {
      listener.input(replica -> replica.on(new ZabInput.VoterLost(from)));
    }
  }

  @Override
  public void sendNotification(long sid, Notification notification) {
    countNotification();
    SimServer peer = world.server(sid);
    world.tell(process.name(), () -> "tells server " + sid + " " + Words.of(notification));
    if (peer == null || peer.running() == null || world.network.isCut(process.sid(), sid)) {
      elections.remove(sid);
      if (peer != null && peer.running() == null && !world.network.isCut(sid, process.sid())) {
        world.after(1, () -> process.input(replica -> replica.on(new ZabInput.VoterGone(sid))));
      }
      return;
    }
    Pipe pipe = elections.get(sid);
    if (pipe == null || !pipe.isOpen()) {
      Voice there = new Voice(peer.running(), process.sid());
      pipe = Pipe.connect(world, process.sid(), new Voice(process, sid), sid, there);
      elections.put(sid, pipe);
      peer.running().peers().accepted.add(pipe.back());
    }
    JuteWriter out = new JuteWriter();
    NotificationCodec.writeFrame(Plants.vote(world.canary, notification), out);
    pipe.send(out.toByteArray());
  }

  private void countNotification() {
    if (world.nowMs() - toldSinceMs > 1000) {
      toldSinceMs = world.nowMs();
      told = 0;
    }
    if (++told > NOTIFICATIONS_PER_SECOND_MAX) {
      throw new SimFinding(process.name() + " floods the others with notifications");
    }
  }

  @Override
  public void openQuorumPort() {
    open = true;
  }

  @Override
  public void closeQuorumPort() {
    open = false;
  }

  @Override
  public void dialLeader(int attempt, EnsembleServer leader) {
    long sid = leader.sid();
    world.after(
        world.networkDelay(),
        () -> {
          Incarnation peer = world.server(sid).running();
          boolean cut =
              world.network.isCut(process.sid(), sid) || world.network.isCut(sid, process.sid());
          if (cut || peer == null || !peer.peers().open) {
            world.after(
                cut ? DIAL_TIMEOUT_MS : 0,
                () ->
                    process.input(replica -> replica.on(new ZabInput.LeaderUnreachable(attempt))));
            return;
          }
          QuorumEnd mine = new QuorumEnd(world, process, world.newConnection(), sid);
          QuorumEnd theirs = new QuorumEnd(world, peer, world.newConnection(), process.sid());
          Pipe there = Pipe.connect(world, process.sid(), mine, sid, theirs);
          mine.connected(there);
          theirs.connected(there.back());
          ends.put(mine.id(), mine);
          peer.peers().ends.put(theirs.id(), theirs);
          peer.input(replica -> replica.on(new ZabInput.LearnerConnected(theirs.id())));
          process.input(replica -> replica.on(new ZabInput.LeaderConnected(attempt, mine.id())));
        });
  }

  @Override
  public void send(long connection, QuorumPacket packet) {
    QuorumEnd end = ends.get(connection);
    if (end != null) {
      end.send(packet);
    }
  }

  @Override
  public void sendLog(long connection, long after, long upTo) {
    QuorumEnd end = ends.get(connection);
    if (end != null) {
      world.tell(
          process.name(),
          () ->
              "sends its log from "
                  + Chronicle.hex(after)
                  + " to "
                  + Chronicle.hex(upTo)
                  + " to server "
                  + end.peer());
      end.sendLog(process.disk(), after, upTo);
    }
  }

  @Override
  public void sendSnapshot(long connection, Tree tree, long zxid) {
    if (zxid != tree.zxid()) {
      world.chronicle.marked(process.sid(), zxid, tree.zxid());
    }
    QuorumEnd end = ends.get(connection);
    if (end != null) {
      world.tell(
          process.name(),
          () ->
              "sends its tree of "
                  + Chronicle.hex(tree.zxid())
                  + " as "
                  + Chronicle.hex(zxid)
                  + " to server "
                  + end.peer());
      end.send(new QuorumPacket.Snap(zxid));
      end.sendTree(tree);
    }
  }

  @Override
  public void receiveSnapshot(long connection, long zxid) {
    QuorumEnd end = ends.get(connection);
    if (end == null) {
      process.later(replica -> replica.on(new ZabInput.SnapshotFailed(zxid)));
    } else {
      end.receiveSnapshot(zxid);
    }
  }

  @Override
  public void close(long connection, String why) {
    QuorumEnd end = ends.get(connection);
    if (end != null) {
      world.tell(
          process.name(), () -> "closes the connection to server " + end.peer() + ": " + why);
      end.closeBehind();
    }
  }

  void remove(QuorumEnd end) {
    ends.remove(end.id());
  }

  /** The process dies. */
  void die(boolean silently) {
    open = false;
    for (QuorumEnd end : List.copyOf(ends.values())) {
      process.leave(end.out(), silently);
    }
    ends.clear();
    elections.values().forEach(pipe -> process.leave(pipe, silently));
    elections.clear();
    accepted.forEach(pipe -> process.leave(pipe, silently));
    accepted.clear();
  }
}
