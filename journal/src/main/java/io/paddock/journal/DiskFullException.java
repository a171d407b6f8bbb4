package io.paddock.journal;

import java.io.IOException;

/**
 * The disk (or a quota) has no room for a write. Nothing that was durable before is lost and
 * nothing that failed was acknowledged; the write can be tried again when space returns.
 */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A lack of space, with the operating system's words as cause (or null). */
  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
