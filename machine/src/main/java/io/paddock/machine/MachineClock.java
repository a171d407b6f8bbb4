package io.paddock.machine;

import io.paddock.replica.Clock;
import java.util.concurrent.TimeUnit;

/** The machine's clocks. */
public final class MachineClock implements Clock {
  @Override
  public long wallMs() {
    return System.currentTimeMillis();
  }

  @Override
  public long monotonicMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
