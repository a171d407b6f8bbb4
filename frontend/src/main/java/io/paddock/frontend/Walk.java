package io.paddock.frontend;

/**
 * What one walk of a loop along the feed met, for its {@link Meter}: used again for the next walk.
 * One thread.
 */
public final class Walk {
  private int waitingLanes;
  private int waitingReads;
  private int waitingWrites;
  private int items;
  private int answers;
  private int reads;
  private int drained;

  void begin(int lanes, int readsNow, int writesNow) {
    waitingLanes = lanes;
    waitingReads = readsNow;
    waitingWrites = writesNow;
    items = 0;
    answers = 0;
    reads = 0;
    drained = 0;
  }

  void followed() {
    items++;
  }

  void answered() {
    answers++;
  }

  void ranBehind(int count) {
    reads += count;
  }

  void laneDrained() {
    drained++;
  }

  /** Connections that waited for an answer when it began. */
  public int waitingLanes() {
    return waitingLanes;
  }

  /** Reads that waited behind writes when it began. */
  public int waitingReads() {
    return waitingReads;
  }

  /** Requests that waited for the core when it began. */
  public int waitingWrites() {
    return waitingWrites;
  }

  /** Items of the feed that it followed. */
  public int items() {
    return items;
  }

  /** Of those, the ones that answered a connection of this loop. */
  public int answers() {
    return answers;
  }

  /** Reads that had waited and were answered. */
  public int reads() {
    return reads;
  }

  /** Connections that wait for nothing any more. */
  public int drained() {
    return drained;
  }
}
