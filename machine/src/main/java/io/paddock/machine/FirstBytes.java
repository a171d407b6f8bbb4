package io.paddock.machine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslHandler;

/**
 * What a connection has brought first, until it tells TLS from plain text (security sheet, section
 * 1.1). Holds next to nothing before. Confined to the connection's loop.
 */
public final class FirstBytes {
  /** What they tell. */
  public enum Kind {
    /** Nothing yet. */
    OPEN,
    TLS,
    PLAIN
  }

  /** A record's type, version and length. */
  private static final int HEADER_BYTES = 5;

  private static final int HANDSHAKE_RECORD = 0x16;

  /** A hello is shorter; what is copied does not keep the loop's large buffers. */
  private static final int COPIED_BYTES_MAX = 2048;

  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

  /** Takes over what has come, and says what all of it tells. */
  public Kind add(ByteBuf in) {
    if (bytes.isReadable() || in.readableBytes() <= COPIED_BYTES_MAX) {
      ByteBuf both = Unpooled.buffer(bytes.readableBytes() + in.readableBytes());
      both.writeBytes(bytes).writeBytes(in);
      in.release();
      bytes = both;
    } else {
      bytes = in;
    }
    int here = bytes.readableBytes();
    if (here == 0) {
      return Kind.OPEN;
    }
    boolean maybe = bytes.getByte(bytes.readerIndex()) == HANDSHAKE_RECORD;
    if (here < HEADER_BYTES) {
      return maybe ? Kind.OPEN : Kind.PLAIN;
    }
    return SslHandler.isEncrypted(bytes, true) ? Kind.TLS : Kind.PLAIN;
  }

  /** Whether these, which are all that came, may be the beginning of a hello of TLS. */
  public static boolean isHalfAHello(byte[] start) {
    return start.length > 0 && start.length < HEADER_BYTES && start[0] == HANDSHAKE_RECORD;
  }

  /** A copy of so many of them, or of all if they are fewer. */
  public byte[] start(int countMax) {
    byte[] start = new byte[Math.min(bytes.readableBytes(), countMax)];
    bytes.getBytes(bytes.readerIndex(), start);
    return start;
  }

  /** Gives them away; nothing is held any more. */
  public ByteBuf take() {
    ByteBuf taken = bytes;
    bytes = Unpooled.EMPTY_BUFFER;
    return taken;
  }

  /** Nobody needs them. */
  public void release() {
    take().release();
  }
}
