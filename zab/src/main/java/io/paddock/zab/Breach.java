package io.paddock.zab;

/** A peer did what the protocol does not allow; its connection ends, with this message. */
final class Breach extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Breach(String message) {
    super(message, null, false, false);
  }
}
