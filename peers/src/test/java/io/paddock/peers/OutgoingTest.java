package io.paddock.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.paddock.metrics.CoreMetrics;
import io.paddock.metrics.EventSummary;
import io.paddock.metrics.KeyedSummary;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.Summary;
import io.paddock.testlib.LogLines;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes out to a learner: the order, and the bound. */
class OutgoingTest implements Outgoing.Port {
  private static final int MAX = 1 << 20;
  private static final byte[] TXN = new byte[1000];

  /** Those who wait for what was sent hear that it is lost. */
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
              assertThat(cause).isInstanceOf(ClosedChannelException.class);
            }
          });

  private final ServerMetrics metrics = new ServerMetrics(1000);
  private final CoreMetrics figures = new CoreMetrics(metrics);
  private final PacketBytes packets = new PacketBytes();
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();
  private final Outgoing outgoing = new Outgoing(this, "learner 3", channel);
  private LogLines log;
  private long lastZxid;

  @BeforeEach
  void listen() {
    log = new LogLines();
  }

  @AfterEach
  void close() {
    log.close();
    channel.close();
  }

  @Override
  public PacketBytes packets() {
    return packets;
  }

  @Override
  public long unsentBytesMax() {
    return MAX;
  }

  @Override
  public void dirty(Outgoing dirty) {
    assertThat(dirty).isSameAs(outgoing);
  }

  @Override
  public CoreMetrics figures() {
    return figures;
  }

  @Override
  public void later(Runnable step) {
    later.add(step);
  }

  @Override
  public void close(Channel closing) {
    closing.flush();
    closing.close();
  }

  @Test
  void aPeerThatDoesNotReadIsDroppedAtTheBoundAndToldOnce() {
    assertThat(sendUntilClosed()).isBetween(MAX / 1200, MAX / 1000);
    assertThat(channel.isOpen()).isFalse();
    outgoing.send(new QuorumPacket.UpToDate());
    assertThat(log.count("learner 3 does not take what it is sent: 0 MiB wait for it")).isOne();
  }

  @Test
  void whatIsHeldBehindASnapshotCountsToo() {
    outgoing.sendPieces(() -> {});
    assertThat(sendUntilClosed()).isBetween(MAX / 1200, MAX / 1000);
    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.<ByteBuf>readOutbound()).isNull();
  }

  @Test
  void whatHasLeftDoesNotCount() {
    for (int i = 0; i < 3 * MAX / TXN.length; i++) {
      propose();
      outgoing.flush();
      channel.<ByteBuf>readOutbound().release();
    }
    assertThat(outgoing.closing()).isFalse();
    assertThat(outgoing.waitingBytes()).isZero();
  }

  @Test
  void whatComesBehindPiecesLeavesBehindThemInOrder() {
    outgoing.send(new QuorumPacket.Snap(7));
    outgoing.sendPieces(() -> outgoing.piece(piece('a')));
    outgoing.send(new QuorumPacket.Sync());
    outgoing.sendPieces(() -> outgoing.piece(piece('b')));
    outgoing.send(new QuorumPacket.UpToDate());
    assertThat(outgoing.waiting()).isEqualTo(3);
    outgoing.piecesEnd(true);
    later.remove().run();
    outgoing.piecesEnd(true);
    later.remove().run();
    outgoing.flush();
    // The first byte that tells one from the other: of a packet its type, or a piece.
    assertThat(sent()).containsExactly(15, (int) 'a', 7, (int) 'b', 12);
    assertThat(outgoing.waitingBytes()).isZero();
  }

  @Test
  void smallPacketsLeaveInOneWriteAndLargeOnesInTheirPlace() {
    byte[] large = new byte[100_000];
    outgoing.send(new QuorumPacket.Proposal(++lastZxid, TXN));
    outgoing.send(new QuorumPacket.Commit(lastZxid));
    outgoing.send(new QuorumPacket.Proposal(++lastZxid, large));
    outgoing.send(new QuorumPacket.Commit(lastZxid));
    assertThat(outgoing.waitingBytes()).isGreaterThan(large.length + TXN.length);
    outgoing.flush();
    List<Integer> types = new ArrayList<>();
    int writes = 0;
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      all.writeBytes(out);
      out.release();
      writes++;
    }
    while (all.isReadable()) {
      int from = all.readerIndex();
      types.add(all.getInt(from));
      all.skipBytes(QuorumPacketCodec.length(all.array(), from, all.writerIndex(), MAX));
    }
    assertThat(types).containsExactly(2, 4, 2, 4);
    assertThat(writes).isEqualTo(3);
  }

  @Test
  void piecesThatEndTooEarlyEndTheConnection() {
    outgoing.sendPieces(() -> outgoing.piece(piece('a')));
    outgoing.send(new QuorumPacket.UpToDate());
    outgoing.piecesEnd(false);
    later.remove().run();
    assertThat(channel.isOpen()).isFalse();
    assertThat(sent()).containsExactly((int) 'a');
  }

  @Test
  void aCloseWaitsForWhatWasSentButNotForPieces() {
    outgoing.send(new QuorumPacket.UpToDate());
    outgoing.closeBehind();
    assertThat(channel.isOpen()).isFalse();
    assertThat(sent()).containsExactly(12);

    EmbeddedChannel other = new EmbeddedChannel();
    Outgoing busy = new Outgoing(this, "learner 4", other);
    busy.sendPieces(() -> {});
    busy.send(new QuorumPacket.UpToDate());
    busy.closeBehind();
    assertThat(other.isOpen()).isFalse();
    assertThat(other.<ByteBuf>readOutbound()).isNull();
  }

  private int sendUntilClosed() {
    int count = 0;
    while (!outgoing.closing() && count < MAX) {
      propose();
      count++;
    }
    return count;
  }

  private void propose() {
    outgoing.send(new QuorumPacket.Proposal(++lastZxid, TXN));
  }

  private static ByteBuf piece(char mark) {
    return Unpooled.wrappedBuffer(new byte[] {0, 0, 0, (byte) mark});
  }

  private List<Integer> sent() {
    List<Integer> firsts = new ArrayList<>();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      if (next.isReadable()) {
        firsts.add(next.getInt(next.readerIndex()));
      }
      next.release();
    }
    return firsts;
  }

  @Test
  void ofWhatGoesToALearnerPacketsAndTimeAreRecorded() {
    outgoing.send(new QuorumPacket.Commit(1));
    outgoing.flush();
    assertThat(metrics.value(KeyedSummary.LEARNER_HANDLER_QP_SIZE)).isEmpty();
    outgoing.learner(3);
    for (int burst = 1; burst <= 2; burst++) {
      for (int i = 0; i < burst; i++) {
        outgoing.send(new QuorumPacket.Commit(1));
      }
      outgoing.flush();
    }
    assertThat(metrics.value(KeyedSummary.LEARNER_HANDLER_QP_SIZE).get("3").summary())
        .isEqualTo(new Summary(2, 3, 1, 2));
    // The second burst came too soon after the first to be timed.
    assertThat(metrics.value(KeyedSummary.LEARNER_HANDLER_QP_TIME_MS).get("3").summary().count())
        .isEqualTo(1);
  }

  @Test
  void howLongAConnectionTookToCloseIsRecorded() {
    outgoing.closeBehind();
    outgoing.closed();
    assertThat(metrics.value(EventSummary.SOCKET_CLOSING_TIME).count()).isEqualTo(1);
  }
}
