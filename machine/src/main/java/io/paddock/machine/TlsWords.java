package io.paddock.machine;

import io.paddock.config.CauseWords;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;

/**
 * Why a TLS handshake of a client failed, in words with the remedy (security sheet, section 12).
 */
public final class TlsWords {
  private static final int CHARS_MAX = 600;

  private TlsWords() {}

  /** The innermost cause. */
  static Throwable root(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return at;
  }

  /** Why it failed, and what to do; fit for a log, whatever a stranger's certificate says. */
  public static String of(Throwable failure) {
    String words = said(failure).replaceAll("\\p{Cntrl}", "?");
    return words.length() > CHARS_MAX ? words.substring(0, CHARS_MAX) + "..." : words;
  }

  private static String said(Throwable failure) {
    for (Throwable at = failure; at != null && at != at.getCause(); at = at.getCause()) {
      if (at instanceof CertificateException) {
        return ofCertificate((CertificateException) at);
      }
    }
    String said = String.valueOf(root(failure).getMessage());
    String lower = said.toLowerCase(Locale.ROOT);
    if (lower.contains("empty client certificate chain")
        || lower.contains("empty server certificate chain")
        || lower.contains("peer_did_not_return_a_certificate")) {
      return "the client sent no certificate, or has none that was signed by a CA in"
          + " ssl.trustStore.location, and ssl.clientAuth is need: give it a key store with one, or"
          + " set ssl.clientAuth=want or none here";
    }
    if (lower.contains("certificate_unknown")
        || lower.contains("unknown_ca")
        || lower.contains("bad_certificate")
        || lower.contains("bad certificate")
        || lower.contains("alert_unknown_ca")) {
      return "the client does not believe this server's certificate ("
          + said
          + "): its trust store lacks the CA that signed it, or the certificate does not name the"
          + " host as the client wrote it";
    }
    if (lower.contains("certificate_expired")) {
      return "the client finds this server's certificate expired: renew it";
    }
    if (lower.contains("protocol_version")
        || lower.contains("supported protocol versions")
        || lower.contains("client requested protocol")
        || lower.contains("unsupported_protocol")) {
      return "no version of TLS that both speak (" + said + "): see ssl.enabledProtocols";
    }
    if (lower.contains("cipher suites in common") || lower.contains("no_shared_cipher")) {
      return "no cipher suite that both know (" + said + "): see ssl.ciphersuites";
    }
    return CauseWords.of(root(failure));
  }

  private static String ofCertificate(CertificateException failure) {
    Throwable root = root(failure);
    String said = String.valueOf(failure.getMessage());
    if (root instanceof CertificateExpiredException
        || root instanceof CertificateNotYetValidException) {
      return "the client's certificate is not valid now (" + said + "): renew it, or set the clock";
    }
    if (said.contains("unable to find valid certification path")
        || said.contains("No trusted certificate found")
        || said.contains("signature check failed")) {
      return "the client's certificate is not believed ("
          + said
          + "): ssl.trustStore.location lacks the CA that signed it";
    }
    if (said.contains("subject alternative") || said.contains("it names")) {
      return "the client's certificate does not name where it comes from ("
          + said
          + "): add that to it, or set ssl.clientHostnameVerification=false";
    }
    if (said.contains("revoked") || said.contains("revocation")) {
      return "the client's certificate may be revoked (" + said + "): see ssl.crl and ssl.ocsp";
    }
    return "the client's certificate is not believed (" + said + ")";
  }
}
