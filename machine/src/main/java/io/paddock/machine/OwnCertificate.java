package io.paddock.machine;

import io.paddock.config.StoreConfig;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collections;

/**
 * The certificate that this server shows.
 *
 * @param subject whom it names
 * @param file where it stands
 * @param notBefore from when on it and those that signed it are valid
 * @param notAfter until when
 */
record OwnCertificate(String subject, Path file, Instant notBefore, Instant notAfter) {
  private static final int WARN_DAYS = 30;

  /** The first to expire of those that a store holds with keys. */
  static OwnCertificate of(StoreConfig config, KeyStore store) {
    String subject = "";
    Instant notBefore = Instant.MIN;
    Instant notAfter = Instant.MAX;
    try {
      for (String alias : Collections.list(store.aliases())) {
        Certificate[] chain = store.isKeyEntry(alias) ? store.getCertificateChain(alias) : null;
        for (Certificate certificate : chain == null ? new Certificate[0] : chain) {
          Instant begin = ((X509Certificate) certificate).getNotBefore().toInstant();
          notBefore = begin.isAfter(notBefore) ? begin : notBefore;
          Instant end = ((X509Certificate) certificate).getNotAfter().toInstant();
          if (end.isBefore(notAfter)) {
            notAfter = end;
            subject = ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
          }
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return new OwnCertificate(subject, config.location(), notBefore, notAfter);
  }

  /** Days until it expires, rounded down; negative when it has. */
  long daysLeft(Instant now) {
    return Math.floorDiv(
        Duration.between(now, notAfter).toSeconds(), Duration.ofDays(1).toSeconds());
  }

  /** Whether others believe it now. */
  boolean isValid(Instant now) {
    return !now.isBefore(notBefore) && !now.isAfter(notAfter);
  }

  /** Whether it is to be warned of. */
  boolean isDoubtful(Instant now) {
    return !isValid(now) || daysLeft(now) < WARN_DAYS;
  }

  /** The warning. */
  String warning(Instant now) {
    String what = "The certificate " + subject + " in " + file;
    if (now.isBefore(notBefore)) {
      return what
          + " is not valid before "
          + notBefore
          + ", so others refuse it (here it is "
          + now.truncatedTo(ChronoUnit.SECONDS)
          + "): set the clock, or put another one into the file, it is taken without a restart";
    }
    long days = daysLeft(now);
    return what
        + (isValid(now)
            ? " expires in " + days + (days == 1 ? " day" : " days") + ", on " + day()
            : " has expired on " + day() + ", so others refuse it")
        + ": put a new one into the file, it is taken without a restart";
  }

  /** The last day of its validity, in UTC. */
  String day() {
    return notAfter.atZone(ZoneOffset.UTC).toLocalDate().toString();
  }
}
