package io.paddock.doctor;

import io.paddock.config.CauseWords;
import io.paddock.config.StoreConfig;
import io.paddock.machine.ProbeTls;
import io.paddock.machine.TlsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/**
 * What a port answers to somebody who speaks TLS and believes everybody.
 *
 * @param kind what it speaks
 * @param how version and cipher suite; empty without TLS
 * @param shown its certificate and those that signed it
 * @param asked whether it asked for a certificate
 * @param wanted the authorities it named then
 * @param refusal why it does not go on with us, in its own words; empty when it does
 * @param text what it said then
 */
record TlsAnswer(
    Kind kind,
    String how,
    List<X509Certificate> shown,
    boolean asked,
    List<String> wanted,
    String refusal,
    String text) {
  private static final int ANSWER_BYTES_MAX = 1 << 16;

  /** What a port speaks. */
  enum Kind {
    TLS,
    /** Not TLS, or it hangs up on it. */
    OTHER
  }

  /**
   * Asks.
   *
   * @param protocols that may be spoken; empty for what Java likes
   * @param word to say by TLS; empty for nothing
   * @throws IOException when nobody can be reached there
   */
  static TlsAnswer of(
      InetAddress host,
      int port,
      Optional<StoreConfig> keyStore,
      List<String> protocols,
      String word,
      int timeoutMs)
      throws IOException, TlsException {
    ProbeTls probe = new ProbeTls(keyStore);
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), timeoutMs);
      plain.setSoTimeout(timeoutMs);
      try (SSLSocket socket =
          (SSLSocket) probe.sockets().createSocket(plain, host.getHostAddress(), port, true)) {
        if (!protocols.isEmpty()) {
          socket.setEnabledProtocols(protocols.toArray(String[]::new));
        }
        return talk(socket, probe, word, timeoutMs);
      }
    }
  }

  private static TlsAnswer talk(SSLSocket socket, ProbeTls probe, String word, int timeoutMs) {
    String refusal = "";
    String text = "";
    String how = "";
    try {
      socket.startHandshake();
      how = socket.getSession().getProtocol() + ", " + socket.getSession().getCipherSuite();
      // Of a certificate that it does not want a server of TLS 1.3 says so only now.
      if (!word.isEmpty()) {
        socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
      }
      socket.setSoTimeout(word.isEmpty() ? Math.min(500, timeoutMs) : timeoutMs);
      text =
          new String(socket.getInputStream().readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
    } catch (SocketTimeoutException e) {
      refusal = how.isEmpty() ? "it says nothing" : "";
    } catch (IOException | IllegalArgumentException e) {
      refusal = CauseWords.of(e);
    }
    boolean isTls = !how.isEmpty() || !probe.shown().isEmpty() || isAlert(refusal);
    return new TlsAnswer(
        isTls ? Kind.TLS : Kind.OTHER,
        how,
        probe.shown(),
        probe.wasAsked(),
        probe.wanted(),
        refusal,
        text);
  }

  private static boolean isAlert(String refusal) {
    return refusal.toLowerCase(Locale.ROOT).contains("fatal alert");
  }

  /** Whether it hung up or complained because of the certificate that it was shown, or was not. */
  boolean refusesUs() {
    return kind == Kind.TLS && !refusal.isEmpty();
  }

  /** The certificate itself. */
  Optional<X509Certificate> certificate() {
    return shown.stream().findFirst();
  }
}
