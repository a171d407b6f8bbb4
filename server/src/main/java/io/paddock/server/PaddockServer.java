package io.paddock.server;

import io.netty.channel.EventLoop;
import io.paddock.config.CauseWords;
import io.paddock.config.ConfigException;
import io.paddock.config.FirstMember;
import io.paddock.config.MembershipConfig;
import io.paddock.config.MemoryShares;
import io.paddock.config.SessionConfig;
import io.paddock.config.ZooCfg;
import io.paddock.frontend.AuthRules;
import io.paddock.frontend.ConnectionGate;
import io.paddock.frontend.Limits;
import io.paddock.frontend.View;
import io.paddock.journal.Journal;
import io.paddock.journal.Storage;
import io.paddock.machine.DataFiles;
import io.paddock.machine.DataLoader;
import io.paddock.machine.Guard;
import io.paddock.machine.JournalThread;
import io.paddock.machine.LiveTls;
import io.paddock.machine.MachineClock;
import io.paddock.machine.ServerNote;
import io.paddock.machine.SnapshotThread;
import io.paddock.machine.StartException;
import io.paddock.machine.Transport;
import io.paddock.metrics.ServerMetrics;
import io.paddock.operators.BuildInfo;
import io.paddock.operators.FourLetterWords;
import io.paddock.operators.OperatorPorts;
import io.paddock.operators.ServerMode;
import io.paddock.operators.ServerStatus;
import io.paddock.peers.PeerGate;
import io.paddock.peers.PeerSasl;
import io.paddock.peers.PeerTls;
import io.paddock.peers.Roster;
import io.paddock.replica.Replica;
import io.paddock.replica.RoleListener;
import io.paddock.replica.SessionIds;
import io.paddock.tree.AccessControl;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.zab.DurableState;
import io.paddock.zab.EnsembleServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server, alone or a member of an ensemble: opens its data directory, serves clients, and stops
 * when closed. Several live in one process without sharing anything but the process. All methods
 * may be called by any thread.
 *
 * <p>What ends it beside {@link #close}: a failed force of the log or a broken invariant. Then it
 * stops serving at once, says why in one line, and calls the failure hook; it never goes on with a
 * state that it cannot vouch for.
 *
 * <p>Over 400 lines: start, change of role and stop touch the same parts, in orders that depend on
 * each other.
 */
public final class PaddockServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PaddockServer.class);

  /** Deadlines among members are finer than those of sessions. */
  private static final long MEMBER_TICK_MS = 20;

  private final ZooCfg config;

  /** Null outside of tests. */
  private final PeerGate gate;

  private final ServerMetrics metrics;
  private final MemoryShares shares;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CountDownLatch terminated = new CountDownLatch(1);
  private final HeldDirectories directories;
  private final FailureStop failures;
  private final List<ClientLoop> clientLoops = new ArrayList<>();
  private final Transport transport;
  private final ClientPorts clients;
  private final ClientLogins logins;
  private final Optional<PeerTls> peerTls;
  private final Optional<PeerSasl> peerSasl;
  private final ExecutorService helper;

  private Journal journal;
  private DataFiles dataFiles;
  private JournalThread journalThread;
  private SnapshotThread snapshotThread;
  private CoreLoop core;
  private AccessControl access;
  private LiveStatus status;
  private SessionIds sessionIds;

  /** Null while this server stands alone. */
  private volatile EnsembleMember member;

  private OperatorPorts operatorPorts;

  /** Null where there is no audit log. */
  private ServerAudit audit;

  private PaddockServer(
      ZooCfg config,
      Runnable onFailure,
      UnaryOperator<Storage> files,
      PeerGate gate,
      Optional<LiveTls> tls,
      Optional<PeerTls> peerTls,
      Optional<PeerSasl> peerSasl,
      ClientLogins logins) {
    this.config = config;
    this.directories = new HeldDirectories(files);
    this.gate = gate;
    this.peerTls = peerTls;
    this.peerSasl = peerSasl;
    this.logins = logins;
    this.metrics = new ServerMetrics(config.journal().forceWarningMs());
    this.shares = MemoryShares.of(config.limits());
    this.transport = Transport.open();
    this.clients = new ClientPorts(config, tls, transport, clientLoops, metrics, shares);
    this.helper =
        Executors.newSingleThreadExecutor(
            work -> new Guard(this::fail).daemon(work, "paddock-helper"));
    // These threads are made now: later there may be none.
    helper.execute(() -> {});
    this.failures =
        new FailureStop(
            metrics, this::answerNobody, onFailure, this::close, () -> dataFiles.account());
  }

  /**
   * Starts a server; it serves when this returns.
   *
   * @param onFailure called once if the server has to stop by itself
   * @throws StartException when it cannot, with cause, remedy and the exit code ZooKeeper users
   *     know
   */
  public static PaddockServer start(ZooCfg config, Runnable onFailure) throws StartException {
    return start(config, onFailure, UnaryOperator.identity(), null);
  }

  /**
   * As {@link #start(ZooCfg, Runnable)}, with a gate at which a test can cut the links to peers.
   */
  public static PaddockServer start(ZooCfg config, Runnable onFailure, PeerGate gate)
      throws StartException {
    return start(config, onFailure, UnaryOperator.identity(), gate);
  }

  /** As {@link #start(ZooCfg, Runnable)}, with something between the server and its files. */
  static PaddockServer start(ZooCfg config, Runnable onFailure, UnaryOperator<Storage> files)
      throws StartException {
    return start(config, onFailure, files, null);
  }

  private static PaddockServer start(
      ZooCfg config, Runnable onFailure, UnaryOperator<Storage> files, PeerGate gate)
      throws StartException {
    PaddockServer server =
        new PaddockServer(
            config,
            onFailure,
            files,
            gate,
            ClientPorts.openTls(config),
            EnsembleMember.openTls(config),
            EnsembleMember.openSasl(config),
            ClientLogins.open(config.auth()));
    try {
      server.open();
      return server;
    } catch (StartException e) {
      server.close();
      throw e;
    } catch (ConfigException e) {
      server.close();
      throw new StartException(e.getMessage(), e.exitCode(), e);
    } catch (IOException e) {
      server.close();
      throw new StartException(
          "The data directory cannot be used: " + CauseWords.of(e),
          ConfigException.EXIT_DATA_DIRECTORY,
          e);
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  /** The port clients connect to; -1 when there is only the one for TLS. */
  public int clientPort() {
    return clients.plainAddress().map(InetSocketAddress::getPort).orElse(-1);
  }

  /** The port clients connect to by TLS alone; -1 when there is none. */
  public int secureClientPort() {
    return clients.secureAddress().map(InetSocketAddress::getPort).orElse(-1);
  }

  /** The AdminServer's port as bound; -1 when there is none. */
  public int adminPort() {
    return operatorPorts == null ? -1 : operatorPorts.adminPort();
  }

  /** The port where Prometheus scrapes, as bound; -1 when there is none. */
  public int metricsPort() {
    return operatorPorts == null ? -1 : operatorPorts.metricsPort();
  }

  /**
   * Whether those voters of whom {@code has} holds can decide without the others, by the
   * configuration in force; alone, always.
   */
  public boolean isQuorum(LongPredicate has) {
    return member == null || member.roster().committed().quorum().isReached(has);
  }

  /** For tests, which break it. */
  CoreLoop core() {
    return core;
  }

  /** For tests, which break it. */
  List<ClientLoop> clientLoops() {
    return clientLoops;
  }

  /** What operators may ask of it. */
  public ServerStatus status() {
    return status;
  }

  /** Waits until the server has stopped. */
  public void awaitTermination() throws InterruptedException {
    terminated.await();
  }

  private void open() throws IOException, ConfigException, StartException {
    config.warnings().forEach(LOG::warn);
    audit = ServerAudit.open(config.audit(), metrics, new Guard(this::fail));
    HeldDirectories.Storages storages =
        directories.open(config.journal(), config.clientPort().bindRetry());
    journal =
        Journal.open(
            storages.snapshots(), storages.logs(), DataLoader.settings(config), System::nanoTime);
    boolean digestEnabled = config.tree().digestEnabled();
    TreeSettings treeSettings =
        new TreeSettings(config.tree().extendedTypes(), new SecureRandom().nextLong());
    Supplier<DataLoader> loaders = () -> new DataLoader(journal, treeSettings, digestEnabled);
    DataLoader loader = loaders.get();
    if (config.membership().isPresent()) {
      loader.keepingRecent(config.membership().get().zab().commitLogTxnsMax());
    }
    Tree tree = loader.load();
    loader.report(metrics);
    assemble(tree, loader, treeSettings, loaders);
    bind();
  }

  private void assemble(
      Tree tree, DataLoader loader, TreeSettings treeSettings, Supplier<DataLoader> loaders)
      throws IOException, StartException {
    core = new CoreLoop(transport.coreLoop(), this::fail);
    core.countIn(metrics);
    if (audit != null) {
      core.auditBy(audit::follow);
    }
    snapshotThread =
        new SnapshotThread(
            snapshot -> DataLoader.writeSnapshot(journal, snapshot, config.tree().digestEnabled()),
            core::failed,
            metrics);
    dataFiles = DataFiles.of(journal, config);
    journalThread = new JournalThread(dataFiles, snapshotThread, core, metrics);
    access = CoreSettings.access(config.auth(), logins.load(core.guard()));
    status = new LiveStatus(config, metrics, core, clientLoops, journal, access);
    Optional<FirstMember> growing = FirstMember.of(config);
    EnsembleMember.Parts parts = parts(treeSettings, loaders, access);
    Replica replica =
        config.membership().isPresent()
            ? becomeMember(parts, tree, loader)
            : Replica.alone(
                parts.settings(),
                tree,
                loader.replayed(),
                CoreSettings.prep(config, access, false),
                journalThread,
                parts.clock(),
                System.nanoTime());
    growing.ifPresent(
        files -> core.growBy(new Growth(files, core, parts, helper, new GrowingServer())));
    openClientLoops();
    FourLetterWords words = new FourLetterWords(status, BuildInfo.load(), helper);
    long serverId = config.membership().map(MembershipConfig::myId).orElse(1L);
    sessionIds = new SessionIds(serverId, System.nanoTime() / 1_000_000);
    SessionConfig session = config.session();
    Limits limits =
        Limits.of(session.tickTimeMs())
            .withTimeouts(session.minTimeoutMs(), session.maxTimeoutMs())
            .withBytes((int) shares.clientPendingBytesMax(), shares.replyBytesMax());
    long hashSeed = new SecureRandom().nextLong();
    long tickMs = Math.max(10, Math.min(100, session.tickTimeMs() / 4));
    snapshotThread.start();
    journalThread.start();
    if (member != null) {
      member.open(this::servesFully);
    }
    long coreTickMs =
        member == null && growing.isEmpty() ? tickMs : Math.min(tickMs, MEMBER_TICK_MS);
    RateBuckets rateBuckets = new RateBuckets();
    ConnectionGate clientGate = ConnectionThrottle.of(config.throttles(), metrics);
    logins.start(core.guard());
    for (ClientLoop loop : clientLoops) {
      AuthRules rules = logins.rules(loop.loop(), core.guard());
      View view =
          new View(
              core, replica.last(), sessionIds, access, rules, limits, hashSeed, loop.metrics());
      view.admitBy(clientGate);
      view.countLargeFrom(config.throttles().largeFromBytes());
      config.throttles().requests().ifPresent(view::throttleBy);
      if (config.throttles().throughputQuotas()) {
        view.measureBy(rateBuckets);
      }
      Transport.inLoop(loop.loop(), () -> startLoop(loop, view, words, tickMs));
    }
    Transport.inLoop(
        core.loop(), () -> core.start(replica, journalThread, clientLoops, coreTickMs));
    operatorPorts = new OperatorPorts(config, status, journal, words, core.guard());
  }

  private void startLoop(ClientLoop loop, View view, FourLetterWords words, long tickMs) {
    loop.start(view, words, tickMs);
    if (config.throttles().requests().isPresent()) {
      loop.lookAtHeldEvery(config.throttles().stallMs());
    }
  }

  private void openClientLoops() {
    transport.watch(core.guard());
    failures.start();
    SlowClients slowClients = new SlowClients(shares, metrics);
    Confusions confusions = new Confusions(config);
    ClientLoop.Load load =
        new ClientLoad(
            core, journalThread, shares, CoreSettings.outstandingMax(config), clientLoops, audit);
    List<EventLoop> loops = transport.clientLoops();
    for (EventLoop loop : loops) {
      clientLoops.add(
          new ClientLoop(
              loop,
              metrics.newLoop(),
              ClientLoopLimits.of(config, shares, loops.size()),
              load,
              slowClients,
              confusions,
              core.guard()));
    }
  }

  private EnsembleMember.Parts parts(
      TreeSettings treeSettings, Supplier<DataLoader> loaders, AccessControl access) {
    return new EnsembleMember.Parts(
        transport,
        core,
        journal,
        journalThread,
        snapshotThread,
        loaders,
        treeSettings,
        config.tree().digestEnabled(),
        CoreSettings.prep(config, access, true),
        new MachineClock(),
        CoreSettings.replica(config),
        shares,
        metrics,
        gate,
        peerTls,
        peerSasl);
  }

  private Replica becomeMember(EnsembleMember.Parts parts, Tree tree, DataLoader loader)
      throws IOException {
    DurableState durable = EnsembleMember.durable(journal, tree.zxid(), loader.recent());
    MembershipConfig membership = config.membership().orElseThrow();
    Roster roster = new Roster(membership);
    listen(roster);
    member =
        EnsembleMember.take(roster, parts, durable, tree, loader.replayed(), admission(membership));
    status.member(member);
    return member.replica();
  }

  private ClientAdmission admission(MembershipConfig membership) {
    return new ClientAdmission(membership, core, status, clientLoops, metrics);
  }

  private void listen(Roster roster) {
    roster.listen(
        new Roster.Listener() {
          @Override
          public void inForce(EnsembleServer before, Set<Long> gone) {
            moveClientPort(roster.self());
          }
        });
  }

  /** This server as it becomes a member. */
  private final class GrowingServer implements Growth.Owner {
    @Override
    public RoleListener roles(MembershipConfig membership) {
      return admission(membership);
    }

    @Override
    public void listen(Roster roster) {
      PaddockServer.this.listen(roster);
    }

    @Override
    public boolean serves() {
      return servesFully();
    }

    @Override
    public int clientPort() {
      return PaddockServer.this.clientPort();
    }

    @Override
    public void joined(EnsembleMember newMember) {
      MembershipConfig membership = newMember.roster().config();
      member = newMember;
      sessionIds.moveTo(membership.myId());
      dataFiles.joined(config.journal().dataDir().resolve("myid"), membership.myId());
      status.joined(config.withMembership(membership), newMember);
    }
  }

  /** A new configuration may say that clients connect elsewhere. Called in the core's loop. */
  private void moveClientPort(EnsembleServer self) {
    if (self.clientHost() != null && !stopped.get()) {
      helper.execute(
          () -> {
            if (clients.move(new InetSocketAddress(self.clientHost(), self.clientPort()))) {
              tellWhereClientsConnect();
            }
          });
    }
  }

  private boolean servesFully() {
    return status.serving() && status.mode() != ServerMode.READ_ONLY;
  }

  private void bind() throws StartException {
    operatorPorts.open();
    clients.open(core.guard(), access, status::servesClients);
    tellWhereClientsConnect();
    if (!failures.serve()) {
      throw new StartException(
          "The server failed while it started; the log says why",
          ConfigException.EXIT_UNEXPECTED,
          null);
    }
    if (member == null) {
      status.serving(true);
    } else {
      member.awaitOpen();
    }
    if (audit != null) {
      audit.started();
    }
    LOG.info("Serving clients on {}", clients);
  }

  /** Tells operators where clients connect. */
  private void tellWhereClientsConnect() {
    status.bound(clientPort(), secureClientPort());
    Optional<InetSocketAddress> plain = clients.plainAddress();
    directories.note(
        ServerNote.ofThisProcess()
            .serving(plain.or(clients::secureAddress).orElseThrow(), plain.isEmpty()));
  }

  /** Something was thrown in a thread of the server, or of the process. Any thread. */
  void fail(Throwable cause) {
    failures.fail(cause);
  }

  private void answerNobody() {
    if (status != null) {
      status.serving(false);
    }
  }

  /** Stops serving, writes what was accepted, and gives everything back. */
  @Override
  public void close() {
    if (!stopped.compareAndSet(false, true)) {
      return;
    }
    failures.stopping();
    answerNobody();
    try {
      stopAll();
      LOG.info("The server has stopped");
    } finally {
      terminated.countDown();
    }
  }

  private void stopAll() {
    if (operatorPorts != null) {
      stop(operatorPorts::close);
    }
    stop(clients::close);
    for (ClientLoop loop : clientLoops) {
      stop(() -> Transport.inLoopIfItGoes(loop.loop(), loop::closeAll));
    }
    if (member != null) {
      stop(member::close);
    }
    if (journalThread != null) {
      stop(journalThread::close);
      stop(snapshotThread::close);
      if (!dataFiles.lost().isEmpty()) {
        LOG.error("{}", dataFiles.account());
      }
    }
    stop(transport::close);
    stop(logins::close);
    // What is under way still needs its threads.
    peerTls.ifPresent(tls -> stop(tls::close));
    peerSasl.ifPresent(sasl -> stop(sasl::close));
    stop(helper::shutdown);
    if (audit != null) {
      stop(audit::close);
    }
    stop(directories::close);
  }

  private interface Step {
    void run() throws IOException;
  }

  /** What cannot be stopped must not keep the rest from it. */
  private static void stop(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("A part of the server could not be stopped: {}", e.toString());
    }
  }
}
