package io.paddock.zab;

/**
 * A server's word in an election (quorum sheet, section 2.4). Immutable.
 *
 * @param state the sender's
 * @param leader the proposed leader; {@link Vote#NOBODY} from observers
 * @param zxid the last logged zxid of the proposed leader
 * @param round the sender's round of election, Apache's electionEpoch
 * @param peerEpoch currentEpoch of the proposed leader
 * @param version of the format; 2 today, 0 when the sender did not tell
 * @param config canonical text of the sender's committed configuration; null when not told
 */
public record Notification(
    Role state, long leader, long zxid, long round, long peerEpoch, int version, String config) {}
