package io.paddock.server;

import io.netty.buffer.Unpooled;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Logged transactions on their way to a learner, as pairs of PROPOSAL and COMMIT. The journal's
 * thread reads them at once; they leave when it is their turn.
 */
final class SentLog implements MemberJournal.LogPieces {
  private static final int PIECE_BYTES = 256 << 10;

  private final LearnerChannel channel;
  private final JuteWriter out = new JuteWriter(PIECE_BYTES + 4096);
  private final ArrayDeque<byte[]> early = new ArrayDeque<>();
  private boolean started;
  private boolean ended;
  private boolean whole;

  SentLog(LearnerChannel channel) {
    this.channel = channel;
  }

  /** It is its turn. */
  synchronized void start() {
    started = true;
    for (byte[] piece : early) {
      channel.piece(Unpooled.wrappedBuffer(piece));
    }
    early.clear();
    if (ended) {
      channel.piecesEnd(whole);
    }
  }

  @Override
  public synchronized void txn(long zxid, byte[] bytes, int from, int length) {
    byte[] txn = Arrays.copyOfRange(bytes, from, from + length);
    QuorumPacketCodec.write(new QuorumPacket.Proposal(zxid, txn), out);
    QuorumPacketCodec.write(new QuorumPacket.Commit(zxid), out);
    if (out.size() >= PIECE_BYTES) {
      piece();
    }
  }

  private void piece() {
    if (started) {
      channel.piece(Unpooled.wrappedBuffer(out.toByteArray()));
    } else {
      early.addLast(out.toByteArray());
    }
    out.clear();
  }

  @Override
  public synchronized void end(boolean isWhole) {
    piece();
    ended = true;
    whole = isWhole;
    if (started) {
      channel.piecesEnd(whole);
    }
  }
}
