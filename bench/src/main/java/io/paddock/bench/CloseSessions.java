package io.paddock.bench;

import java.nio.ByteBuffer;

/** One closeSession for each session. */
final class CloseSessions implements DriverLoad {
  private static final byte[] FRAME = RequestFrames.closeSession();

  @Override
  public void request(ByteBuffer out, int session, int xid) {
    DriverLoad.put(out, FRAME, xid);
  }

  @Override
  public boolean isRight(ByteBuffer in, int at, int length, int session, int xid) {
    return length == 0;
  }

  @Override
  public int requestBytesMax() {
    return FRAME.length;
  }
}
