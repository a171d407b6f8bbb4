/**
 * Layer 6: the talk between servers. The election port, the quorum port and the channels of
 * learners carry Zab's messages in ZooKeeper's formats; what waits for a slow peer is bounded here,
 * and what goes wrong between servers is told here, once per peer and cause.
 */
package io.paddock.peers;
