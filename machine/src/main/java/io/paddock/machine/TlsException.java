package io.paddock.machine;

/** Why TLS cannot be had: one line with the key or file, the cause and the remedy; no secrets. */
public final class TlsException extends Exception {
  private static final long serialVersionUID = 1L;

  TlsException(String line) {
    super(line);
  }

  TlsException(String line, Throwable cause) {
    super(line, cause);
  }
}
