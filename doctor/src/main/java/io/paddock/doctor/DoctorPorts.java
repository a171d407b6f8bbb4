package io.paddock.doctor;

import io.paddock.config.AuthConfig;
import io.paddock.config.CauseWords;
import io.paddock.config.ClientPortConfig;
import io.paddock.config.ClientTlsConfig;
import io.paddock.config.MembershipConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.OwnAddresses;
import io.paddock.machine.OwnClient;
import io.paddock.machine.SaslLogin;
import io.paddock.machine.StartException;
import io.paddock.machine.TlsException;
import io.paddock.operators.FourLetterClient;
import io.paddock.operators.FourLetterWords;
import io.paddock.operators.SrvrAnswer;
import io.paddock.peers.BindAddresses;
import io.paddock.zab.EnsembleServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The doctor's look at this machine's own ports and addresses. */
final class DoctorPorts {
  private static final int ASK_MS = 3000;

  private final ZooCfg config;
  private final List<Diagnosis> found = new ArrayList<>();
  private SrvrAnswer answer;

  DoctorPorts(ZooCfg config) {
    this.config = config;
  }

  /** Whether the client port is held by a ZooKeeper server, this one's presumably. */
  boolean serverRuns() {
    ClientPortConfig port = port();
    String host = port.host() == null ? "localhost" : port.host();
    try {
      String text =
          config.clientPort().isOpen()
              ? FourLetterClient.ask(host, port.port(), "srvr", ASK_MS)
              : FourLetterClient.ask(
                  host,
                  port.port(),
                  "srvr",
                  ASK_MS,
                  OwnClient.sockets(config.clientTls().orElseThrow().tls()));
      answer =
          text.startsWith("Zookeeper version") || text.startsWith(FourLetterWords.NOT_SERVING)
              ? SrvrAnswer.of(text)
              : null;
    } catch (IOException | TlsException e) {
      answer = null;
    }
    return answer != null;
  }

  /** Where clients connect: by TLS if there is nothing else. */
  private ClientPortConfig port() {
    ClientPortConfig plain = config.clientPort();
    return plain.isOpen()
        ? plain
        : config.clientTls().map(tls -> plain.at(tls.host(), tls.port())).orElseThrow();
  }

  /** Logins by SASL, as a start would find them. */
  private void logins() {
    AuthConfig auth = config.auth();
    try {
      SaslLogin.examine(auth.sasl(), auth.onlySasl())
          .map(
              outlook ->
                  outlook.works()
                      ? Diagnosis.ok("SASL", outlook.words())
                      : Diagnosis.warn("SASL", outlook.words(), "see docs/security.md"))
          .ifPresent(found::add);
    } catch (StartException e) {
      found.add(Diagnosis.error("SASL", e.getMessage(), "the server does not start with this"));
    }
  }

  /** Whether the server that runs serves clients, so that it can reach its leader. */
  boolean serverServes() {
    return answer != null && answer.serves();
  }

  List<Diagnosis> examine() {
    logins();
    if (answer != null) {
      String subject = "server";
      if (answer.serves()) {
        found.add(
            Diagnosis.ok(
                subject,
                "runs on client port " + port().port() + " as " + answer.mode() + answerDetails()));
      } else {
        found.add(
            Diagnosis.warn(
                subject,
                "runs on client port " + port().port() + " and serves nobody",
                "it has no leader: its log says every minute whom it waits for; see the peers"
                    + " below"));
      }
    } else {
      freePorts();
    }
    config.membership().ifPresent(this::ownAddresses);
    return found;
  }

  private String answerDetails() {
    return (answer.zxid().isPresent()
            ? ", zxid 0x" + Long.toHexString(answer.zxid().getAsLong())
            : "")
        + (answer.version().isEmpty() ? "" : ", version " + answer.release());
  }

