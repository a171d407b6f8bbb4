package io.paddock.bench;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;

/**
 * A ring of prepared requests on numbered znodes; each session walks it from a place of its own.
 * The same ring serves gets and sets, since a set writes what the znode already holds.
 */
final class Frames implements DriverLoad {
  /** What a right reply looks like. */
  interface Check {
    boolean isRight(ByteBuffer in, int at, int length, int number);
  }

  private static final int SESSION_STRIDE = 31;

  private final int stride;
  private final byte[][] frames;
  private final Check check;
  private final int bytesMax;

  Frames(int count, IntFunction<byte[]> frame, Check check) {
    this(count, SESSION_STRIDE, frame, check);
  }

  /**
   * @param stride by how many places each session starts behind the one before
   */
  Frames(int count, int stride, IntFunction<byte[]> frame, Check check) {
    this.stride = stride;
    this.frames = new byte[count][];
    int max = 0;
    for (int i = 0; i < count; i++) {
      frames[i] = frame.apply(i);
      max = Math.max(max, frames[i].length);
    }
    this.check = check;
    this.bytesMax = max;
  }

  /** Gets of the family's znodes, the data verified. */
  static Frames gets(int count, IntFunction<String> path) {
    return new Frames(count, i -> RequestFrames.getData(path.apply(i), false), Znodes::isGetReply);
  }

  /** Sets of the family's znodes to the data they have. */
  static Frames sets(int count, IntFunction<String> path) {
    return new Frames(
        count,
        i -> RequestFrames.setData(path.apply(i), Znodes.data(i)),
        (in, at, length, number) -> Znodes.isSetReply(in, at, length));
  }

  /** Syncs, whose answer is the path. */
  static Frames syncs(int count, IntFunction<String> path) {
    return new Frames(
        count,
        i -> RequestFrames.sync(path.apply(i)),
        (in, at, length, number) ->
            Znodes.isCreateReply(in, at, length, Znodes.ascii(path.apply(number))));
  }

  @Override
  public void request(ByteBuffer out, int session, int xid) {
    DriverLoad.put(out, frames[number(session, xid)], xid);
  }

  @Override
  public boolean isRight(ByteBuffer in, int at, int length, int session, int xid) {
    return check.isRight(in, at, length, number(session, xid));
  }

  @Override
  public int requestBytesMax() {
    return bytesMax;
  }

  private int number(int session, int xid) {
    return Math.floorMod(xid + session * stride, frames.length);
  }
}
