package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.PeerTlsConfig;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/**
 * Why a TLS handshake of a client or of another server failed, in words with the remedy (security
 * sheet, section 12).
 */
public final class TlsWords {
  private static final int CHARS_MAX = 600;

  private final TlsFailure kind;
  private final String said;
  private final String who;
  private final String prefix;
  private final boolean dialled;

  private TlsWords(Throwable failure, String who, String prefix, boolean dialled) {
    this.kind = TlsFailure.of(failure);
    this.said = said(failure);
    this.who = who;
    this.prefix = prefix;
    this.dialled = dialled;
  }

  private static String said(Throwable failure) {
    for (Throwable at = failure; at != null && at != at.getCause(); at = at.getCause()) {
      if (at instanceof CertificateException) {
        return String.valueOf(at.getMessage());
      }
    }
    return CauseWords.of(root(failure));
  }

  /** The innermost cause. */
  static Throwable root(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return at;
  }

  /** Whether something that was thrown on a connection is a matter of its TLS. */
  public static boolean isTls(Throwable failure) {
    for (Throwable at = failure; at != null && at != at.getCause(); at = at.getCause()) {
      if (at instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  /** Whether the other end has only ended the connection, without a word. */
  public static boolean isHangUp(Throwable failure) {
    return TlsFailure.of(failure) == TlsFailure.HUNG_UP;
  }

  /** Why a client's failed, and what to do; fit for a log, whatever its certificate says. */
  public static String of(Throwable failure) {
    return printable(new TlsWords(failure, "the client", "ssl.", false).ofClient());
  }

  /**
   * Why one with another server failed, and what to do; fit for a log.
   *
   * @param who the other server
   * @param dialled whether this one has called
   */
  public static String ofPeer(Throwable failure, String who, boolean dialled) {
    return printable(new TlsWords(failure, who, PeerTlsConfig.PREFIX, dialled).ofPeer());
  }

  /**
   * Of whose certificate the failure is, where the other end has shown one that is not taken, and
   * why: tells peers behind one address apart. Else empty.
   */
  public static String certificate(Throwable failure) {
    for (Throwable at = failure; at != null && at != at.getCause(); at = at.getCause()) {
      if (at instanceof CertificateException) {
        return printable(" " + at.getMessage());
      }
    }
    return "";
  }

  /** The kind of failure in a few words, seen from whoever has dialled. */
  public static String shortly(Throwable failure) {
    return switch (TlsFailure.of(failure)) {
      case NO_CERTIFICATE -> "shows no certificate";
      case NOT_BELIEVED, EXPIRED -> "refuses this server's certificate";
      case NO_COMMON_PROTOCOL, NO_COMMON_CIPHER -> "speaks another TLS";
      case THEIR_DATES -> "certificate not valid now";
      case THEIR_AUTHORITY -> "certificate of an unknown CA";
      case THEIR_HOST -> "certificate for another host";
      case THEIR_REVOCATION -> "certificate revoked";
      case THEIR_REVOCATION_UNKNOWN -> "certificate maybe revoked";
      case THEIR_CERTIFICATE -> "certificate not believed";
      case NO_TLS -> "speaks no TLS";
      case HUNG_UP -> "hangs up on TLS";
      case TOO_SLOW -> "no end of the TLS handshake";
      case OTHER -> "TLS fails";
    };
  }

  private static String printable(String words) {
    String line = words.replaceAll("\\p{Cntrl}", "?");
    return line.length() > CHARS_MAX ? line.substring(0, CHARS_MAX) + "..." : line;
  }

  private String ofClient() {
    return switch (kind) {
      case NOT_BELIEVED ->
          "the client does not believe this server's certificate ("
              + said
              + "): its trust store lacks the CA that signed it, or the certificate does not name"
              + " the host as the client wrote it";
      case EXPIRED -> "the client finds this server's certificate expired: renew it";
      case THEIR_HOST ->
          "the client's certificate does not name where it comes from ("
              + said
              + "): add that to it, or set ssl.clientHostnameVerification=false";
      case NO_TLS, HUNG_UP, TOO_SLOW -> said;
      default -> ofAny();
    };
  }

  private String ofPeer() {
    return switch (kind) {
      case NOT_BELIEVED ->
          who
              + " does not believe this server's certificate ("
              + said
              + "), and its log says why: its trust store lacks the CA that signed it, or the"
              + " certificate does not name "
              + (dialled
                  ? "the address that this server comes from, in FIPS mode as an IP SAN (or set"
                      + " ssl.quorum.clientHostnameVerification=false there)"
                  : "the host of this server's line there");
      case EXPIRED -> who + " finds this server's certificate expired: renew it";
      case THEIR_HOST ->
          "the certificate of "
              + who
              + " does not name "
              + (dialled ? "the host of its server line (" : "where it comes from (")
              + said
              + "): add that to its subject alternative names, or set "
              + (dialled
                  ? "ssl.quorum.hostnameVerification=false"
                  : "ssl.quorum.clientHostnameVerification=false");
      case NO_TLS ->
          who
              + " does not answer by TLS ("
              + said
              + "): that is another port, or a server with sslQuorum=false and"
              + " portUnification=false";
      case HUNG_UP ->
          who
              + (dialled
                  ? " hangs up when it hears TLS: set portUnification=true there, so that it takes"
                      + " both, or it has just ended"
                  : " has ended the connection");
      case TOO_SLOW -> "the TLS handshake with " + who + " does not come to its end";
      case OTHER -> who + ": " + said;
      default -> ofAny();
    };
  }

  private String ofAny() {
    String theirs = who.startsWith("the ") ? who + "'s certificate" : "the certificate of " + who;
    return switch (kind) {
      case NO_CERTIFICATE ->
          who
              + " sent no certificate, or has none that was signed by a CA in "
              + prefix
              + "trustStore.location, and "
              + prefix
              + "clientAuth is need: give it a key store with one, or set "
              + prefix
              + "clientAuth=want or none here";
      case NO_COMMON_PROTOCOL ->
          "no version of TLS that both speak (" + said + "): see " + prefix + "enabledProtocols";
      case NO_COMMON_CIPHER ->
          "no cipher suite that both know (" + said + "): see " + prefix + "ciphersuites";
      case THEIR_DATES -> theirs + " is not valid now (" + said + "): renew it, or set the clock";
      case THEIR_AUTHORITY ->
          theirs
              + " is not believed ("
              + said
              + "): "
              + prefix
              + "trustStore.location lacks the CA that signed it";
      case THEIR_REVOCATION -> theirs + " is revoked (" + said + "): give it a new one";
      case THEIR_REVOCATION_UNKNOWN ->
          theirs
              + " cannot be told to be revoked or not ("
              + said
              + "), so it is refused: let this server reach the OCSP responder or the CRL"
              + " distribution point that the certificate names, or unset "
              + prefix
              + "crl and "
              + prefix
              + "ocsp";
      case THEIR_CERTIFICATE -> theirs + " is not believed (" + said + ")";
      default -> said;
    };
  }
}
