package io.paddock.zab;

/**
 * Where a learner's last zxid stands in the leader's log on disk, the answer to {@link
 * DiskPort#findInLog} (quorum sheet, section 3.6, rule 5).
 *
 * @param found whether the log reaches back far enough and is cheaper to send than a snapshot; if
 *     not, the other fields mean nothing
 * @param atOrBefore the last logged zxid that is not after the one asked for; 0 if there is none
 * @param next the first logged zxid after the one asked for; 0 if there is none
 */
public record LogPlace(boolean found, long atOrBefore, long next) {
  /** The log does not help: a snapshot is to be sent. */
  public static final LogPlace NONE = new LogPlace(false, 0, 0);
}
