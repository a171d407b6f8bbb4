package io.paddock.journal;

import java.io.IOException;

/**
 * Files that a restart would need are not where they were written, or not what was written:
 * removed, renamed, replaced or cut by somebody else, or their directory or mount was. Nothing
 * since the last successful force counts as durable, and what was durable before is not any more;
 * the message says what is wrong. {@link Journal#remake} makes good from memory what was lost.
 */
public final class FilesLostException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is lost, with the failure that showed it (or null). */
  public FilesLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
