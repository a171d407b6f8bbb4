package io.paddock.server;

import io.paddock.config.CauseWords;
import io.paddock.config.ConfigException;
import io.paddock.config.FirstMember;
import io.paddock.config.MembershipConfig;
import io.paddock.config.MemoryShares;
import io.paddock.config.ZooCfg;
import io.paddock.journal.DamagedException;
import io.paddock.journal.Finding;
import io.paddock.journal.Journal;
import io.paddock.machine.DataLoader;
import io.paddock.machine.JournalThread;
import io.paddock.machine.MemberJournal;
import io.paddock.machine.SnapshotThread;
import io.paddock.machine.StartException;
import io.paddock.machine.TlsException;
import io.paddock.machine.Transport;
import io.paddock.metrics.LearnerConnection;
import io.paddock.metrics.ServerMetrics;
import io.paddock.operators.ServerMode;
import io.paddock.peers.BindAddresses;
import io.paddock.peers.PeerGate;
import io.paddock.peers.PeerNet;
import io.paddock.peers.PeerSasl;
import io.paddock.peers.PeerTls;
import io.paddock.peers.QuorumPort;
import io.paddock.peers.Roster;
import io.paddock.peers.WaitReport;
import io.paddock.replica.Clock;
import io.paddock.replica.Ensemble;
import io.paddock.replica.Replica;
import io.paddock.replica.ReplicaSettings;
import io.paddock.replica.RoleListener;
import io.paddock.replica.Service;
import io.paddock.tree.Prep;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.zab.DurableState;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.LoggedTxn;
import io.paddock.zab.Role;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server as member of its ensemble: puts disk, peers and replica together, and lets clients in
 * and out as the role comes and goes.
 */
