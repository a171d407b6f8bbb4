package io.paddock.config;

import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a server tries to take its own addresses: a name may get into DNS only after the start,
 * a predecessor that ends may hold a port for a moment. One try a second, as Apache's server does
 * with its election port.
 *
 * @param triesMax how often; 0 is for ever ({@code electionPortBindRetry})
 */
public record BindRetry(int triesMax) {
  private static final Logger LOG = LoggerFactory.getLogger(BindRetry.class);

  public static final int PAUSE_MS = 1000;

  /** Apache's. */
  static final int TRIES = 3;

  /** One try. */
  public static final BindRetry NONE = new BindRetry(1);

  static final String KEY = "electionPortBindRetry";

  public boolean isForEver() {
    return triesMax == 0;
  }

  /** The same for a port whose holder may be meant to stay. */
  public BindRetry bounded() {
    return isForEver() ? new BindRetry(TRIES) : this;
  }

  /** Whether a failure of the n-th try is worth another one. */
  public boolean goesOn(int tries, Throwable cause) {
    return goesOn(tries) && mayPass(cause);
  }

  /** Whether there is another try after the n-th. */
  public boolean goesOn(int tries) {
    return isForEver() || tries < triesMax;
  }

  /** Whether it may be otherwise in a while without anybody doing anything here. */
  static boolean mayPass(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return cause instanceof UnknownHostException
        || cause instanceof UnresolvedAddressException
        || cause instanceof BindException
        || isInUse(cause)
        || message.contains("assign requested address");
  }

  public static boolean isInUse(Throwable cause) {
    return String.valueOf(cause.getMessage()).contains("in use");
  }

  /** What is said of the n-th failure, behind its cause. */
  public String outlook(int tries) {
    return isForEver()
        ? "tried again every second (" + KEY + "=0)"
        : "tried again every second, "
            + (triesMax - tries)
            + " times more ("
            + KEY
            + "="
            + triesMax
            + "; 0 is for ever)";
  }

  /**
   * Waits until a name of this server can be looked up, or for no longer than this allows; what
   * binds it then tells of the failure. Blocks.
   *
   * @param key the setting that has the name, for the log
   */
  public void awaitName(String key, String host) {
    for (int tries = 1; ; tries++) {
      try {
        InetAddress.getByName(host);
        return;
      } catch (UnknownHostException e) {
        if (!goesOn(tries, e)) {
          return;
        }
        if (tries == 1) {
          LOG.warn("{}: {}: {}", key, CauseWords.of(e), outlook(tries));
        }
      }
      if (!pause()) {
        return;
      }
    }
  }

  /** Waits for the next try; whether nobody has broken that off. */
  public static boolean pause() {
    try {
      Thread.sleep(PAUSE_MS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
