package io.paddock.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.paddock.tree.SnapshotReader;
import io.paddock.wire.JuteReader;
import io.paddock.wire.MalformedException;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection between a leader and a learner, at either end. What is sent leaves in the order of
 * the calls: while another thread fills in a log or a snapshot, what comes behind it is held back.
 * Runs in the core's loop but for {@link #piece}.
 */
final class LearnerChannel extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(LearnerChannel.class);

  /** A znode in a snapshot: a path and data, each within the guard, and its stat. */
  private static final int SNAPSHOT_RECORD_SLACK = 3;

  /** What must follow a snapshot (quorum sheet, section 3.7), as a ustring. */
  static final byte[] SIGNATURE = {0, 0, 0, 10, 'B', 'e', 'n', 'W', 'a', 's', 'H', 'e', 'r', 'e'};

  private static final int FOLLOWER_GREETING = 11;
  private static final int OBSERVER_GREETING = 16;

  /** Something to be done in its place of the order; not a packet. */
  private interface Step extends Runnable {}

  private final QuorumPort port;
  private final long id;
  private final boolean accepted;
  private final PeerBytes bytes = new PeerBytes();
  private final JuteReader reader = new JuteReader();

  /** Packets and steps that wait while pieces are sent. */
  private final ArrayDeque<Object> held = new ArrayDeque<>();

  private Channel channel;
  private boolean dirty;
  private boolean sendingPieces;
  private boolean closing;
  private final long establishedMs = System.currentTimeMillis();
  private long received;
  private long sent;
  private long requests;
  private SnapshotReader snapshot;
  private long snapshotZxid;

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
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return new LearnerConnection(
        id,
        (InetSocketAddress) channel.remoteAddress(),
        establishedMs,
        held.size(),
        waiting == null ? 0 : waiting.totalPendingWriteBytes(),
        received,
        sent,
        requests);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    if (accepted && port.isFull()) {
      closing = true;
      channel.close();
      return;
    }
    port.add(this);
    if (accepted) {
      port.strangers().add(channel);
      port.net().core().input(() -> port.replica().onLearnerConnected(id));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    port.remove(this);
    closing = true;
    port.net()
        .core()
        .input(
            () -> {
              if (snapshot != null) {
                snapshot = null;
                port.replica().onSnapshotFailed(snapshotZxid);
              }
              port.replica().onClosed(id);
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (!closing) {
      bytes.add(in);
      port.net().core().input(this::take);
    }
    in.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("{} failed unexpectedly", this, cause);
    }
    context.close();
  }

  private void take() {
    try {
      boolean any = false;
      while (!closing && (snapshot == null ? takePacket() : takeSnapshot())) {
        any = true;
      }
      if (!any && !closing) {
        port.replica().onProgress(id);
      }
    } catch (MalformedException e) {
      tellOdd(e.getMessage());
      abort();
    }
  }

  private void tellOdd(String detail) {
    String host = ((InetSocketAddress) channel.remoteAddress()).getAddress().getHostAddress();
    String what =
        spoken ? detail : Oddity.atPeerPort(bytes.array(), bytes.from(), bytes.to(), false);
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

  private boolean takePacket() {
    checkBeginning();
    int length =
        QuorumPacketCodec.length(bytes.array(), bytes.from(), bytes.to(), port.recordBytesMax());
    if (length < 0) {
      return false;
    }
    QuorumPacket packet =
        QuorumPacketCodec.read(reader.reset(bytes.array(), bytes.from(), bytes.from() + length));
    bytes.take(length);
    if (!spoken) {
      spoken = true;
      port.strangers().remove(channel);
    }
    received++;
    if (packet.kind() == QuorumPacket.Kind.REQUEST) {
      requests++;
    }
    port.replica().onPacket(id, packet);
    return true;
  }

  private boolean takeSnapshot() {
    if (!snapshot.done()) {
      bytes.take(snapshot.feed(bytes.array(), bytes.from(), bytes.to()) - bytes.from());
    }
    if (!snapshot.done() || bytes.size() < SIGNATURE.length) {
      if (bytes.size() > (long) SNAPSHOT_RECORD_SLACK * port.recordBytesMax()) {
        throw new MalformedException("a record of over " + bytes.size() + " bytes in a snapshot");
      }
      return false;
    }
    for (int i = 0; i < SIGNATURE.length; i++) {
      if (bytes.array()[bytes.from() + i] != SIGNATURE[i]) {
        throw new MalformedException("a snapshot without its signature");
      }
    }
    bytes.take(SIGNATURE.length);
    SnapshotReader read = snapshot;
    snapshot = null;
    port.replica().onSnapshotRead(snapshotZxid, read.tree());
    return true;
  }

  /** What follows the packet at hand is a snapshot. */
  void receiveSnapshot(long zxid) {
    snapshot = new SnapshotReader(zxid, port.treeSettings());
    snapshotZxid = zxid;
  }

  void send(QuorumPacket packet) {
    if (closing) {
      return;
    }
    if (sendingPieces) {
      held.addLast(packet);
      return;
    }
    sent++;
    channel.write(Unpooled.wrappedBuffer(port.packets().of(packet)), channel.voidPromise());
    if (!dirty) {
      dirty = true;
      port.dirty(this);
    }
  }

  void flush() {
    dirty = false;
    channel.flush();
  }

  /** Runs {@code start} in its place; nothing else is sent until {@link #piecesEnd}. */
  void sendPieces(Runnable start) {
    Step step = start::run;
    if (sendingPieces) {
      held.addLast(step);
    } else {
      sendingPieces = true;
      step.run();
    }
  }

  /** Sends a piece of a log or a snapshot. Any thread. */
  ChannelFuture piece(ByteBuf piece) {
    return channel.writeAndFlush(piece);
  }

  /** The pieces have left: what was held back goes on. Any thread. */
  void piecesEnd(boolean whole) {
    port.net()
        .core()
        .later(
            () -> {
              if (!whole) {
                abort();
                return;
              }
              sendingPieces = false;
              while (!sendingPieces && !held.isEmpty()) {
                Object next = held.removeFirst();
                if (next instanceof QuorumPacket packet) {
                  send(packet);
                } else if (next instanceof Step step) {
                  sendingPieces = true;
                  step.run();
                }
              }
            });
  }

  /** Closes behind what was sent. */
  void closeBehind() {
    if (!closing) {
      closing = true;
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  void abort() {
    closing = true;
    channel.close();
  }

  @Override
  public String toString() {
    return (accepted ? "learner " : "leader ") + (channel == null ? id : channel.remoteAddress());
  }
}
