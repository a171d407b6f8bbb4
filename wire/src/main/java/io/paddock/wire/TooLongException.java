package io.paddock.wire;

/** A message would become longer than its writer may make it. */
public final class TooLongException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TooLongException(long bytes, int bytesMax) {
    super("a message of over " + bytes + " bytes, of which " + bytesMax + " are allowed");
  }
}
