package io.paddock.doctor;

import io.paddock.config.MembershipConfig;
import io.paddock.config.TlsConfig;
import io.paddock.machine.CertificateNames;
import io.paddock.machine.StoreContents;
import io.paddock.machine.TlsException;
import io.paddock.peers.DialCause;
import io.paddock.peers.ElectionProbe;
import io.paddock.zab.EnsembleServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * TLS between this server and the others, in both directions: what their election ports speak,
 * whose certificates they show, whether these name them, and whether they take this server's own
 * (security sheet, section 12: rows 4, 5, 14, 17).
 */
final class PeerTlsCheck {
  private static final int TIMEOUT_MS = 3000;
  private static final String KEY = "ssl.quorum.";

  /** How a finding about one begins. */
  static final String ELECTION_PORT = "election port ";

  private final MembershipConfig membership;
  private final TlsConfig tls;
  private final boolean dialsTls;
  private final boolean loginRequired;
  private final StoreContents own;
  private final Clock clock;
  private final List<Diagnosis> found = new ArrayList<>();

  /**
   * @param dialsTls whether this server calls the others by TLS
   * @param loginRequired whether servers have to log in first, so that who hangs up may be right
   * @param own what its stores hold
   */
  PeerTlsCheck(
      MembershipConfig membership,
      TlsConfig tls,
      boolean dialsTls,
      boolean loginRequired,
      StoreContents own,
      Clock clock) {
    this.membership = membership;
    this.tls = tls;
    this.dialsTls = dialsTls;
    this.loginRequired = loginRequired;
    this.own = own;
    this.clock = clock;
  }

  List<Diagnosis> examine() {
    if (!own.chain().isEmpty()) {
      for (EnsembleServer.Address address : membership.self().addresses()) {
        names(membership.self(), address.host(), own.chain().get(0), true);
      }
    }
    for (EnsembleServer server : membership.ensemble().servers()) {
      if (server.sid() != membership.myId()) {
        visit(server);
      }
    }
    return found;
  }

  private void visit(EnsembleServer server) {
    EnsembleServer.Address address = server.addresses().get(0);
    String at = ELECTION_PORT + address.host() + ":" + address.electionPort();
    try {
      InetAddress host = InetAddress.getByName(address.host());
      TlsAnswer answer =
          TlsAnswer.of(
              host, address.electionPort(), tls.keyStore(), tls.protocols(), "", TIMEOUT_MS);
      if (answer.kind() == TlsAnswer.Kind.TLS) {
        speaksTls(server, at, address.host(), answer);
        if (!dialsTls) {
          takesPlain(server, at, host, address.electionPort());
        }
      } else {
        speaksPlain(server, at, host, address.electionPort(), answer);
      }
    } catch (UnknownHostException e) {
      error(
          server,
          "no such host: " + address.host(),
          "correct the name in the server line, or DNS or /etc/hosts");
    } catch (IOException e) {
      DialCause cause = DialCause.of(address.host(), e);
      warn(server, at + ": " + cause.words(), cause.remedy());
    } catch (TlsException e) {
      error(server, e.getMessage(), "correct this server's stores");
    }
  }

  private void speaksTls(EnsembleServer server, String at, String host, TlsAnswer answer) {
    int before = found.size();
    answer.certificate().ifPresent(shown -> shown(server, host, shown, answer));
    if (answer.refusesUs()) {
      refused(server, at, answer);
    } else if (found.size() == before) {
      found.add(
          Diagnosis.ok(
              subject(server),
              at
                  + " speaks TLS ("
                  + answer.how()
                  + ") as "
                  + answer.certificate().map(CertificateChain::name).orElse("nobody")));
    }
  }

  /** Where this server's own calls go. */
  private void takesPlain(EnsembleServer server, String at, InetAddress host, int port)
      throws IOException {
    try {
      ElectionProbe.ask(host, port, TIMEOUT_MS);
    } catch (ElectionProbe.StrangeException e) {
      if (loginRequired && e.hangsUp()) {
        return;
      }
      error(
          server,
          at + " takes TLS only, and this server calls in plain text (sslQuorum=false)",
          "set sslQuorum=true here, or portUnification=true there until all call by TLS");
    }
  }

  private void shown(EnsembleServer server, String host, X509Certificate shown, TlsAnswer answer) {
    names(server, host, shown, false);
    StoreCheck.expiry(shown, ", which it shows,", clock.instant())
        .ifPresent(
            line -> {
              if (line.startsWith("!")) {
                error(server, line.substring(1), "renew it there, or set this machine's clock");
              } else {
                warn(server, line, "renew it there");
              }
            });
    String missing = StoreCheck.missingUsage(shown, StoreCheck.Side.FOR_SERVERS.usages);
    if (!missing.isEmpty()) {
      error(
          server,
          "its certificate " + CertificateChain.name(shown) + " is not for " + missing,
          "have it made with the extended key usage serverAuth and clientAuth");
    }
    tls.trustStore()
        .ifPresent(
            store ->
                CertificateChain.gap(answer.shown(), own.trusted())
                    .ifPresent(
                        gap ->
                            error(
                                server,
                                gap.in(store.location()),
                                "add that CA to " + KEY + "trustStore.location of this server")));
  }

