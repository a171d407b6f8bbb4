package io.paddock.sim;

import io.paddock.wire.ErrorCode;
import java.util.List;

/**
 * What a write must have led to.
 *
 * @param body of the reply, behind its header
 * @param after the state behind it
 */
record Outcome(ErrorCode error, byte[] body, NaiveTree after, List<NaiveChange> changes) {}
