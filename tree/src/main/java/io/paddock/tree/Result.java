package io.paddock.tree;

import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteWriter;

/** The answer to a write: an error for the reply header, and the body behind it. Immutable. */
public final class Result {
  private final ErrorCode error;

  Result(ErrorCode error) {
    this.error = error;
  }

  /** The reply header's error. OK for a failed multi, whose body tells the errors. */
  public ErrorCode error() {
    return error;
  }

  /** Writes the reply's body (client protocol sheet, section 3); nothing when there is none. */
  public void writeBody(JuteWriter out) {
    throw new UnsupportedOperationException();
  }
}
