package io.paddock.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One connection of the load generator: what is in flight on it, and bytes that a full socket or
 * half a frame left over. Used by its driver's thread only.
 */
@SuppressWarnings("ReferenceEquality") // Those very objects.
final class DriverSession {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final int index;
  private SelectionKey key;
  private int nextXid = 1;
  private int oldestXid = 1;
  private long[] sentAt = new long[1];
  private ByteBuffer halfFrame = NOTHING;
  private ByteBuffer unsent = NOTHING;

  DriverSession(SocketChannel channel, int index) {
    this.channel = channel;
    this.index = index;
  }

  SocketChannel channel() {
    return channel;
  }

  int index() {
    return index;
  }

  void setKey(SelectionKey key) {
    this.key = key;
  }

  /** The xid that the next request will carry. */
  int nextXid() {
    return nextXid;
  }

  int inFlight() {
    return nextXid - oldestXid;
  }

  /** Makes room for this many requests in flight; only when none are. */
  void reserve(int depth) {
    int slots = Integer.highestOneBit(Math.max(1, depth * 2 - 1));
    if (sentAt.length != slots) {
      sentAt = new long[slots];
    }
  }

  boolean isFull() {
    return inFlight() >= sentAt.length;
  }

  /** Notes a request sent at {@code nanos} and returns its xid. */
  int send(long nanos) {
    sentAt[nextXid & (sentAt.length - 1)] = nanos;
    return nextXid++;
  }

  /** The xid that the next reply must carry. */
  int oldestXid() {
    return oldestXid;
  }

  /** Notes the reply to the oldest request and returns when that was sent. */
  long receive() {
    long nanos = sentAt[oldestXid & (sentAt.length - 1)];
    oldestXid++;
    return nanos;
  }

  /** Puts what was left of the last read before what comes now. */
  void unstash(ByteBuffer in) {
    if (halfFrame != NOTHING) {
      in.put(halfFrame);
      halfFrame = NOTHING;
    }
  }

  /** Keeps what is left in {@code in} for the next read. */
  void stash(ByteBuffer in) {
    if (in.hasRemaining()) {
      halfFrame = ByteBuffer.allocate(in.remaining()).put(in).flip();
    }
  }

  /** Writes the buffer, keeping what the socket does not take. */
  void write(ByteBuffer out) throws IOException {
    if (!unsent.hasRemaining()) {
      channel.write(out);
      if (!out.hasRemaining()) {
        return;
      }
    }
    unsent = ByteBuffer.allocate(unsent.remaining() + out.remaining()).put(unsent).put(out).flip();
    if (key != null) {
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  /** Writes what an earlier {@link #write} kept. */
  void writeUnsent() throws IOException {
    channel.write(unsent);
    if (!unsent.hasRemaining()) {
      unsent = NOTHING;
      key.interestOps(SelectionKey.OP_READ);
    }
  }
}
