package io.paddock.sim;

/**
 * How large a run is.
 *
 * @param voters servers that vote; a single one is a server that stands alone, without observers
 * @param observers servers that do not
 * @param clients how many there are
 * @param steps faults and pauses before everything heals
 */
record Scale(int voters, int observers, int clients, int steps) {
  /** Whether there is one server, which is no member of an ensemble. */
  boolean alone() {
    return voters == 1;
  }

  /** What servers there are, in words. */
  String servers() {
    return alone() ? "a server alone" : voters + " voters, " + observers + " observers";
  }
}
