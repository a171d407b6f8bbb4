package io.paddock.bench;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;

/** Requests 0, 1, 2 and so on of one lone session, each made when it is sent. */
final class Sequence implements DriverLoad {
  private final int firstXid;
  private final IntFunction<byte[]> frame;
  private final Frames.Check check;
  private final int bytesMax;

  Sequence(int firstXid, int bytesMax, IntFunction<byte[]> frame, Frames.Check check) {
    this.firstXid = firstXid;
    this.bytesMax = bytesMax;
    this.frame = frame;
    this.check = check;
  }

  /** Creates of numbered znodes with their data, the echoed path verified. */
  static Sequence creates(int firstXid, IntFunction<String> path) {
    return new Sequence(
        firstXid,
        512,
        i -> RequestFrames.create(path.apply(i), Znodes.data(i)),
        (in, at, length, i) -> Znodes.isCreateReply(in, at, length, Znodes.ascii(path.apply(i))));
  }

  @Override
  public void request(ByteBuffer out, int session, int xid) {
    DriverLoad.put(out, frame.apply(xid - firstXid), xid);
  }

  @Override
  public boolean isRight(ByteBuffer in, int at, int length, int session, int xid) {
    return check.isRight(in, at, length, xid - firstXid);
  }

  @Override
  public int requestBytesMax() {
    return bytesMax;
  }
}
