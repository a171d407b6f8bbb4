package io.paddock.bench;

import java.nio.ByteBuffer;

/** Gets and sets of the same znodes in a fixed proportion, evenly spread over each session. */
final class Mix implements DriverLoad {
  /** Prime to 100, so that each hundred requests hold every remainder once. */
  private static final int STEP = 37;

  private final DriverLoad gets;
  private final DriverLoad sets;
  private final int setPercent;

  /**
   * @param setPercent how many of a hundred requests are sets
   */
  Mix(DriverLoad gets, DriverLoad sets, int setPercent) {
    this.gets = gets;
    this.sets = sets;
    this.setPercent = setPercent;
  }

  private DriverLoad of(int session, int xid) {
    return Math.floorMod(STEP * (xid + session), 100) < setPercent ? sets : gets;
  }

  @Override
  public void request(ByteBuffer out, int session, int xid) {
    of(session, xid).request(out, session, xid);
  }

  @Override
  public boolean isRight(ByteBuffer in, int at, int length, int session, int xid) {
    return of(session, xid).isRight(in, at, length, session, xid);
  }

  @Override
  public int requestBytesMax() {
    return Math.max(gets.requestBytesMax(), sets.requestBytesMax());
  }
}
