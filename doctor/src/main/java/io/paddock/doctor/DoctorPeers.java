package io.paddock.doctor;

import io.paddock.config.MembershipConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.LiveTls;
import io.paddock.machine.OwnAddresses;
import io.paddock.machine.TlsException;
import io.paddock.machine.TlsWords;
import io.paddock.operators.FourLetterClient;
import io.paddock.operators.FourLetterWords;
import io.paddock.operators.SrvrAnswer;
import io.paddock.peers.DialCause;
import io.paddock.peers.ElectionProbe;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.InvalidConfigException;
import io.paddock.zab.Notification;
import io.paddock.zab.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/**
 * The doctor's look at the other servers: each is asked at its election port, as somebody without a
 * vote, and at its client port. All are asked at once.
 */
final class DoctorPeers {
  private static final int TIMEOUT_MS = 3000;

  private final ZooCfg config;
  private final MembershipConfig membership;
  private final boolean reachesLeader;

  /**
   * @param reachesLeader whether this server serves clients: then the leader's quorum port is left
   *     alone, since a leader complains of who comes and goes
   */
  DoctorPeers(ZooCfg config, MembershipConfig membership, boolean reachesLeader) {
    this.config = config;
    this.membership = membership;
    this.reachesLeader = reachesLeader;
  }

  /** What one peer has answered. Written by its own thread, read afterwards. */
  private static final class Patient {
    final EnsembleServer server;
    final List<Diagnosis> found = new ArrayList<>();
    Notification vote;
    SrvrAnswer srvr;

    Patient(EnsembleServer server) {
      this.server = server;
    }

    String subject() {
      return "server." + server.sid();
    }

    void ok(String finding) {
      found.add(Diagnosis.ok(subject(), finding));
    }

    void warn(String finding, String remedy) {
      found.add(Diagnosis.warn(subject(), finding, remedy));
    }

    void error(String finding, String remedy) {
      found.add(Diagnosis.error(subject(), finding, remedy));
    }
  }

