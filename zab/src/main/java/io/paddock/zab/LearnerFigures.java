package io.paddock.zab;

/**
 * One learner, for people to look at.
 *
 * @param connection by which it came
 * @param sid its id; negative while unknown, and for anonymous observers
 * @param follower whether it gets proposals; else it is an observer
 * @param voter whether its vote counts by the configuration in force
 * @param synced whether it is served and was heard in time
 * @param lastZxid the last transaction it is known to have
 */
public record LearnerFigures(
    long connection, long sid, boolean follower, boolean voter, boolean synced, long lastZxid) {}
