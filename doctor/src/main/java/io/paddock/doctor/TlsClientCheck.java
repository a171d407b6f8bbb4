package io.paddock.doctor;

import io.paddock.config.ClientFile;
import io.paddock.config.StoreConfig;
import io.paddock.machine.CertificateNames;
import io.paddock.machine.StoreContents;
import io.paddock.machine.TlsException;
import io.paddock.operators.FourLetterClient;
import io.paddock.operators.FourLetterWords;
import io.paddock.operators.SrvrAnswer;
import io.paddock.peers.DialCause;
import io.paddock.peers.ElectionProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A client's way to a server, step by step: the name, the port, what it speaks, whose certificate
 * it shows, whose it wants (security sheet, section 12: rows 1 to 6).
 */
final class TlsClientCheck {
  private static final int TIMEOUT_MS = 5000;
  private static final String NETTY = "org.apache.zookeeper.ClientCnxnSocketNetty";

  private final String host;
  private final int port;
  private final String at;
  private final Optional<ClientFile> file;
  private final Clock clock;
  private final List<Diagnosis> found = new ArrayList<>();

  TlsClientCheck(String host, int port, Optional<ClientFile> file, Clock clock) {
    this.host = host;
    this.port = port;
    this.at = host + ":" + port;
    this.file = file;
    this.clock = clock;
  }

