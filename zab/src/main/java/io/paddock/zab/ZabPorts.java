package io.paddock.zab;

/**
 * Everything that {@link Zab} asks of the world.
 *
 * @param peers null at a server alone, as are the two that follow
 */
public record ZabPorts(
    ReplicaPort replica, PeerPort peers, DiskPort disk, MembershipPort membership) {}
