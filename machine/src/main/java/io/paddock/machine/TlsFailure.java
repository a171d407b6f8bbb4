package io.paddock.machine;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;

/** What kind of failure ended a TLS handshake, seen from this side of it. */
enum TlsFailure {
  /** The other end shows none, though it has to. */
  NO_CERTIFICATE,
  /** The other end refuses this server's certificate. */
  NOT_BELIEVED,
  /** It says that it has expired. */
  EXPIRED,
  NO_COMMON_PROTOCOL,
  NO_COMMON_CIPHER,
  /** The other end's certificate has expired, or is not valid yet. */
  THEIR_DATES,
  /** None that is trusted has signed it. */
  THEIR_AUTHORITY,
  /** It does not name a host that it should. */
  THEIR_HOST,
  /** It has been revoked. */
  THEIR_REVOCATION,
  /** It may have been revoked: nobody tells. */
  THEIR_REVOCATION_UNKNOWN,
  /** Something else is wrong with it. */
  THEIR_CERTIFICATE,
  /** The other end speaks something else. */
  NO_TLS,
  /** The other end ended the connection without a word. */
  HUNG_UP,
  TOO_SLOW,
  OTHER;

  static TlsFailure of(Throwable failure) {
    for (Throwable at = failure; at != null && at != at.getCause(); at = at.getCause()) {
      if (at instanceof CertificateException certificate) {
        return ofCertificate(certificate);
      }
    }
    Throwable root = TlsWords.root(failure);
    if (root instanceof NotSslRecordException) {
      return NO_TLS;
    }
    if (root instanceof SslHandshakeTimeoutException) {
      return TOO_SLOW;
    }
    if (root instanceof ClosedChannelException || root instanceof SocketException) {
      return HUNG_UP;
    }
    return ofText(String.valueOf(root.getMessage()).toLowerCase(Locale.ROOT));
  }

  private static TlsFailure ofText(String said) {
    if (said.contains("empty client certificate chain")
        || said.contains("empty server certificate chain")
        || said.contains("peer_did_not_return_a_certificate")) {
      return NO_CERTIFICATE;
    }
    if (said.contains("certificate_unknown")
        || said.contains("unknown_ca")
        || said.contains("bad_certificate")
        || said.contains("bad certificate")
        || said.contains("alert_unknown_ca")) {
      return NOT_BELIEVED;
    }
    if (said.contains("certificate_expired")) {
      return EXPIRED;
    }
    if (said.contains("protocol_version")
        || said.contains("supported protocol versions")
        || said.contains("client requested protocol")
        || said.contains("unsupported_protocol")) {
      return NO_COMMON_PROTOCOL;
    }
    if (said.contains("cipher suites in common") || said.contains("no_shared_cipher")) {
      return NO_COMMON_CIPHER;
    }
    return OTHER;
  }

  private static TlsFailure ofCertificate(CertificateException failure) {
    for (Throwable at = failure; at != null && at != at.getCause(); at = at.getCause()) {
      if (at instanceof CertPathValidatorException path) {
        if (path.getReason() == BasicReason.UNDETERMINED_REVOCATION_STATUS) {
          return THEIR_REVOCATION_UNKNOWN;
        }
        if (path.getReason() == BasicReason.REVOKED) {
          return THEIR_REVOCATION;
        }
      }
    }
    Throwable root = TlsWords.root(failure);
    String said = String.valueOf(failure.getMessage());
    if (root instanceof CertificateExpiredException
        || root instanceof CertificateNotYetValidException) {
      return THEIR_DATES;
    }
    if (said.contains("unable to find valid certification path")
        || said.contains("No trusted certificate found")
        || said.contains("signature check failed")
        || said.contains("Signature does not match")) {
      return THEIR_AUTHORITY;
    }
    if (said.contains("subject alternative")
        || said.contains("No name matching")
        || said.contains("it names")) {
      return THEIR_HOST;
    }
    return said.contains("does not specify OCSP responder")
        ? THEIR_REVOCATION_UNKNOWN
        : THEIR_CERTIFICATE;
  }
}