  List<Diagnosis> examine() {
    Optional<StoreContents> own = Optional.empty();
    if (file.isPresent()) {
      settings(file.get());
      StoreCheck stores = new StoreCheck("ssl.", StoreCheck.Side.CLIENT, file.get().tls(), clock);
      found.addAll(stores.examine());
      own = stores.contents();
      if (own.isEmpty()) {
        return found;
      }
    }
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      error("no such host: " + host, "correct the name, or DNS or /etc/hosts");
      return found;
    }
    try {
      connect(address, own.orElse(new StoreContents(List.of(), List.of(), List.of())));
    } catch (IOException e) {
      DialCause cause = DialCause.of(host, e);
      error(cause.words(), cause.remedy());
    } catch (TlsException e) {
      error(e.getMessage(), "correct the client's stores");
    }
    return found;
  }

  /** What Apache's client would make of the file. */
  private void settings(ClientFile client) {
    if (client.asksForTls() && !client.socket().equals(NETTY)) {
      found.add(
          Diagnosis.error(
              "client",
              client.file()
                  + " has zookeeper.client.secure=true without zookeeper.clientCnxnSocket="
                  + NETTY,
              "add that line: Apache's client speaks plain text and hangs without it"));
    }
  }

  private void connect(InetAddress address, StoreContents own) throws IOException, TlsException {
    Optional<StoreConfig> keyStore = file.flatMap(client -> client.tls().keyStore());
    List<String> protocols = file.map(client -> client.tls().protocols()).orElse(List.of());
    TlsAnswer answer = TlsAnswer.of(address, port, keyStore, protocols, "srvr", TIMEOUT_MS);
    if (answer.kind() == TlsAnswer.Kind.OTHER) {
      plain(answer);
      return;
    }
    answer.certificate().ifPresent(shown -> certificate(shown, answer, address, own));
    if (answer.refusesUs()) {
      refused(answer, own);
      return;
    }
    ok("speaks TLS: " + answer.how());
    if (!own.chain().isEmpty() && answer.asked()) {
      ok("takes the client's certificate: in ACLs it is x509:" + subject(own));
    } else if (!own.chain().isEmpty()) {
      warn(
          "asks for no certificate, so nobody is known by one here",
          "set ssl.clientAuth=need or want at the server, if identities of scheme x509 are wished");
    } else if (answer.asked()) {
      ok("asks for a certificate, and goes on without (ssl.clientAuth=want)");
    }
    talk(answer.text());
  }

  private static String subject(StoreContents own) {
    return CertificateChain.name(own.chain().get(0));
  }

  /** It does not speak TLS. */
  private void plain(TlsAnswer answer) {
    String text = "";
    try {
      text = FourLetterClient.ask(host, port, "srvr", TIMEOUT_MS);
    } catch (IOException e) {
      // Then it is told what TLS has met.
    }
    boolean zooKeeper =
        text.startsWith("Zookeeper version")
            || text.startsWith(FourLetterWords.NOT_SERVING)
            || text.contains("whitelist");
    if (zooKeeper && file.isEmpty()) {
      ok("speaks plain text, not TLS");
      talk(text);
    } else if (zooKeeper) {
      error(
          "is a port for plain text, and the client speaks TLS",
          "connect to the server's secureClientPort, or set client.portUnification=true there");
    } else if (isElectionPort()) {
      warn(
          "is an election port, and takes plain text only",
          "clients connect to secureClientPort; servers speak TLS there with sslQuorum=true");
    } else {
      error(
          "speaks neither TLS nor ZooKeeper's plain text ("
              + (answer.refusal().isEmpty() ? "it hangs up" : answer.refusal())
              + ")",
          "see what listens there; a server whose TLS protocols none are Java's hangs up, too");
    }
  }

  private boolean isElectionPort() {
    try {
      ElectionProbe.ask(InetAddress.getByName(host), port, TIMEOUT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void certificate(
      X509Certificate shown, TlsAnswer answer, InetAddress address, StoreContents own) {
    String name = CertificateChain.name(shown);
    StoreCheck.expiry(shown, ", which it shows,", clock.instant())
        .ifPresent(
            line -> {
              if (line.startsWith("!")) {
                error(line.substring(1), "renew it on the server, or set this machine's clock");
              } else {
                warn(line, "renew it on the server");
              }
            });
    boolean checks = file.map(client -> client.tls().hostnameVerification()).orElse(true);
    CertificateNames names = CertificateNames.of(shown);
    boolean byAddress =
        file.filter(client -> !client.tls().fips()).isPresent()
            && names.has(address.getHostAddress());
    if (!names.has(host) && !byAddress) {
      String finding = "its certificate " + name + " names " + names + ", and not " + host;
      String remedy =
          "have it made with "
              + san(host)
              + " among its subject alternative names, or connect by a name that it has";
      if (checks) {
        error(finding, remedy + "; ssl.hostnameVerification=false lets anybody's pass");
      } else {
        warn(finding + " (ssl.hostnameVerification=false)", remedy);
      }
    } else {
      ok("shows the certificate " + name + ", which names " + host);
    }
    file.flatMap(client -> client.tls().trustStore())
        .ifPresent(
            store ->
                CertificateChain.gap(answer.shown(), own.trusted())
                    .ifPresentOrElse(
                        gap ->
                            error(
                                gap.in(store.location()),
                                "add that CA's certificate to ssl.trustStore.location of the"
                                    + " client, or have the server show what stands between"),
                        () -> ok("is believed by " + store.location())));
  }

  /** How a name is called in a certificate. */
  static String san(String host) {
    return (CertificateNames.isAddress(host) ? "IP:" : "DNS:") + host;
  }

  private void refused(TlsAnswer answer, StoreContents own) {
    if (!answer.asked() && answer.how().isEmpty()) {
      error(
          "breaks the handshake off: " + answer.refusal(),
          "see ssl.enabledProtocols and ssl.ciphersuites on both sides, and the server's log");
    } else if (own.chain().isEmpty()) {
      error(
          "wants a certificate of the client (ssl.clientAuth=need), and there is none: "
              + answer.refusal(),
          file.isEmpty()
              ? "name the client's stores with --tls FILE"
              : "set ssl.keyStore.location in "
                  + file.get().file()
                  + ", or ssl.clientAuth=want or none at the server");
    } else {
      boolean known =
          answer.wanted().isEmpty()
              || own.chain().stream()
                  .anyMatch(c -> answer.wanted().contains(c.getIssuerX500Principal().getName()));
      error(
          "does not take the client's certificate "
              + subject(own)
              + (known
                  ? ": " + answer.refusal()
                  : ", which "
                      + own.chain().get(0).getIssuerX500Principal().getName()
                      + " has signed; it believes "
                      + answer.wanted().stream().limit(5).collect(Collectors.joining(" and "))),
          known
              ? "the server's log says why"
              : "add that CA's certificate to ssl.trustStore.location of the server, or take a"
                  + " certificate that one of these has signed");
    }
  }

  private void talk(String text) {
    SrvrAnswer srvr = SrvrAnswer.of(text);
    if (srvr.serves()) {
      ok("serves as " + srvr.mode() + ", version " + srvr.release());
    } else if (text.startsWith(FourLetterWords.NOT_SERVING)) {
      warn("serves nobody", "it has no leader: its log says whom it waits for");
    } else if (text.contains("whitelist")) {
      ok("answers, and does not allow srvr");
    } else if (text.startsWith("HTTP/")) {
      warn("is a port for HTTP", "clients connect to secureClientPort");
    } else {
      warn(
          "does not answer as a client port does",
          "clients connect to secureClientPort; a port for other servers says nothing to clients");
    }
  }

  private void ok(String finding) {
    found.add(Diagnosis.ok(at, finding));
  }

  private void warn(String finding, String remedy) {
    found.add(Diagnosis.warn(at, finding, remedy));
  }

  private void error(String finding, String remedy) {
    found.add(Diagnosis.error(at, finding, remedy));
  }
}
