package io.paddock.server;

import java.net.BindException;
import java.net.InetSocketAddress;

/** Why a server does not start: one line with cause and remedy, fit to be shown as it stands. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int EXIT_UNEXPECTED = 1;

  private final int exitCode;

  StartException(String line, int exitCode, Throwable cause) {
    super(line, cause);
    this.exitCode = exitCode;
  }

  static StartException bind(InetSocketAddress address, Throwable cause) {
    String where = "clientPort " + address.getPort();
    if (address.isUnresolved()) {
      return new StartException(
          "clientPortAddress "
              + address.getHostString()
              + ": no such host; correct the name, or DNS or /etc/hosts",
          EXIT_UNEXPECTED,
          cause);
    }
    if (isInUse(cause)) {
      return new StartException(
          where
              + " is in use: another server runs there (bin/zkServer.sh status), or set another"
              + " clientPort",
          EXIT_UNEXPECTED,
          cause);
    }
    return new StartException(
        where + " cannot be bound: " + CauseWords.of(cause), EXIT_UNEXPECTED, cause);
  }

  static boolean isInUse(Throwable cause) {
    return cause instanceof BindException || String.valueOf(cause.getMessage()).contains("in use");
  }

  /** Whether somebody else has the port. */
  public boolean isPortInUse() {
    return getCause() != null && isInUse(getCause());
  }

  /** The process exit code that Apache's server gives for this kind of failure. */
  public int exitCode() {
    return exitCode;
  }
}
