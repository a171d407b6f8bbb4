package io.paddock.peers;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * The pieces of a log or a snapshot on their way to a learner, sent by a thread that waits while a
 * few of them have not left yet. Each that leaves is a sign of life of the learner: it reads.
 */
final class PacedSender {
  static final int BYTES = 256 << 10;
  private static final int UNSENT_MAX = 4;

  private final LearnerChannel channel;
  private final Semaphore free = new Semaphore(UNSENT_MAX);
  private volatile boolean broken;

  PacedSender(LearnerChannel channel) {
    this.channel = channel;
  }

  /**
   * Sends a piece when it is its turn.
   *
   * @throws IOException when the connection is gone
   */
  void send(byte[] piece) throws IOException {
    acquire(1);
    channel
        .outgoing()
        .piece(Unpooled.wrappedBuffer(piece))
        .addListener(
            sent -> {
              broken |= !sent.isSuccess();
              // Whatever else fails: nobody is to wait for what has left.
              free.release();
              if (sent.isSuccess()) {
                channel.alive();
              }
            });
  }

  /** Waits until all have left. */
  void awaitSent() throws IOException {
    acquire(UNSENT_MAX);
  }

  private void acquire(int count) throws IOException {
    try {
      free.acquire(count);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server stops", e);
    }
    if (broken) {
      throw new IOException("the connection was closed");
    }
  }
}
