package io.paddock.bench;

import java.nio.ByteBuffer;

/**
 * What a {@link Driver} sends and what it must get back. Which request belongs to an xid is a pure
 * function of session and xid, so that a reply can be checked without remembering its request.
 * Called by the driver's one thread.
 */
interface DriverLoad {
  /** Appends one whole request frame that carries the xid. */
  void request(ByteBuffer out, int session, int xid);

  /**
   * Judges a reply whose header already has the right xid and err 0.
   *
   * @param at index of the first body byte in {@code in}
   * @param length body bytes
   */
  boolean isRight(ByteBuffer in, int at, int length, int session, int xid);

  /** Upper bound of one request frame, in bytes. */
  int requestBytesMax();

  /** Appends a prepared frame and patches its xid. */
  static void put(ByteBuffer out, byte[] frame, int xid) {
    int at = out.position();
    out.put(frame);
    out.putInt(at + RequestFrames.XID_OFFSET, xid);
  }
}
