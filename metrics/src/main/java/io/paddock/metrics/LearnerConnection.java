package io.paddock.metrics;

import java.net.InetSocketAddress;

/**
 * A learner's connection to its leader, for people to look at.
 *
 * @param connection its number
 * @param remote its other end
 * @param establishedMs since when, milliseconds since 1970
 * @param queuedPackets that wait behind a log or a snapshot
 * @param queuedBytes that the learner has not taken yet
 * @param received packets from the learner
 * @param sent packets to it
 * @param requests of its clients
 */
public record LearnerConnection(
    long connection,
    InetSocketAddress remote,
    long establishedMs,
    int queuedPackets,
    long queuedBytes,
    long received,
    long sent,
    long requests) {}