final class EnsembleMember implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EnsembleMember.class);

  private final Roster roster;
  private final PeerNet net;
  private final QuorumPort port;
  private final CoreLoop core;
  private final Replica replica;

  /** Completes with null, or with why the election port cannot be opened. */
  private final CompletableFuture<Throwable> bound = new CompletableFuture<>();

  private EnsembleMember(
      Roster roster, PeerNet net, QuorumPort port, CoreLoop core, Replica replica) {
    this.roster = roster;
    this.net = net;
    this.port = port;
    this.core = core;
    this.replica = replica;
  }

  /**
   * What the disk holds, with the epoch files brought in line.
   *
   * @param recent the last transactions that were loaded
   */
  static DurableState durable(Journal journal, long lastZxid, List<LoggedTxn> recent)
      throws IOException {
    List<Finding> mended = journal.epochs().reconcile(lastZxid);
    mended.forEach(finding -> LOG.warn("{}", finding));
    long accepted = journal.epochs().accepted().orElseThrow();
    long current = journal.epochs().current().orElseThrow();
    try {
      return new DurableState(accepted, current, lastZxid, recent);
    } catch (IllegalArgumentException e) {
      throw new DamagedException(
          "acceptedEpoch", -1, e.getMessage(), "Bring the files that belong together back");
    }
  }

  /** What a member is built of, beside its configuration. */
  record Parts(
      Transport transport,
      CoreLoop core,
      Journal journal,
      JournalThread journalThread,
      SnapshotThread snapshotThread,
      Supplier<DataLoader> loaders,
      TreeSettings treeSettings,
      boolean digestEnabled,
      Prep prep,
      Clock clock,
      ReplicaSettings settings,
      MemoryShares shares,
      ServerMetrics metrics,
      PeerGate gate,
      Optional<PeerTls> peerTls,
      Optional<PeerSasl> peerSasl) {}

  /**
   * The stores of TLS between servers, read and checked; empty where there is none, or no ensemble
   * that this server belongs to or can come to belong to.
   */
  static Optional<PeerTls> openTls(ZooCfg config) throws StartException {
    if (config.membership().isEmpty() && FirstMember.of(config).isEmpty()) {
      return Optional.empty();
    }
    try {
      return PeerTls.open(config.peerTls());
    } catch (TlsException e) {
      throw new StartException(e.getMessage(), ConfigException.EXIT_INVALID_CONFIG, e);
    }
  }

  /**
   * How servers log in to each other, read and checked; empty where they do not, or where there is
   * no ensemble that this server belongs to or can come to belong to.
   */
  static Optional<PeerSasl> openSasl(ZooCfg config) throws StartException {
    if (config.membership().isEmpty() && FirstMember.of(config).isEmpty()) {
      return Optional.empty();
    }
    List<String> hosts =
        config.membership().stream()
            .flatMap(member -> member.ensemble().servers().stream())
            .flatMap(server -> server.addresses().stream())
            .map(EnsembleServer.Address::host)
            .toList();
    return PeerSasl.open(config.peerSasl(), hosts);
  }

  /** A server that is a member from its start. */
  static EnsembleMember take(
      Roster roster,
      Parts parts,
      DurableState durable,
      Tree tree,
      long replayed,
      RoleListener roles) {
    parts.core.service(Service.NONE);
    return take(
        roster,
        parts,
        durable,
        roles,
        ensemble ->
            Replica.member(
                ensemble,
                parts.settings,
                tree,
                replayed,
                parts.prep,
                parts.clock,
                System.nanoTime()));
  }

  /** A server alone that becomes a member: {@code before} has nothing outstanding. */
  static EnsembleMember take(
      Roster roster, Parts parts, DurableState durable, Replica before, RoleListener roles) {
    return take(
        roster,
        parts,
        durable,
        roles,
        ensemble ->
            Replica.succeeding(
                before, ensemble, parts.settings, parts.prep, parts.clock, System.nanoTime()));
  }

  private static EnsembleMember take(
      Roster roster,
      Parts parts,
      DurableState durable,
      RoleListener roles,
      Function<Ensemble, Replica> replicas) {
    MembershipConfig config = roster.config();
    parts.peerTls.ifPresent(
        tls -> {
          tls.start(parts.core.guard());
          parts.metrics.peerTls(tls::daysLeft);
        });
    parts.peerSasl.ifPresent(sasl -> sasl.start(parts.core.guard()));
    PeerNet net =
        new PeerNet(
            parts.transport,
            parts.core,
            config.peers(),
            parts.gate,
            parts.peerTls.orElse(null),
            parts.peerSasl.orElse(null));
    MemberJournal disk =
        new MemberJournal(
            parts.journal,
            parts.journalThread,
            parts.snapshotThread,
            parts.core,
            parts.loaders,
            parts.digestEnabled,
            net::inBackground,
            parts.shares.journalBytesMax());
    QuorumPort port =
        new QuorumPort(roster, net, disk, parts.treeSettings, parts.shares, parts.metrics);
    Ensemble ensemble =
        new Ensemble(config.myId(), durable, roster, config.zab(), disk, port, roles);
    Replica replica = replicas.apply(ensemble);
    disk.tell(replica);
    port.tell(replica);
    return new EnsembleMember(roster, net, port, parts.core, replica);
  }

  Roster roster() {
    return roster;
  }

  Replica replica() {
    return replica;
  }

  /** The connections of a leader's learners. Called in the core's loop. */
  List<LearnerConnection> learnerConnections() {
    return port.learners();
  }

  /** Tells of the wait for a leader while {@code serves} says no. */
  private void watch(BooleanSupplier serves) {
    WaitReport watch =
        new WaitReport(LOG, roster, port.elections().troubles(), net.troubles(), serves);
    core.loop()
        .scheduleAtFixedRate(
            core.guard().of(() -> watch.look(net.nowMs())),
            WaitReport.LOOK_MS,
            WaitReport.LOOK_MS,
            TimeUnit.MILLISECONDS);
  }

  /**
   * Opens the election port; returns after the first try, whatever came of it.
   *
   * @param serves whether clients are served
   */
  void open(BooleanSupplier serves) {
    CompletableFuture<Void> tried = new CompletableFuture<>();
    core.loop()
        .execute(
            () -> {
              try {
                port.elections().open(() -> tried.complete(null), bound::complete);
              } catch (Throwable e) {
                bound.complete(e);
                tried.complete(null);
              }
            });
    tried.join();
    watch(serves);
    LOG.info(
        "Server {} takes its place in the ensemble {}",
        roster.config().myId(),
        roster.committed().text().replace("\n", ", "));
  }

  /** Waits until the election port is open or given up, unless it is tried for ever. */
  void awaitOpen() throws StartException {
    Throwable cause =
        roster.config().peers().bindRetry().isForEver() ? bound.getNow(null) : bound.join();
    if (cause != null) {
      EnsembleServer.Address own = roster.self().addresses().get(0);
      throw new StartException(
          "The election port "
              + own.host()
              + ":"
              + own.electionPort()
              + " of server."
              + roster.config().myId()
              + " cannot be bound: "
              + CauseWords.of(cause)
              + ". "
              + BindAddresses.REMEDY,
          ConfigException.EXIT_QUORUM_PORT,
          cause);
    }
  }

  static ServerMode mode(Role role) {
    return switch (role) {
      case LEADING -> ServerMode.LEADER;
      case OBSERVING -> ServerMode.OBSERVER;
      case FOLLOWING, LOOKING -> ServerMode.FOLLOWER;
    };
  }

  @Override
  public void close() {
    bound.complete(null);
    Transport.inLoopIfItGoes(core.loop(), port::shutDown);
    net.close();
  }
}