  List<Diagnosis> examine() {
    List<Patient> patients = new ArrayList<>();
    for (EnsembleServer server : membership.ensemble().servers()) {
      if (server.sid() != membership.myId()) {
        patients.add(new Patient(server));
      }
    }
    ExecutorService doctors = Executors.newFixedThreadPool(Math.max(1, patients.size()));
    try {
      List<Callable<Void>> visits = new ArrayList<>();
      for (Patient patient : patients) {
        visits.add(
            () -> {
              visit(patient);
              return null;
            });
      }
      for (Future<Void> visit : doctors.invokeAll(visits)) {
        visit.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the examination of a peer failed", e.getCause());
    } finally {
      doctors.shutdownNow();
    }
    List<Diagnosis> found = new ArrayList<>();
    patients.forEach(patient -> found.addAll(patient.found));
    found.addAll(agreement(patients));
    return found;
  }

  private void visit(Patient patient) throws IOException {
    EnsembleServer.Address address = patient.server.addresses().get(0);
    InetAddress host;
    try {
      host = InetAddress.getByName(address.host());
    } catch (UnknownHostException e) {
      patient.error(
          "no such host: " + address.host(),
          "correct the name in the server line, or DNS or /etc/hosts");
      return;
    }
    electionPort(patient, host, address);
    clientPort(patient, address);
    if (!reachesLeader) {
      quorumPort(patient, host, address);
    }
  }

  /** By TLS, if this server dials its peers so; with stores that are no good there is nothing. */
  private Optional<SSLSocketFactory> sockets() throws TlsException {
    return config.peerTls().sslQuorum()
        ? Optional.of(LiveTls.socketsToPeers(config.peerTls().tls()))
        : Optional.empty();
  }

  private void electionPort(Patient patient, InetAddress host, EnsembleServer.Address address) {
    String at = PeerTlsCheck.ELECTION_PORT + address.host() + ":" + address.electionPort();
    try {
      Notification vote = ElectionProbe.ask(host, address.electionPort(), TIMEOUT_MS, sockets());
      patient.vote = vote;
      patient.ok(at + " answers: " + role(vote));
      if (vote.state() == Role.LEADING && vote.leader() != patient.server.sid()) {
        patient.error(
            "who leads there is server " + vote.leader() + ", by its own word",
            "correct the file myid there, or the server lines here");
      }
      compare(patient, vote.config());
    } catch (TlsException e) {
      patient.warn(at + " was not asked: this server's own stores are no good", "see above");
    } catch (SSLException e) {
      patient.error(at + ": " + TlsWords.shortly(e), TlsWords.ofPeer(e, patient.subject(), true));
    } catch (ElectionProbe.StrangeException e) {
      if (e.hangsUp() && config.peerSasl().serverRequires() && callsRightly(address)) {
        patient.ok(at + " takes calls and hangs up on whoever does not log in");
        return;
      }
      patient.error(
          at + ": " + e.getMessage() + otherKind(address),
          "correct the second port of the line " + patient.subject());
    } catch (IOException e) {
      DialCause cause = DialCause.of(address.host(), e);
      if (cause.isRefusal()) {
        patient.warn(at + ": " + cause.words(), cause.remedy());
      } else {
        patient.error(at + ": " + cause.words(), cause.remedy());
      }
    }
  }

  /** What kind of port it is instead, if that can be told. */
  private static String otherKind(EnsembleServer.Address address) {
    if (speaksTls(address)) {
      return "; it speaks TLS: set sslQuorum and portUnification alike on all servers";
    }
    try {
      String answer =
          FourLetterClient.ask(address.host(), address.electionPort(), "srvr", TIMEOUT_MS);
      boolean isClientPort =
          answer.startsWith("Zookeeper version") || answer.startsWith(FourLetterWords.NOT_SERVING);
      return isClientPort ? "; it is a client port" : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether who hangs up does not do so because of TLS. */
  private boolean callsRightly(EnsembleServer.Address address) {
    return config.peerTls().sslQuorum() || !speaksTls(address);
  }

  private static boolean speaksTls(EnsembleServer.Address address) {
    try {
      InetAddress host = InetAddress.getByName(address.host());
      TlsAnswer answer =
          TlsAnswer.of(host, address.electionPort(), Optional.empty(), List.of(), "", TIMEOUT_MS);
      return answer.kind() == TlsAnswer.Kind.TLS;
    } catch (IOException | TlsException e) {
      return false;
    }
  }

  private static String role(Notification vote) {
    return switch (vote.state()) {
      case LOOKING -> "it looks for a leader";
      case LEADING -> "it leads";
      case FOLLOWING -> "it follows server." + vote.leader();
      case OBSERVING -> "it observes";
    };
  }

  /** Its members beside ours; where it serves clients is its own affair. */
  private void compare(Patient patient, String text) {
    if (text == null || text.isBlank()) {
      return;
    }
    EnsembleConfig theirs;
    try {
      theirs = EnsembleConfig.parse(text);
    } catch (InvalidConfigException e) {
      patient.warn("its configuration cannot be read: " + e.getMessage(), "compare by hand");
      return;
    }
    TreeSet<Long> sids = new TreeSet<>();
    theirs.servers().forEach(server -> sids.add(server.sid()));
    membership.ensemble().servers().forEach(server -> sids.add(server.sid()));
    List<String> differences = new ArrayList<>();
    for (long sid : sids) {
      String there = line(theirs.server(sid));
      String here = line(membership.ensemble().server(sid));
      if (!there.equals(here)) {
        differences.add("server." + sid + " is " + there + " there and " + here + " here");
      }
    }
    if (differences.isEmpty()) {
      return;
    }
    String all = "its configuration differs: " + String.join("; ", differences);
    if (theirs.version() > membership.ensemble().version()) {
      patient.warn(all, "it was reconfigured since; this server learns it when it joins");
    } else {
      patient.error(all, "give all servers the same server lines");
    }
  }

  private static String line(EnsembleServer server) {
    return server == null ? "missing" : server.text().split(";", 2)[0];
  }

  private void clientPort(Patient patient, EnsembleServer.Address address)
      throws UnknownHostException {
    boolean told = patient.server.clientPort() > 0;
    if (!told && OwnAddresses.has(InetAddress.getByName(address.host()))) {
      return; // this server's own port would answer
    }
    if (!told && !config.clientPort().isOpen()) {
      return; // they speak TLS, and need not believe this server
    }
    int port = told ? patient.server.clientPort() : config.clientPort().port();
    String host = address.host();
    String given = patient.server.clientHost();
    if (told && given != null && !given.equals("0.0.0.0") && !given.equals("::")) {
      host = given;
    }
    String at =
        "client port " + host + ":" + port + (told ? "" : " (taken to be the same as here)");
    try {
      String text = FourLetterClient.ask(host, port, "srvr", TIMEOUT_MS);
      patient.srvr = SrvrAnswer.of(text);
      if (patient.srvr.mode().equals("standalone")) {
        patient.error(
            at + ": a server that stands alone",
            "give it the same server lines, and a file myid, and restart it");
      } else if (patient.srvr.serves()) {
        patient.ok(
            at
                + ": "
                + patient.srvr.mode()
                + ", zxid 0x"
                + Long.toHexString(patient.srvr.zxid().orElse(0))
                + ", version "
                + patient.srvr.release());
        identity(patient, host, port);
      } else if (text.contains("whitelist")) {
        patient.ok(at + " answers, and does not allow srvr");
      } else if (text.startsWith(FourLetterWords.NOT_SERVING)) {
        patient.warn(at + " serves nobody", "it has no leader: its log says whom it waits for");
      } else {
        patient.warn(at + " is no ZooKeeper client port", "");
      }
    } catch (IOException e) {
      if (told) {
        DialCause cause = DialCause.of(host, e);
        patient.warn(at + ": " + cause.words(), cause.remedy());
      }
    }
  }

  /** The word conf tells a server's own id, where it is allowed. */
  private static void identity(Patient patient, String host, int port) {
    try {
      for (String line : FourLetterClient.ask(host, port, "conf", TIMEOUT_MS).split("\n")) {
        String id = line.startsWith("serverId=") ? line.substring(9).trim() : "0";
        if (!id.equals("0") && !id.equals(Long.toString(patient.server.sid()))) {
          patient.error(
              "the server there has the id " + id,
              "correct its file myid, or the server lines here");
        }
      }
    } catch (IOException e) {
      // It need not answer that.
    }
  }

  /** Only a leader listens at its quorum port. */
  private static void quorumPort(
      Patient patient, InetAddress host, EnsembleServer.Address address) {
    boolean leads =
        patient.srvr != null && patient.srvr.mode().equals("leader")
            || patient.vote != null && patient.vote.state() == Role.LEADING;
    if (!leads) {
      return;
    }
    String at = "quorum port " + address.host() + ":" + address.quorumPort();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, address.quorumPort()), TIMEOUT_MS);
      patient.ok(at + " takes connections");
    } catch (IOException e) {
      DialCause cause = DialCause.of(address.host(), e);
      patient.error(
          at + ", where the leader listens: " + cause.words(),
          "correct the first port of the line " + patient.subject() + ", or the firewall");
    }
  }