  private void freePorts() {
    int before = found.size();
    List<String> free = new ArrayList<>();
    ClientPortConfig client = config.clientPort();
    if (client.isOpen()) {
      check("clientPort", client.bindAddress(), free);
    }
    if (config.clientTls().filter(ClientTlsConfig::hasPort).isPresent()) {
      ClientTlsConfig tls = config.clientTls().get();
      check("secureClientPort", client.at(tls.host(), tls.port()).bindAddress(), free);
    }
    config
        .membership()
        .ifPresent(
            membership -> {
              for (EnsembleServer.Address own : membership.self().addresses()) {
                check(
                    "quorum port",
                    BindAddresses.of(membership, own.host(), own.quorumPort()),
                    free);
                check(
                    "election port",
                    BindAddresses.of(membership, own.host(), own.electionPort()),
                    free);
              }
            });
    if (config.admin().enabled()) {
      int errors = found.size();
      check(
          "admin.serverPort",
          new InetSocketAddress(config.admin().host(), config.admin().port()),
          free);
      boolean goesOn = config.membership().isPresent() || !config.admin().portIsChosen();
      if (goesOn && found.size() > errors) {
        Diagnosis error = found.remove(errors);
        found.add(
            Diagnosis.warn(
                error.subject(),
                error.finding() + "; without it there is no AdminServer",
                error.remedy()));
      }
    }
    if (config.metrics().prometheus()) {
      metricsPort("metricsProvider.httpPort", config.metrics().port(), free);
      metricsPort("metricsProvider.httpsPort", config.metrics().httpsPort(), free);
    }
    if (found.size() == before) {
      found.add(Diagnosis.ok("ports", "no server runs here; free are " + String.join(", ", free)));
    }
  }

  private void metricsPort(String key, int port, List<String> free) {
    if (port >= 0) {
      check(key, new InetSocketAddress(config.metrics().host(), port), free);
    }
  }

  private void check(String key, InetSocketAddress named, List<String> free) {
    InetSocketAddress address =
        named.isUnresolved()
            ? new InetSocketAddress(named.getHostString(), named.getPort())
            : named;
    if (address.isUnresolved()) {
      found.add(
          Diagnosis.error(
              "ports",
              key + ": no such host: " + address.getHostString(),
              "correct the name, or DNS or /etc/hosts"));
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      // As the server binds it: what was closed a moment ago is no hindrance.
      probe.setReuseAddress(true);
      probe.bind(address);
      free.add(key + " " + address.getPort());
    } catch (BindException e) {
      boolean foreign = String.valueOf(e.getMessage()).contains("assign");
      found.add(
          foreign
              ? Diagnosis.error(
                  "ports",
                  key + ": " + address.getHostString() + " is no address of this machine",
                  "correct the line, or set quorumListenOnAllIPs=true")
              : Diagnosis.error(
                  "ports",
                  key + " " + address.getPort() + " is in use, and not by this server",
                  "end what listens there, or choose another port (" + e.getMessage() + ")"));
    } catch (IOException e) {
      found.add(
          Diagnosis.error(
              "ports", key + " " + address.getPort() + " cannot be bound", CauseWords.of(e)));
    }
  }

  /** Whether others that follow the server lines come to this machine. */
  private void ownAddresses(MembershipConfig membership) {
    String subject = "server." + membership.myId();
    for (EnsembleServer.Address own : membership.self().addresses()) {
      try {
        InetAddress[] resolved = InetAddress.getAllByName(own.host());
        boolean isHere = false;
        boolean isLoopback = true;
        for (InetAddress address : resolved) {
          isHere |= OwnAddresses.has(address);
          isLoopback &= address.isLoopbackAddress();
        }
        if (!isHere) {
          found.add(
              membership.peers().listenOnAllIps()
                  ? Diagnosis.warn(
                      subject,
                      own.host() + " (" + resolved[0].getHostAddress() + ") is not this machine's",
                      "well if it leads here, as through NAT; else correct the line or myid")
                  : Diagnosis.error(
                      subject,
                      own.host() + " (" + resolved[0].getHostAddress() + ") is not this machine's",
                      "correct the line or the file myid, or set quorumListenOnAllIPs=true"));
        } else if (isLoopback
            && othersAreElsewhere(membership)
            && !membership.peers().listenOnAllIps()) {
          found.add(
              Diagnosis.error(
                  subject,
                  own.host()
                      + " is "
                      + resolved[0].getHostAddress()
                      + " on this machine, which others cannot reach",
                  "correct /etc/hosts (Debian writes the own name as 127.0.1.1), or set"
                      + " quorumListenOnAllIPs=true"));
        } else {
          found.add(Diagnosis.ok(subject, own.host() + " is this machine"));
        }
      } catch (UnknownHostException e) {
        found.add(
            Diagnosis.error(
                subject, "no such host: " + own.host(), "correct the name, or DNS or /etc/hosts"));
      }
    }
  }

  private static boolean othersAreElsewhere(MembershipConfig membership) {
    for (EnsembleServer server : membership.ensemble().servers()) {
      if (server.sid() != membership.myId()) {
        try {
          if (!InetAddress.getByName(server.addresses().get(0).host()).isLoopbackAddress()) {
            return true;
          }
        } catch (UnknownHostException e) {
          // Told when the peers are looked at.
        }
      }
    }
    return false;
  }
}
