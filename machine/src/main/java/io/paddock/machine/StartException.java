package io.paddock.machine;

import io.paddock.config.CauseWords;
import java.net.BindException;
import java.net.InetSocketAddress;

/** Why a server does not start: one line with cause and remedy, fit to be shown as it stands. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int EXIT_UNEXPECTED = 1;

  /** As the system words EADDRNOTAVAIL and EACCES. */
  private static final String NOT_OURS = "assign requested address";

  private static final String FORBIDDEN = "ermission denied";

  private final int exitCode;

  public StartException(String line, int exitCode, Throwable cause) {
    super(line, cause);
    this.exitCode = exitCode;
  }

  public static StartException bind(InetSocketAddress address, Throwable cause) {
    return bind("clientPort", address, cause);
  }

  /**
   * @param key that names the port; with {@code Address} behind it, its address
   */
  public static StartException bind(String key, InetSocketAddress address, Throwable cause) {
    String where = key + " " + address.getPort();
    if (address.isUnresolved()) {
      return new StartException(
          key
              + "Address "
              + address.getHostString()
              + ": no such host; correct the name, or DNS or /etc/hosts",
          EXIT_UNEXPECTED,
          cause);
    }
    if (isInUse(cause)) {
      return new StartException(
          where
              + " is in use: another server runs there (bin/zkServer.sh status), or set another "
              + key,
          EXIT_UNEXPECTED,
          cause);
    }
    return new StartException(where + why(key, address, cause), EXIT_UNEXPECTED, cause);
  }

  private static String why(String key, InetSocketAddress address, Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    if (said.contains(NOT_OURS)) {
      return " cannot be bound: "
          + key
          + "Address "
          + address.getHostString()
          + " is no address of this machine; correct it, or leave it out to listen on all of them";
    }
    if (said.contains(FORBIDDEN)) {
      return " cannot be bound: this user may not; set a "
          + key
          + " above 1023, or run the server with CAP_NET_BIND_SERVICE";
    }
    return " cannot be bound: " + CauseWords.of(cause);
  }

  public static boolean isInUse(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    return said.contains("in use")
        || cause instanceof BindException && !said.contains(NOT_OURS) && !said.contains(FORBIDDEN);
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
