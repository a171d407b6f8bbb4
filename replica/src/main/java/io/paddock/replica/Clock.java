package io.paddock.replica;

/** The time, as somebody above gives it: the machine's in a server, a seed's in the simulator. */
public interface Clock {
  /** Milliseconds since 1970, for the times clients see. May jump. */
  long wallMs();

  /** Milliseconds since some moment, for timeouts. Never goes back. */
  long monotonicMs();
}
