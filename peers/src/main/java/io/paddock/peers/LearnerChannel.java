package io.paddock.peers;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.paddock.machine.ForeignProtocol;
import io.paddock.metrics.LearnerConnection;
import io.paddock.wire.JuteReader;
import io.paddock.wire.MalformedException;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import io.paddock.zab.SaslPacket;
import io.paddock.zab.ZabInput;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * One connection between a leader and a learner, at either end: what comes in; {@link Outgoing} has
 * what goes out. While the disk does not keep up, or a snapshot comes in faster than it is made a
 * tree, the socket is not read. Runs in the core's loop but for {@link #alive}.
 */
final class LearnerChannel extends ChannelInboundHandlerAdapter {

  /** What must follow a snapshot (quorum sheet, section 3.7), as a ustring. */
  static final byte[] SIGNATURE = {0, 0, 0, 10, 'B', 'e', 'n', 'W', 'a', 's', 'H', 'e', 'r', 'e'};

  private static final int FOLLOWER_GREETING = 11;
  private static final int OBSERVER_GREETING = 16;
  private static final int GREETING_BYTES_MAX = 64 << 10;
  private static final int DISK_LOOK_MS = 20;
  private static final String SNAPSHOT = "snapshot";

  private final QuorumPort port;
  private final long id;
  private final boolean accepted;
  private final PeerBytes bytes = new PeerBytes();
  private final JuteReader reader = new JuteReader();

  private final long establishedMs = System.currentTimeMillis();

  private Channel channel;
  private Outgoing outgoing;
  private long received;
  private long requests;

  /** What comes in now is a snapshot; null when it is packets. */
  private ReceivedSnapshot snapshot;

  /** The socket is not read for now. */
  private boolean paused;

  /** What waited for the disk when it was looked at last. */
  private long diskBacklog;

  /** Whether anything that it sent could be understood. */
  private boolean spoken;

  LearnerChannel(QuorumPort port, long id, boolean accepted) {
    this.port = port;
    this.id = id;
    this.accepted = accepted;
  }

  long id() {
    return id;
  }

  /** Whether the other end is a learner. */
  boolean isAccepted() {
    return accepted;
  }

