package io.paddock.server;

import io.paddock.replica.Clock;
import java.util.concurrent.TimeUnit;

/** The machine's clocks. */
final class MachineClock implements Clock {
  @Override
  public long wallMs() {
    return System.currentTimeMillis();
  }

  @Override
  public long monotonicMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
