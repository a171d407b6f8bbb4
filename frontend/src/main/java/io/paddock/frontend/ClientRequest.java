package io.paddock.frontend;

import io.paddock.wire.OpCode;

/**
 * One request of a client as it came in, without its body.
 *
 * @param op null for a number that is no operation
 * @param bytes the length of its frame
 */
record ClientRequest(int xid, OpCode op, int bytes, long receivedNanos) {}