  LearnerConnection figures() {
    return new LearnerConnection(
        id,
        (InetSocketAddress) channel.remoteAddress(),
        establishedMs,
        outgoing.waiting(),
        outgoing.waitingBytes(),
        received,
        outgoing.sent(),
        requests);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    outgoing = new Outgoing(port, this, channel);
    if (accepted && port.isFull()) {
      outgoing.closeBehind();
      return;
    }
    port.add(this);
    if (accepted) {
      port.unidentified().add(channel);
      port.net().core().input(() -> port.replica().on(new ZabInput.LearnerConnected(id)));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    port.remove(this);
    outgoing.closed();
    port.net()
        .core()
        .input(
            () -> {
              if (snapshot != null) {
                failed("the connection was lost in the middle of it");
              }
              port.replica().on(new ZabInput.Closed(id));
            });
  }

  /** The snapshot that was coming in is none. */
  private void failed(String why) {
    long zxid = snapshot.zxid();
    snapshot.abandon();
    snapshot = null;
    port.net()
        .troubles()
        .failed(
            SNAPSHOT,
            "The snapshot of the leader at "
                + ((InetSocketAddress) channel.remoteAddress()).getHostString()
                + " cannot be used",
            why,
            why + ". What this server had stays valid; it asks again");
    port.replica().on(new ZabInput.SnapshotFailed(zxid));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (outgoing.closing()) {
      in.release();
      return;
    }
    if (snapshot == null) {
      bytes.add(in);
      in.release();
      port.net().core().input(this::take);
      if (bytes.heldBytes() > GREETING_BYTES_MAX) {
        port.boundHeld();
      }
    } else {
      boolean room = snapshot.add(in);
      in.release();
      port.net().core().input(() -> port.replica().on(new ZabInput.Progress(id)));
      pauseUnless(room);
    }
  }

  private void pauseUnless(boolean room) {
    if (!room && !paused) {
      paused = true;
      channel.config().setAutoRead(false);
    } else if (room && paused) {
      paused = false;
      channel.config().setAutoRead(true);
    }
  }

  /** The peer shows that it lives otherwise than by sending. Any thread. */
  void alive() {
    port.net().core().later(() -> port.replica().on(new ZabInput.Progress(id)));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    port.net().failed(cause, this);
    context.close();
  }

  private void take() {
    try {
      boolean any = false;
      while (!outgoing.closing() && snapshot == null && takePacket()) {
        any = true;
      }
      if (!any && !outgoing.closing()) {
        port.replica().on(new ZabInput.Progress(id));
      }
      if (snapshot == null) {
        waitForDisk();
      } else {
        pauseUnless(snapshot.add(bytes.takeAll()));
      }
    } catch (MalformedException e) {
      tellOdd(e.getMessage());
      outgoing.closeBehind();
    }
  }

  private void tellOdd(String detail) {
    boolean isTls =
        accepted
            && !spoken
            && bytes.size() >= Integer.BYTES
            && ForeignProtocol.isTls(
                reader.reset(bytes.array(), bytes.from(), bytes.to()).readInt());
    boolean isLogin =
        accepted
            && !spoken
            && SaslPacket.beginning(bytes.array(), bytes.from(), bytes.to())
                == SaslPacket.Beginning.LOGIN;
    if (isLogin) {
      port.saslTroubles().loginWhereNone((InetSocketAddress) channel.remoteAddress());
      return;
    }
    if (isTls) {
      port.tlsTroubles().tlsAtPlain((InetSocketAddress) channel.remoteAddress());
      return;
    }
    String host = ((InetSocketAddress) channel.remoteAddress()).getAddress().getHostAddress();
    String what =
        spoken
            ? detail
            : ForeignProtocol.atPeerPort(bytes.array(), bytes.from(), bytes.to(), false);
    port.net()
        .troubles()
        .failed(
            "quorum " + host,
            accepted
                ? "What " + host + " sends to the quorum port is no ZooKeeper quorum protocol"
                : "What the leader's quorum port at "
                    + channel.remoteAddress()
                    + " answers is no ZooKeeper quorum protocol",
            what,
            what);
  }

  /** What cannot begin a learner's greeting is not waited for to the end. */
  private void checkBeginning() {
    if (accepted && !spoken && bytes.size() >= Integer.BYTES) {
      int type = reader.reset(bytes.array(), bytes.from(), bytes.to()).readInt();
      if (type != FOLLOWER_GREETING && type != OBSERVER_GREETING) {
        throw new MalformedException("a first packet of type " + type);
      }
    }
  }

  /** Whoever has only connected is not given the room that a transaction needs. */
  private int packetBytesMax() {
    return accepted && !spoken
        ? Math.min(GREETING_BYTES_MAX, port.recordBytesMax())
        : port.recordBytesMax();
  }

  private boolean takePacket() {
    checkBeginning();
    int length =
        QuorumPacketCodec.length(bytes.array(), bytes.from(), bytes.to(), packetBytesMax());
    if (length < 0) {
      return false;
    }
    QuorumPacket packet =
        QuorumPacketCodec.read(reader.reset(bytes.array(), bytes.from(), bytes.from() + length));
    bytes.take(length);
    if (!spoken) {
      spoken = true;
      port.unidentified().remove(channel);
    }
    received++;
    if (packet instanceof QuorumPacket.FollowerInfo greeting) {
      outgoing.learner(greeting.info().serverId());
    } else if (packet instanceof QuorumPacket.ObserverInfo greeting) {
      outgoing.learner(greeting.info().serverId());
    }
    if (packet.kind() == QuorumPacket.Kind.REQUEST) {
      requests++;
    }
    port.replica().on(new ZabInput.Received(id, packet));
    return true;
  }

  /** A learner takes no more from its leader than its disk can. */
  private void waitForDisk() {
    if (accepted || port.journal().keepsUp()) {
      pauseUnless(true);
    } else if (!paused) {
      pauseUnless(false);
      diskBacklog = port.journal().backlogBytes();
      lookAtDiskLater();
    }
  }

  private void lookAtDiskLater() {
    Runnable look = () -> port.net().core().input(this::lookAtDisk);
    channel.eventLoop().schedule(look, DISK_LOOK_MS, TimeUnit.MILLISECONDS);
  }

  private void lookAtDisk() {
    if (outgoing.closing()) {
      return;
    }
    long backlog = port.journal().backlogBytes();
    if (backlog < diskBacklog) {
      // The peer is not to be given up for what this server does not read; but a disk that stands
      // still is no reason to take it for alive.
      port.replica().on(new ZabInput.Progress(id));
    }
    diskBacklog = backlog;
    if (port.journal().keepsUp()) {
      pauseUnless(true);
    } else {
      lookAtDiskLater();
    }
  }

  /** What follows the packet at hand is a snapshot. */
  void receiveSnapshot(long zxid) {
    ReceivedSnapshot[] made = new ReceivedSnapshot[1];
    made[0] =
        new ReceivedSnapshot(
            zxid,
            port.treeSettings(),
            port.recordBytesMax(),
            port.shares().snapshotBytesMax(),
            port.net()::inBackground,
            new ReceivedSnapshot.Listener() {
              @Override
              public void hasRoom() {
                port.net().core().later(() -> snapshotHasRoom(made[0]));
              }

              @Override
              public void ended() {
                port.net().core().later(() -> snapshotEnded(made[0]));
              }
            });
    snapshot = made[0];
  }

  private void snapshotHasRoom(ReceivedSnapshot of) {
    if (snapshot == of) {
      port.replica().on(new ZabInput.Progress(id));
      pauseUnless(true);
    }
  }

  private void snapshotEnded(ReceivedSnapshot of) {
    if (snapshot != of) {
      return;
    }
    if (of.failure() != null) {
      failed(of.failure());
      outgoing.closeBehind();
      return;
    }
    snapshot = null;
    pauseUnless(true);
    of.giveRest(bytes);
    port.net().troubles().mended(SNAPSHOT, "The leader's snapshot has come in");
    port.replica().onSnapshotRead(of.zxid(), of.tree());
    take();
  }

  Outgoing outgoing() {
    return outgoing;
  }

  /** What it keeps of packets that have come in half. */
  int heldBytes() {
    return bytes.heldBytes();
  }

  /** Runs {@code step} once the connection is gone. Any thread. */
  void onClosed(Runnable step) {
    channel.closeFuture().addListener(closed -> step.run());
  }

  @Override
  public String toString() {
    return (accepted ? "learner " : "leader ") + (channel == null ? id : channel.remoteAddress());
  }
}
