package io.paddock.doctor;

import io.paddock.config.StoreConfig;
import io.paddock.config.TlsConfig;
import io.paddock.machine.CertificateNames;
import io.paddock.machine.StoreContents;
import io.paddock.machine.TlsException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The stores of one prefix, looked at without asking anybody (security sheet, section 12: rows 5, 6
 * and what belongs to them).
 */
final class StoreCheck {
  private static final int WARN_DAYS = 30;
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  /** Whose stores they are. */
  enum Side {
    /** A server's, for its clients. */
    FOR_CLIENTS("TLS clients", List.of(SERVER_AUTH)),
    /** A server's, for the other servers, to which it is server and client. */
    FOR_SERVERS("TLS servers", List.of(SERVER_AUTH, CLIENT_AUTH)),
    /** A server's, for those who ask its HTTP ports. */
    FOR_OPERATORS("TLS operators", List.of(SERVER_AUTH)),
    /** A client's. */
    CLIENT("client", List.of(CLIENT_AUTH));

    final String subject;
    final List<String> usages;

    Side(String subject, List<String> usages) {
      this.subject = subject;
      this.usages = usages;
    }
  }

  private final String prefix;
  private final Side side;
  private final TlsConfig config;
  private final Instant now;
  private final List<Diagnosis> found = new ArrayList<>();
  private StoreContents contents;

  StoreCheck(String prefix, Side side, TlsConfig config, Clock clock) {
    this.prefix = prefix;
    this.side = side;
    this.config = config;
    this.now = clock.instant();
  }

  /** What the stores hold; empty before {@link #examine}, and when they cannot be used. */
  Optional<StoreContents> contents() {
    return Optional.ofNullable(contents);
  }

  List<Diagnosis> examine() {
    try {
      contents =
          side == Side.CLIENT
              ? StoreContents.ofClient(config)
              : StoreContents.ofServer(prefix, config);
    } catch (TlsException e) {
      found.add(
          Diagnosis.error(
              side.subject,
              e.getMessage(),
              side == Side.CLIENT
                  ? "the client cannot connect before this is corrected"
                  : "the server does not start before this is corrected"));
      return found;
    }
    summary();
    contents
        .exposed()
        .forEach(line -> warn(line, "whoever reads them can pass for the one they belong to"));
    expiry();
    if (!contents.chain().isEmpty()) {
      usage(contents.chain().get(0));
      ownAuthority();
      intermediate();
    }
    return found;
  }

  private void summary() {
    String whose =
        switch (side) {
          case FOR_CLIENTS -> "for clients as ";
          case FOR_SERVERS -> "for the other servers as ";
          case FOR_OPERATORS -> "for operators as ";
          case CLIENT -> "as ";
        };
    String trust =
        config
            .trustStore()
            .map(
                store ->
                    "; believes "
                        + contents.trusted().size()
                        + (contents.trusted().size() == 1 ? " certificate" : " certificates")
                        + " of "
                        + store.location())
            .orElse("; believes those whom Java does");
    if (contents.chain().isEmpty()) {
      found.add(Diagnosis.ok(side.subject, "without a certificate of its own" + trust));
      return;
    }
    X509Certificate own = contents.chain().get(0);
    found.add(
        Diagnosis.ok(
            side.subject,
            whose
                + CertificateChain.name(own)
                + ", valid until "
                + day(own)
                + config.keyStore().map(store -> " (" + store.location() + ")").orElse("")
                + (side == Side.CLIENT ? "" : "; names " + CertificateNames.of(own))
                + trust));
    if (side != Side.CLIENT && !hasAlternativeNames(own)) {
      warn(
          "the certificate " + CertificateChain.name(own) + " has no subject alternative names",
          "many clients look at nothing else: have it made with the names and addresses that"
              + " clients connect to, such as DNS:zoo1.example");
    }
  }

