package io.paddock.peers;

import io.paddock.config.CauseWords;
import io.paddock.machine.MemberJournal;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logged transactions on their way to a learner, as pairs of PROPOSAL and COMMIT, on a thread of
 * their own: it waits until it is their turn, and then for the learner.
 */
final class SentLog implements MemberJournal.LogPieces {
  private static final Logger LOG = LoggerFactory.getLogger(SentLog.class);

  private final LearnerChannel channel;
  private final PacedSender pieces;
  private final CountDownLatch turn = new CountDownLatch(1);
  private final JuteWriter out = new JuteWriter(PacedSender.BYTES + 4096);

  SentLog(LearnerChannel channel) {
    this.channel = channel;
    this.pieces = new PacedSender(channel);
    // If it is never its turn: sending shows that the connection is gone.
    channel.onClosed(turn::countDown);
  }

  /** It is its turn. Called by the core's thread. */
  void start() {
    turn.countDown();
  }

  @Override
  public void txn(long zxid, byte[] bytes, int from, int length) throws IOException {
    byte[] txn = Arrays.copyOfRange(bytes, from, from + length);
    QuorumPacketCodec.write(new QuorumPacket.Proposal(zxid, txn), out);
    QuorumPacketCodec.write(new QuorumPacket.Commit(zxid), out);
    if (out.size() >= PacedSender.BYTES) {
      send();
    }
  }

  private void send() throws IOException {
    try {
      turn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server stops", e);
    }
    pieces.send(out.toByteArray());
    out.clear();
  }

  @Override
  public void end(boolean isWhole) {
    boolean whole = isWhole;
    try {
      if (whole) {
        send();
        pieces.awaitSent();
      }
    } catch (IOException e) {
      whole = false;
      LOG.info("The log for {} could not be sent to its end: {}", channel, CauseWords.of(e));
    }
    channel.outgoing().piecesEnd(whole);
  }
}
