package io.paddock.sim;

/**
 * How large a run is.
 *
 * @param voters servers that vote
 * @param observers servers that do not
 * @param clients how many there are
 * @param steps faults and pauses before everything heals
 */
record Scale(int voters, int observers, int clients, int steps) {}
