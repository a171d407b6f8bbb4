package io.paddock.peers;

import io.netty.channel.ConnectTimeoutException;
import io.paddock.config.CauseWords;
import io.paddock.machine.TlsWords;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/**
 * Why a peer could not be dialled.
 *
 * @param words the cause in two or three words
 * @param remedy what it may come from, and what to do; empty when that is unknown
 */
public record DialCause(String words, String remedy) {
  private static final String REFUSED = "refused";

  /** Whether the machine is there and nobody listens. */
  public boolean isRefusal() {
    return words.equals(REFUSED);
  }

  /** By the failure of a dial to this host. */
  public static DialCause of(String host, Throwable failure) {
    return of(host, failure, "that server");
  }

  /**
   * The same.
   *
   * @param who whom it was, such as {@code server.2}
   */
  static DialCause of(String host, Throwable failure, String who) {
    if (failure instanceof TlsDialer.FailedException) {
      return new DialCause(TlsWords.shortly(failure), TlsWords.ofPeer(failure, who, true));
    }
    if (failure instanceof SaslDialer.FailedException) {
      return new DialCause(
          "login failed", "this server's login there by SASL: " + failure.getMessage());
    }
    if (failure instanceof UnknownHostException) {
      return new DialCause(
          "no such host", "correct the name in the server line, or DNS or /etc/hosts for " + host);
    }
    if (failure instanceof ConnectTimeoutException || failure instanceof SocketTimeoutException) {
      return new DialCause("no answer", "the machine is down, or a firewall drops the packets");
    }
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof NoRouteToHostException || message.contains("unreachable")) {
      return new DialCause(
          "no route",
          "the machine is down or in another network, or a firewall rejects the packets");
    }
    if (isRefused(failure)) {
      return new DialCause(
          REFUSED, "the server is not started there, or listens on another port or address");
    }
    return new DialCause(CauseWords.of(failure), "");
  }

  /** Both in one. */
  String inFull() {
    return remedy.isEmpty() ? words : words + ": " + remedy;
  }

  /** Whether the machine answered that nobody listens there. */
  static boolean isRefused(Throwable failure) {
    return failure instanceof ConnectException
        && String.valueOf(failure.getMessage()).contains("refused");
  }
}
