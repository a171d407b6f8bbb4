package io.paddock.peers;

import io.paddock.config.CauseWords;
import io.paddock.tree.SnapshotWriter;
import io.paddock.tree.Tree;
import io.paddock.wire.JuteWriter;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A tree on its way to a learner, on a thread of its own. */
final class SentSnapshot implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SentSnapshot.class);

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
      PacedSender pieces = new PacedSender(channel);
      SnapshotWriter writer = new SnapshotWriter(tree);
      JuteWriter out = new JuteWriter(PacedSender.BYTES + 4096);
      boolean more = true;
      while (more) {
        more = writer.fill(out, PacedSender.BYTES);
        pieces.send(out.toByteArray());
        out.clear();
      }
      pieces.send(LearnerChannel.SIGNATURE.clone());
      pieces.awaitSent();
      whole = true;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOG.info("The snapshot for {} could not be sent to its end: {}", channel, CauseWords.of(e));
    } finally {
      channel.outgoing().piecesEnd(whole);
    }
  }
}
