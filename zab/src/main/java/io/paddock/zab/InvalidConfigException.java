package io.paddock.zab;

/** A configuration of an ensemble that cannot be used; the message says which line and why. */
public final class InvalidConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidConfigException(String message) {
    super(message);
  }
}