  static boolean hasAlternativeNames(X509Certificate certificate) {
    try {
      return certificate.getSubjectAlternativeNames() != null;
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private static String day(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().atZone(ZoneOffset.UTC).toLocalDate().toString();
  }

  private void expiry() {
    Map<X509Certificate, StoreConfig> all = new LinkedHashMap<>();
    config.trustStore().ifPresent(s -> contents.trusted().forEach(c -> all.put(c, s)));
    config.keyStore().ifPresent(s -> contents.chain().forEach(c -> all.put(c, s)));
    all.forEach(this::expiry);
  }

  private void expiry(X509Certificate certificate, StoreConfig store) {
    expiry(certificate, " in " + store.location(), now)
        .ifPresent(
            line -> {
              boolean isTrust = store.equals(config.trustStore().orElse(null));
              String remedy =
                  isTrust
                      ? "put the CA's new certificate into the file, beside the old one"
                      : side == Side.CLIENT
                          ? "have a new one made, and put it into the file"
                          : "put a new one into the file; a Paddock server takes it without a"
                              + " restart";
              // Of several that are trusted the expired one may be there for old times' sake.
              if (line.startsWith("!") && !(isTrust && contents.trusted().size() > 1)) {
                error(line.substring(1), remedy);
              } else {
                warn(line.replaceFirst("^!", ""), remedy);
              }
            });
  }

  /** What is to be said of a certificate's days, with a mark before it when it is not valid now. */
  static Optional<String> expiry(X509Certificate certificate, String where, Instant now) {
    String what = "the certificate " + CertificateChain.name(certificate) + where;
    Instant end = certificate.getNotAfter().toInstant();
    Instant begin = certificate.getNotBefore().toInstant();
    long days = Math.floorDiv(Duration.between(now, end).toSeconds(), 86_400L);
    if (now.isBefore(begin)) {
      return Optional.of("!" + what + " is not valid before " + begin + "; here it is " + now);
    } else if (days < 0) {
      return Optional.of("!" + what + " has expired on " + day(certificate));
    } else if (days < WARN_DAYS) {
      return Optional.of(
          what
              + " expires in "
              + days
              + (days == 1 ? " day" : " days")
              + ", on "
              + day(certificate));
    }
    return Optional.empty();
  }

  private void usage(X509Certificate own) {
    String missing = missingUsage(own, side.usages);
    if (!missing.isEmpty()) {
      error(
          "the certificate " + CertificateChain.name(own) + " is not for " + missing,
          "have it made with the extended key usage "
              + (side.usages.size() > 1
                  ? "serverAuth and clientAuth: a member calls and is called"
                  : missing));
    }
  }

  /** Which of these usages a certificate excludes; empty for none. */
  static String missingUsage(X509Certificate certificate, List<String> usages) {
    try {
      List<String> allowed = certificate.getExtendedKeyUsage();
      if (allowed == null || allowed.contains("2.5.29.37.0")) {
        return "";
      }
      return String.join(
          " and ",
          usages.stream()
              .filter(usage -> !allowed.contains(usage))
              .map(usage -> usage.equals(SERVER_AUTH) ? "serverAuth" : "clientAuth")
              .toList());
    } catch (CertificateParsingException e) {
      return "";
    }
  }

  /** The own certificate against the own trust store. */
  private void ownAuthority() {
    boolean meetsItself =
        side == Side.FOR_SERVERS
            || side == Side.FOR_CLIENTS && config.clientAuth() != TlsConfig.ClientAuth.NONE;
    if (!meetsItself || config.trustStore().isEmpty()) {
      return;
    }
    var trust = config.trustStore().get().location();
    CertificateChain.gap(contents.chain(), contents.trusted())
        .ifPresent(
            gap -> {
              if (side == Side.FOR_SERVERS) {
                error(
                    gap.in(trust),
                    "add that CA to "
                        + prefix
                        + "trustStore.location: servers signed by it are refused, this one as well");
              } else {
                warn(
                    gap.in(trust),
                    "add that CA to "
                        + prefix
                        + "trustStore.location, so that zkServer.sh status and doctor can ask this"
                        + " server by its own certificate");
              }
            });
  }

  /** Who trusts the root alone must be shown what stands between. */
  private void intermediate() {
    X509Certificate last = contents.chain().get(0);
    for (int steps = 0; steps < contents.chain().size(); steps++) {
      Optional<X509Certificate> next = CertificateChain.signer(last, contents.chain());
      if (next.isEmpty() || next.get().equals(last)) {
        break;
      }
      last = next.get();
    }
    Optional<X509Certificate> signer = CertificateChain.signer(last, contents.trusted());
    if (signer.isPresent() && !CertificateChain.isSelfSigned(signer.get())) {
      warn(
          CertificateChain.name(last)
              + " was signed by the intermediate CA "
              + CertificateChain.name(signer.get())
              + ", which "
              + config.keyStore().orElseThrow().location()
              + " lacks",
          "append that CA's certificate to the key store: who trusts the root alone must be shown"
              + " it");
    }
  }

  private void warn(String finding, String remedy) {
    found.add(Diagnosis.warn(side.subject, finding, remedy));
  }

  private void error(String finding, String remedy) {
    found.add(Diagnosis.error(side.subject, finding, remedy));
  }
}
