package io.paddock.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.tree.TreeSnapshotReader;
import io.paddock.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.Executor;

/**
 * A leader's snapshot on its way in: the core's loop hands over what the socket brings, a thread of
 * the background makes a tree of it. What waits between the two is bounded by the one who is told
 * to read no more for a while.
 */
final class ReceivedSnapshot {
  /** A znode in a snapshot: a path and data, each within the guard, and its stat. */
  private static final int RECORD_SLACK = 3;

  /** Who hears of it; called by the background. */
  interface Listener {
    /** After {@link #add} has said no: the socket may be read again. */
    void hasRoom();

    /** The stream was read to its end, or is none; then {@link #failure} says why. */
    void ended();
  }

  private final long zxid;
  private final TreeSnapshotReader reader;
  private final int recordBytesMax;

  /** The socket is not read while more than this waits, and again below half of it. */
  private final long waitingBytesMax;

  private final Executor background;
  private final Listener listener;

  // Guarded by this.
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean full;
  private boolean busy;
  private boolean ended;
  private Tree tree;
  private String failure;

  /** The background's, one run after the other. */
  private final PeerBytes bytes = new PeerBytes();

  ReceivedSnapshot(
      long zxid,
      TreeSettings settings,
      int recordBytesMax,
      long waitingBytesMax,
      Executor background,
      Listener listener) {
    this.zxid = zxid;
    this.reader = new TreeSnapshotReader(zxid, settings);
    this.recordBytesMax = recordBytesMax;
    this.waitingBytesMax = waitingBytesMax;
    this.background = background;
    this.listener = listener;
  }

  long zxid() {
    return zxid;
  }

  /** Takes what the socket has brought; whether there is room for more. */
  synchronized boolean add(ByteBuf in) {
    return add(ByteBufUtil.getBytes(in));
  }

  synchronized boolean add(byte[] in) {
    waiting.addLast(in);
    waitingBytes += in.length;
    if (!busy && !ended) {
      busy = true;
      background.execute(this::run);
    }
    full |= waitingBytes > waitingBytesMax;
    return !full;
  }

  /** The tree, once the stream has ended; null if it was none. */
  synchronized Tree tree() {
    return tree;
  }

  /** Why the stream is none; null if it is. */
  synchronized String failure() {
    return failure;
  }

  /** What came in behind the stream, once it has ended. */
  synchronized void giveRest(PeerBytes target) {
    target.add(bytes.array(), bytes.from(), bytes.size());
    bytes.take(bytes.size());
    waiting.forEach(chunk -> target.add(chunk, 0, chunk.length));
    waiting.clear();
    waitingBytes = 0;
  }

  /** It is not wanted any more. */
  synchronized void abandon() {
    ended = true;
    waiting.clear();
  }

  private void run() {
    for (byte[] chunk = next(); chunk != null; chunk = next()) {
      String broken = null;
      try {
        bytes.add(chunk, 0, chunk.length);
        boolean ends = feed();
        if (hasRoomAgain()) {
          listener.hasRoom();
        }
        if (!ends) {
          continue;
        }
      } catch (MalformedException e) {
        broken = e.getMessage();
      } catch (RuntimeException | OutOfMemoryError e) {
        broken = e.toString();
      }
      end(broken);
      listener.ended();
    }
  }

  private synchronized byte[] next() {
    byte[] chunk = ended ? null : waiting.pollFirst();
    if (chunk == null) {
      busy = false;
    } else {
      waitingBytes -= chunk.length;
    }
    return chunk;
  }

  private synchronized boolean hasRoomAgain() {
    boolean again = full && waitingBytes <= waitingBytesMax / 2;
    full &= !again;
    return again;
  }

  /** Whether the stream is there to its end. */
  private boolean feed() {
    if (!reader.done()) {
      bytes.take(reader.feed(bytes.array(), bytes.from(), bytes.to()) - bytes.from());
    }
    byte[] signature = LearnerChannel.SIGNATURE;
    if (!reader.done() || bytes.size() < signature.length) {
      if (bytes.size() > (long) RECORD_SLACK * recordBytesMax) {
        throw new MalformedException("a record of over " + bytes.size() + " bytes in a snapshot");
      }
      return false;
    }
    int from = bytes.from();
    if (!Arrays.equals(
        bytes.array(), from, from + signature.length, signature, 0, signature.length)) {
      throw new MalformedException("a snapshot without its signature");
    }
    bytes.take(signature.length);
    return true;
  }

  private synchronized void end(String broken) {
    ended = true;
    failure = broken;
    tree = broken == null ? reader.tree() : null;
  }
}
