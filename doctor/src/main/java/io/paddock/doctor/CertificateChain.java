package io.paddock.doctor;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether a certificate leads to one that is trusted, and where the way breaks off when not. */
final class CertificateChain {
  private CertificateChain() {}

  /**
   * Where the way breaks off.
   *
   * @param last whose signer is missing
   * @param namesake whether there is one that bears the signer's name and has another key
   * @param trusted what there is
   */
  record Gap(X509Certificate last, boolean namesake, List<X509Certificate> trusted) {
    /** The same in words; the file is the one that should hold the signer. */
    String in(Object file) {
      String subject = name(last);
      String issuer = last.getIssuerX500Principal().getName();
      if (namesake) {
        return subject
            + " was signed by another key than that of "
            + issuer
            + " in "
            + file
            + ": the CA was made anew, under its old name";
      }
      String holds =
          trusted.isEmpty()
              ? ""
              : "; it holds "
                  + trusted.stream()
                      .map(CertificateChain::name)
                      .distinct()
                      .limit(5)
                      .collect(Collectors.joining(" and "));
      return subject.equals(issuer)
          ? subject + " has signed itself, and " + file + " lacks it" + holds
          : subject + " was signed by " + issuer + ", which " + file + " lacks" + holds;
    }
  }

  static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  /**
   * Looks for the way.
   *
   * @param chain the certificate, and those that may have signed it, in any order
   * @return empty when there is one
   */
  static Optional<Gap> gap(List<X509Certificate> chain, List<X509Certificate> trusted) {
    X509Certificate at = chain.get(0);
    for (int steps = 0; steps <= chain.size(); steps++) {
      if (trusted.contains(at) || signer(at, trusted).isPresent()) {
        return Optional.empty();
      }
      Optional<X509Certificate> next = signer(at, chain);
      if (next.isEmpty() || next.get().equals(at)) {
        break;
      }
      at = next.get();
    }
    X509Certificate last = at;
    boolean namesake =
        trusted.stream()
            .anyMatch(ca -> ca.getSubjectX500Principal().equals(last.getIssuerX500Principal()));
    return Optional.of(new Gap(last, namesake, trusted));
  }

  /** The one of these that has signed it. */
  static Optional<X509Certificate> signer(
      X509Certificate certificate, List<X509Certificate> candidates) {
    return candidates.stream()
        .filter(ca -> ca.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
        .filter(ca -> hasSigned(ca, certificate))
        .findFirst();
  }

  static boolean isSelfSigned(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static boolean hasSigned(X509Certificate ca, X509Certificate certificate) {
    try {
      certificate.verify(ca.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