  private void refused(EnsembleServer server, String at, TlsAnswer answer) {
    String why =
        own.chain().isEmpty()
            ? "and this server has no certificate: set " + KEY + "keyStore.location"
            : answer.wanted().isEmpty()
                ? "its log says why"
                : "it believes "
                    + answer.wanted().stream().limit(5).collect(Collectors.joining(" and "))
                    + "; "
                    + CertificateChain.name(own.chain().get(0))
                    + " was signed by "
                    + own.chain().get(0).getIssuerX500Principal().getName();
    error(
        server,
        at + " does not go on with this server by TLS: " + answer.refusal(),
        (answer.asked() ? "it wants a certificate that it believes, " : "") + why);
  }

  private void speaksPlain(
      EnsembleServer server, String at, InetAddress host, int port, TlsAnswer answer) {
    try {
      ElectionProbe.ask(host, port, TIMEOUT_MS);
      if (dialsTls) {
        error(
            server,
            at + " takes plain text only, and this server calls by TLS (sslQuorum=true)",
            "set sslQuorum=true there, or sslQuorum=false and portUnification=true on both until"
                + " all take TLS");
      } else {
        warn(
            server,
            at + " takes plain text only",
            "set portUnification=true there before sslQuorum=true here");
      }
    } catch (ElectionProbe.StrangeException e) {
      if (loginRequired && e.hangsUp()) {
        warn(
            server,
            at
                + " does not speak TLS ("
                + answer.refusal()
                + "), and hangs up on who does not log in",
            "set sslQuorum and portUnification alike on all servers");
        return;
      }
      error(
          server,
          at + " speaks neither TLS (" + answer.refusal() + ") nor plain text: " + e.getMessage(),
          "correct the second port of the line " + subject(server));
    } catch (IOException e) {
      DialCause cause = DialCause.of(host.getHostAddress(), e);
      warn(server, at + ": " + cause.words(), cause.remedy());
    }
  }

  // --- names
  // --------------------------------------------------------------------------------------------

  /** Both directions: others call it by its name, and it calls from its address. */
  private void names(
      EnsembleServer server, String host, X509Certificate certificate, boolean itsOwn) {
    CertificateNames names = CertificateNames.of(certificate);
    String whose =
        (itsOwn ? "this server's certificate " : "its certificate ")
            + CertificateChain.name(certificate)
            + " names "
            + names;
    List<InetAddress> addresses = addresses(host);
    boolean byAddress = addresses.stream().anyMatch(a -> names.has(a.getHostAddress()));
    boolean byName = names.has(host) || !tls.fips() && byAddress;
    if (tls.hostnameVerification() && !byName) {
      error(
          server,
          whose
              + ", and not "
              + host
              + ", as "
              + (itsOwn ? "others call it" : "this server calls it"),
          "have it made with "
              + TlsClientCheck.san(host)
              + "; "
              + KEY
              + "hostnameVerification=false lets every server's pass");
    }
    boolean byLookup =
        !tls.fips()
            && tls.reverseDnsLookup()
            && addresses.stream().anyMatch(a -> names.has(a.getCanonicalHostName()));
    if (tls.clientHostnameVerification() && !addresses.isEmpty() && !byAddress && !byLookup) {
      String all =
          addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(" and "));
      error(
          server,
          whose
              + ", and not "
              + all
              + ", from where "
              + (itsOwn ? "others see it call" : "it calls this server"),
          "have it made with "
              + addresses.stream()
                  .map(a -> TlsClientCheck.san(a.getHostAddress()))
                  .collect(Collectors.joining(" and "))
              + ", or set "
              + KEY
              + "clientHostnameVerification=false"
              + (tls.fips() ? "; with fips-mode=true names are not looked up" : ""));
    }
  }

  private static List<InetAddress> addresses(String host) {
    try {
      return Stream.of(InetAddress.getAllByName(host)).toList();
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  private static String subject(EnsembleServer server) {
    return "server." + server.sid();
  }

  private void warn(EnsembleServer server, String finding, String remedy) {
    found.add(Diagnosis.warn(subject(server), finding, remedy));
  }

  private void error(EnsembleServer server, String finding, String remedy) {
    found.add(Diagnosis.error(subject(server), finding, remedy));
  }
}
