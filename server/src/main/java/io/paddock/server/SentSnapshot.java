package io.paddock.server;

import io.netty.buffer.Unpooled;
import io.paddock.tree.SnapshotWriter;
import io.paddock.tree.Tree;
import io.paddock.wire.JuteWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A tree on its way to a learner, on a thread of its own: a piece follows when one has left. */
final class SentSnapshot implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SentSnapshot.class);
  private static final int PIECE_BYTES = 256 << 10;

  private final LearnerChannel channel;
  private final Tree tree;

  SentSnapshot(LearnerChannel channel, Tree tree) {
    this.channel = channel;
    this.tree = tree;
  }

  @Override
  public void run() {
    boolean whole = false;
    try {
      SnapshotWriter writer = new SnapshotWriter(tree);
      JuteWriter out = new JuteWriter(PIECE_BYTES + 4096);
      boolean more = true;
      while (more) {
        more = writer.fill(out, PIECE_BYTES);
        channel.piece(Unpooled.wrappedBuffer(out.toByteArray())).sync();
        out.clear();
      }
      channel.piece(Unpooled.wrappedBuffer(LearnerChannel.SIGNATURE.clone())).sync();
      whole = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.info("The snapshot for {} could not be sent to its end: {}", channel, e.toString());
    } finally {
      channel.piecesEnd(whole);
    }
  }
}
