package io.paddock.sim;

import io.paddock.tree.SnapshotWriter;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSnapshotReader;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import io.paddock.zab.ZabInput;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * One end of a connection between a leader and a learner, in the bytes of the protocol. What is
 * sent leaves in the order of the calls: while a log is being read, what comes behind it is held
 * back.
 */
final class QuorumEnd implements Pipe.Receiver {
  private static final byte[] SIGNATURE = {
    0, 0, 0, 10, 'B', 'e', 'n', 'W', 'a', 's', 'H', 'e', 'r', 'e'
  };

  private final World world;
  private final Incarnation process;
  private final long id;
  private final long peer;
  private final ArrivedBytes in = new ArrivedBytes();

  /** What waits behind a log that is being read. */
  private final ArrayDeque<Runnable> held = new ArrayDeque<>();

  private Pipe out;
  private boolean reading;
  private boolean closing;
  private boolean ended;
  private TreeSnapshotReader snapshot;
  private long snapshotZxid;

  QuorumEnd(World world, Incarnation process, long id, long peer) {
    this.world = world;
    this.process = process;
    this.id = id;
    this.peer = peer;
  }

  void connected(Pipe toPeer) {
    out = toPeer;
  }

  long id() {
    return id;
  }

  long peer() {
    return peer;
  }

  Pipe out() {
    return out;
  }

  @Override
  public boolean isGone() {
    return process.isGone();
  }

  @Override
  public boolean isPaused() {
    return process.isPaused();
  }

  @Override
  public void onEnd() {
    if (ended) {
      return;
    }
    ended = true;
    closing = true;
    process.peers().remove(this);
    if (snapshot != null) {
      snapshot = null;
      process.input(replica -> replica.on(new ZabInput.SnapshotFailed(snapshotZxid)));
    }
    process.input(replica -> replica.on(new ZabInput.Closed(id)));
  }

  @Override
  public void onBytes(byte[] bytes) {
    in.add(bytes);
    boolean any = false;
    while (!closing && !process.isGone() && (snapshot == null ? takePacket() : takeSnapshot())) {
      any = true;
    }
    if (!any && !closing) {
      process.input(replica -> replica.on(new ZabInput.Progress(id)));
    }
  }

  private boolean takePacket() {
    int length =
        QuorumPacketCodec.length(in.array(), in.from(), in.to(), QuorumPacketCodec.DATA_BYTES_MAX);
    if (length < 0) {
      return false;
    }
    byte[] bytes = Arrays.copyOfRange(in.array(), in.from(), in.from() + length);
    in.take(length);
    QuorumPacket packet = QuorumPacketCodec.read(new JuteReader(bytes));
    if (packet.kind() != QuorumPacket.Kind.PING) {
      world.tell(process.name(), () -> "hears " + Words.of(packet) + " from server " + peer);
    }
    for (QuorumPacket each : Plants.incoming(world.canary, packet)) {
      process.input(replica -> replica.on(new ZabInput.Received(id, each)));
    }
    return true;
  }

  private boolean takeSnapshot() {
    if (!snapshot.done()) {
      in.take(snapshot.feed(in.array(), in.from(), in.to()) - in.from());
    }
    if (!snapshot.done() || in.size() < SIGNATURE.length) {
      return false;
    }
    for (byte expected : SIGNATURE) {
      if (in.array()[in.from()] != expected) {
        throw new MalformedException("a snapshot without its signature");
      }
      in.take(1);
    }
    Tree tree = snapshot.tree();
    snapshot = null;
    process.input(replica -> replica.onSnapshotRead(snapshotZxid, tree));
    return true;
  }

  /** What follows the packet at hand is a snapshot. */
  void receiveSnapshot(long zxid) {
    snapshot = new TreeSnapshotReader(zxid, Loading.TREE);
    snapshotZxid = zxid;
  }

  void send(QuorumPacket packet) {
    if (closing) {
      return;
    }
    if (reading) {
      held.addLast(() -> send(packet));
      return;
    }
    JuteWriter bytes = new JuteWriter();
    QuorumPacketCodec.write(packet, bytes);
    sendRaw(bytes.toByteArray());
    if (world.canary == Canary.COMMIT_WITHOUT_QUORUM
        && packet instanceof QuorumPacket.Proposal proposal) {
      QuorumPacket ack = new QuorumPacket.Ack(proposal.zxid());
      process.later(replica -> replica.on(new ZabInput.Received(id, ack)));
    }
    if (world.canary == Canary.SYNC_OF_A_DEPOSED_LEADER
        && process.hasJustWoken()
        && packet instanceof QuorumPacket.Ping ping
        && ping.sessions() == null) {
      QuorumPacket answer = new QuorumPacket.Ping(ping.zxid(), new byte[0]);
      process.later(replica -> replica.on(new ZabInput.Received(id, answer)));
    }
  }

  /** In two pieces now and then, as a socket may bring them. */
  private void sendRaw(byte[] bytes) {
    if (bytes.length > 1 && world.oneIn(8)) {
      int cut = 1 + world.random.nextInt(bytes.length - 1);
      out.send(Arrays.copyOf(bytes, cut));
      out.send(Arrays.copyOfRange(bytes, cut, bytes.length));
    } else {
      out.send(bytes);
    }
  }

  void sendTree(Tree tree) {
    if (closing) {
      return;
    }
    if (reading) {
      held.addLast(() -> sendTree(tree));
      return;
    }
    SnapshotWriter writer = new SnapshotWriter(tree);
    boolean more = true;
    while (more) {
      JuteWriter piece = new JuteWriter();
      more = writer.fill(piece, 1024);
      out.send(piece.toByteArray());
    }
    out.send(SIGNATURE.clone());
  }

  /** The log is to be sent in this place; it is read now, in its place among the appends. */
  void sendLog(SimDisk disk, long after, long upTo) {
    JuteWriter bytes = new JuteWriter();
    Runnable[] whenRead = new Runnable[1];
    Boolean[] whole = new Boolean[1];
    Runnable turn =
        () -> {
          reading = true;
          whenRead[0] = () -> logRead(bytes, whole[0]);
          if (whole[0] != null) {
            process.laterOnCore(whenRead[0]);
          }
        };
    if (reading) {
      held.addLast(turn);
    } else {
      turn.run();
    }
    disk.read(
        after,
        upTo,
        new SimDisk.PacedSender() {
          @Override
          public void txn(long zxid, byte[] txn) {
            QuorumPacketCodec.write(new QuorumPacket.Proposal(zxid, txn), bytes);
            QuorumPacketCodec.write(new QuorumPacket.Commit(zxid), bytes);
          }

          @Override
          public void end(boolean isWhole) {
            whole[0] = isWhole;
            if (whenRead[0] != null) {
              process.laterOnCore(whenRead[0]);
            }
          }
        });
  }

  private void logRead(JuteWriter bytes, boolean whole) {
    if (!whole) {
      out.breakOff();
      return;
    }
    sendRaw(bytes.toByteArray());
    reading = false;
    while (!reading && !held.isEmpty()) {
      held.removeFirst().run();
    }
  }

  /** Closes behind what was sent. */
  void closeBehind() {
    if (!closing) {
      closing = true;
      out.end();
      // The other end answers by closing too.
      world.after(
          world.networkDelay(),
          () -> {
            if (!process.isGone()) {
              onEnd();
            }
          });
    }
  }
}
