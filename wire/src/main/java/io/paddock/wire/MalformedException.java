package io.paddock.wire;

/**
 * Bytes that do not decode: a record that ends early, or a length that cannot be. Carries no stack
 * trace, since hostile clients decide how often it is thrown.
 */
public final class MalformedException extends RuntimeException {
  /**
   * @param message what was read and where, for one log line
   */
  public MalformedException(String message) {
    super(message, null, false, false);
  }
}
