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

  /** Null for plain text. */
  private final TlsWire tls;

  private SelectionKey key;
  private int nextXid = 1;
  private int oldestXid = 1;
  private long[] sentAt = new long[1];
  private ByteBuffer halfFrame = NOTHING;
  private ByteBuffer unsent = NOTHING;

  DriverSession(SocketChannel channel, int index, TlsWire tls) {
    this.channel = channel;
    this.index = index;
    this.tls = tls;
  }

  /** As of a channel. */
  int read(ByteBuffer in) throws IOException {
    return tls == null ? channel.read(in) : tls.read(in);
  }

  /** Whether bytes have come in that the last read had no room for. */
  boolean hasMore() {
    return tls != null && tls.hasMore();
  }

  /**
   * So many bytes at once, on the blocking channel; what comes behind them stays for the next read.
   *
   * @throws IOException also when there are fewer, or none for so long
   */
  byte[] readNow(int count, int answerMillisMax) throws IOException {
    channel.socket().setSoTimeout(answerMillisMax);
    byte[] bytes;
    if (tls == null) {
      bytes = channel.socket().getInputStream().readNBytes(count);
    } else {
      ByteBuffer in = ByteBuffer.allocate(count + 2 * TlsWire.RECORD_BYTES);
      while (in.position() < count && tls.readNow(in, channel.socket())) {}
      in.flip();
      bytes = new byte[Math.min(count, in.remaining())];
      in.get(bytes);
      stash(in);
    }
    if (bytes.length < count) {
      throw new IOException("the server closed the connection during the handshake");
    }
    return bytes;
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
  void write(ByteBuffer plain) throws IOException {
    ByteBuffer out = tls == null ? plain : tls.encrypt(plain);
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
