package io.paddock.journal;

import java.io.IOException;

/**
 * The disk failed in a way after which nobody knows what it holds: a force failed, or a write
 * failed for another reason than space. It is never retried (a second force may report success for
 * pages that the first one threw away): the process must stop, and recovery from the files must
 * decide.
 */
public final class DiskFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A failed operation on a file, with its cause. */
  public DiskFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