  private List<Diagnosis> agreement(List<Patient> patients) {
    TreeMap<Long, List<Long>> followersOf = new TreeMap<>();
    TreeSet<Long> leaders = new TreeSet<>();
    TreeSet<String> versions = new TreeSet<>();
    for (Patient patient : patients) {
      if (patient.vote != null && patient.vote.state() != Role.LOOKING) {
        followersOf
            .computeIfAbsent(patient.vote.leader(), key -> new ArrayList<>())
            .add(patient.server.sid());
      }
      if (patient.srvr != null && patient.srvr.mode().equals("leader")) {
        leaders.add(patient.server.sid());
      }
      if (patient.srvr != null && patient.srvr.serves()) {
        versions.add(patient.srvr.release());
      }
    }
    List<Diagnosis> found = new ArrayList<>();
    String subject = "ensemble";
    // An observer's vote names nobody.
    followersOf.keySet().removeIf(leader -> leader < 0);
    if (followersOf.size() > 1 || leaders.size() > 1) {
      found.add(
          Diagnosis.error(
              subject,
              "the servers do not agree on a leader: " + followersOf,
              "an election may be under way; if it stays so, some of them cannot reach each other"));
    } else if (followersOf.size() == 1) {
      found.add(Diagnosis.ok(subject, "server." + followersOf.firstKey() + " leads"));
    } else if (patients.stream().noneMatch(p -> p.srvr != null && p.srvr.serves())) {
      found.add(
          Diagnosis.warn(
              subject,
              "none of the other servers knows of a leader",
              membership.ensemble().quorum().size() / 2
                  + 1
                  + " voters must run and reach each other"));
    }
    if (versions.size() > 1) {
      found.add(
          Diagnosis.warn(
              subject,
              "different versions: " + String.join(" and ", versions),
              "well during a rolling upgrade; bring them to one version after it"));
    }
    return found;
  }
}
