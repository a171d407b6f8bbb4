package io.paddock.zab;

/** A configuration of an ensemble that cannot be used; the message says which line and why. */
public final class InvalidConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the line and what is wrong with it
   */
  public InvalidConfigException(String message) {
    super(message);
  }
}
