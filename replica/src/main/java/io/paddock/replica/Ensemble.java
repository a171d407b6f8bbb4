package io.paddock.replica;

import io.paddock.zab.DurableState;
import io.paddock.zab.ZabSettings;

/**
 * What a member of an ensemble has besides a server that stands alone.
 *
 * @param durable what was found on this server's disk
 * @param membership who belongs to the ensemble, as far as this server knows
 * @param roles who hears of what this server is to its clients
 */
public record Ensemble(
    long myId,
    DurableState durable,
    Membership membership,
    ZabSettings zab,
    MemberDisk disk,
    Peers peers,
    RoleListener roles) {}
