package io.paddock.journal;

import java.io.IOException;

/**
 * Something is used up, or was taken away, that a write needs: room on the disk, inodes, a quota,
 * file descriptors, the right to write in the directory. Nothing that was durable before is lost
 * and nothing that failed was acknowledged; the write can be tried again later. The message says,
 * for the operator, what is lacking and which limit to raise.
 */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is lacking, with the operating system's words as cause (or null). */
  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
