package io.paddock.peers;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.paddock.config.BindRetry;
import io.paddock.config.CauseWords;
import io.paddock.config.MemoryShares;
import io.paddock.machine.CutLog;
import io.paddock.machine.MemberJournal;
import io.paddock.machine.Unflushed;
import io.paddock.metrics.CoreMetrics;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.LearnerConnection;
import io.paddock.metrics.ServerMetrics;
import io.paddock.replica.Peers;
import io.paddock.replica.Replica;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.ZabInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections between leader and learners (quorum sheet, section 3), and with the election port
 * all that a member has of its peers. Everything runs in the core's loop.
 *
 * <p>Over 400 lines, since dialling a leader, being one, and what may wait for learners all work on
 * the same connections.
 */
public final class QuorumPort implements Peers, Outgoing.Port {
  private static final Logger LOG = LoggerFactory.getLogger(QuorumPort.class);

  /** A leader may need a moment to listen. */
  private static final int DIALS_UNTOLD = 6;

  /** Whoever led here before may not be gone yet. */
  private static final int BIND_QUICK_TRIES = 20;

  private static final int BIND_QUICK_MS = 50;

  private static final int STRANGERS_MAX = 64;

  /** Learners at a time, unidentified included. */
  private static final int CONNECTIONS_MAX = 1000;

  private final Roster roster;
  private final PeerNet net;
  private final MemberJournal journal;
  private final TreeSettings treeSettings;
  private final ElectionPort elections;
  private final TlsTroubles.OfPort tlsTroubles;
  private final SaslTroubles saslTroubles;
  private final Map<Long, LearnerChannel> connections = new HashMap<>();
  private final PacketBytes packets = new PacketBytes();
  private final Runnable flush;
  private final UnidentifiedChannels unidentified;
  private final MemoryShares shares;
  private final ServerMetrics metrics;
  private final Unflushed<Outgoing> unflushed = new Unflushed<>();

  private Replica replica;
  private List<Channel> listeners = List.of();
  private int openings;
  private boolean open;
  private boolean admitting;
  private long lastConnection;
  private int dialsFailed;

  public QuorumPort(
      Roster roster,
      PeerNet net,
      MemberJournal journal,
      TreeSettings treeSettings,
      MemoryShares shares,
      ServerMetrics metrics) {
    this.roster = roster;
    this.net = net;
    this.journal = journal;
    this.treeSettings = treeSettings;
    long greetingMs = (long) roster.config().zab().tickMs() * roster.config().zab().initLimit();
    this.unidentified = new UnidentifiedChannels(STRANGERS_MAX, greetingMs);
    this.shares = shares;
    this.metrics = metrics;
    this.flush = net.core().guard().of(this::flush);
    AddressTroubles addresses = new AddressTroubles(roster, net);
    this.tlsTroubles = new TlsTroubles(addresses).quorumPort();
    this.saslTroubles = new SaslTroubles(addresses, false);
    this.elections = new ElectionPort(roster, net, addresses, new Voters());
  }

  /** What the election port brings goes to the replica. */
  private final class Voters implements ElectionPort.Receiver {
    @Override
    public void onNotification(long from, Notification notification) {
      replica.on(new ZabInput.Notified(from, notification));
    }

    @Override
    public void onLost(long sid) {
      replica.on(new ZabInput.VoterLost(sid));
    }

    @Override
    public void onGone(long sid) {
      replica.on(new ZabInput.VoterGone(sid));
    }

    @Override
    public boolean isLooking() {
      return replica.isLooking();
    }
  }

  /** Who hears of everything; before anything else is called. */
  public void tell(Replica replica) {
    this.replica = replica;
  }

  Replica replica() {
    return replica;
  }

  PeerNet net() {
    return net;
  }

  public ElectionPort elections() {
    return elections;
  }

  TreeSettings treeSettings() {
    return treeSettings;
  }

  MemberJournal journal() {
    return journal;
  }

  @Override
  public long unsentBytesMax() {
    return shares.learnerUnsentBytesMax();
  }

  @Override
  public void later(Runnable step) {
    net.core().later(step);
  }

  @Override
  public void close(Channel channel) {
    net.close(channel);
  }

  @Override
  public void dropped() {
    metrics.count(EventCounter.SLOW_LEARNERS_CUT);
  }

  MemoryShares shares() {
    return shares;
  }

  @Override
  public CoreMetrics figures() {
    return net.core().figures();
  }

  @Override
  public PacketBytes packets() {
    return packets;
  }

  /** The longest transaction, and so the longest data of a packet. */
  int recordBytesMax() {
    return journal.recordBytesMax();
  }

  /** Learners that have not sent a packet yet. */
  UnidentifiedChannels unidentified() {
    return unidentified;
  }

  /** Who does not come through because of TLS. */
  TlsTroubles.OfPort tlsTroubles() {
    return tlsTroubles;
  }

  /** Who does not come through because of its login. */
  SaslTroubles saslTroubles() {
    return saslTroubles;
  }

  /** Whether no more learners are taken in; then that is told. */
  boolean isFull() {
    boolean full = connections.size() >= CONNECTIONS_MAX;
    if (full) {
      net.troubles()
          .failed(
              "learners",
              "The quorum port has " + CONNECTIONS_MAX + " connections",
              "too many",
              "no more learners are taken in: find out who connects there");
    }
    return full;
  }

  public void shutDown() {
    elections.close();
    closeQuorumPort();
    List.copyOf(connections.values()).forEach(channel -> channel.outgoing().abort());
  }

  @Override
  public void sendNotification(long sid, Notification notification) {
    elections.send(sid, notification);
  }

  @Override
  public void expectLearners() {
    openWhileLeading(false);
  }

  @Override
  public void openQuorumPort() {
    openWhileLeading(true);
  }

  /**
   * @param admit whether calls are taken; else the system keeps them, a few, until they are
   */
  private void openWhileLeading(boolean admit) {
    admitting = admit;
    if (open) {
      listeners.forEach(listener -> listener.config().setAutoRead(admitting));
    } else {
      open = true;
      openings++;
      bind(openings, 1);
    }
  }

  /** Tries until it is bound or not to be open any more. */
  private void bind(int opening, int tries) {
    if (!open || opening != openings) {
      return;
    }
    EnsembleServer.Address own = roster.self().addresses().get(0);
    net.listen(
        BindAddresses.of(roster.config(), roster.self(), EnsembleServer.Address::quorumPort),
        net.guarded(tlsTroubles, unidentified, this::logins, this::accept),
        admitting,
        (channels, cause) -> {
          if (cause != null) {
            net.troubles()
                .failed(
                    "quorum port",
                    "The quorum port " + own.host() + ":" + own.quorumPort() + " cannot be bound",
                    "cannot be bound",
                    CauseWords.of(cause) + ". " + BindAddresses.REMEDY);
            int pauseMs = tries < BIND_QUICK_TRIES ? BIND_QUICK_MS : BindRetry.PAUSE_MS;
            net.core()
                .loop()
                .schedule(
                    net.core().guard().of(() -> bind(opening, tries + 1)),
                    pauseMs,
                    TimeUnit.MILLISECONDS);
          } else if (open && opening == openings) {
            listeners = channels;
            listeners.forEach(listener -> listener.config().setAutoRead(admitting));
            net.troubles().mended("quorum port", "The quorum port is bound");
          } else {
            channels.forEach(Channel::close);
          }
        });
  }

  /** A learner logs in before it says anything, and so says at once whether it does. */
  private SaslAcceptor.OfPort logins(PeerSasl sasl) {
    return new SaslAcceptor.OfPort(
        sasl, net, saslTroubles, unidentified, (bytes, from, to) -> 0, roster::hosts, 0);
  }

  private ChannelHandler accept() {
    return new LearnerChannel(this, ++lastConnection, true);
  }

  @Override
  public void closeQuorumPort() {
    open = false;
    listeners.forEach(Channel::close);
    listeners = List.of();
  }

  @Override
  public void dialLeader(int attempt, EnsembleServer leader) {
    LeaderDial dial = new LeaderDial(attempt, leader);
    leader.addresses().forEach(dial::begin);
  }

  /** One attempt to reach a leader: at all its addresses at once, of which the first counts. */
  private final class LeaderDial {
    private final int attempt;
    private final EnsembleServer leader;
    private int failures;
    private boolean connected;

    LeaderDial(int attempt, EnsembleServer leader) {
      this.attempt = attempt;
      this.leader = leader;
    }

    void begin(EnsembleServer.Address address) {
      long connection = ++lastConnection;
      net.dial(
          address.host(),
          address.quorumPort(),
          address.host(),
          roster.config().peers().cnxTimeoutMs(),
          () -> new byte[0],
          () -> new LearnerChannel(QuorumPort.this, connection, false),
          (channel, cause) -> {
            if (channel == null) {
              failed(address, cause);
            } else if (!channel.isActive()) {
              failed(address, new PeerNet.HungUpException());
            } else if (connected) {
              channel.close();
            } else {
              succeeded(connection);
            }
          });
    }

    private void succeeded(long connection) {
      connected = true;
      dialsFailed = 0;
      net.troubles()
          .mended(
              subject(leader.sid()),
              "The quorum port of leader server." + leader.sid() + " is reached");
      replica.on(new ZabInput.LeaderConnected(attempt, connection));
    }

    private void failed(EnsembleServer.Address address, Throwable cause) {
      if (++failures < leader.addresses().size()) {
        return;
      }
      if (++dialsFailed > DIALS_UNTOLD || cause instanceof SaslDialer.FailedException) {
        DialCause why = DialCause.of(address.host(), cause, "server." + leader.sid());
        net.troubles()
            .failed(
                subject(leader.sid()),
                "Cannot reach leader server."
                    + leader.sid()
                    + " at its quorum port "
                    + address.host()
                    + ":"
                    + address.quorumPort(),
                why.words(),
                why.inFull());
      }
      replica.on(new ZabInput.LeaderUnreachable(attempt));
    }
  }

  /** What troubles with a leader's quorum port are told of. */
  static String subject(long sid) {
    return "leader " + sid;
  }

  void add(LearnerChannel channel) {
    connections.put(channel.id(), channel);
  }

  void remove(LearnerChannel channel) {
    connections.remove(channel.id());
  }

  /** The connections of learners, for people to look at. */
  public List<LearnerConnection> learners() {
    return connections.values().stream()
        .filter(LearnerChannel::isAccepted)
        .map(LearnerChannel::figures)
        .toList();
  }

  @Override
  public void dirty(Outgoing channel) {
    if (unflushed.isEmpty()) {
      net.core().loop().execute(flush);
    }
    unflushed.add(channel);
  }

  private void flush() {
    unflushed.flush(Outgoing::flush);
    boundUnsent();
  }

  /** What all learners leave unread is bounded too: the slowest go first, told in one line. */
  private void boundUnsent() {
    List<LearnerChannel> dropped =
        dropLargest(shares.learnersUnsentBytesMax(), channel -> channel.outgoing().waitingBytes());
    if (!dropped.isEmpty()) {
      LOG.warn(
          "Learners leave more than {} unread, which paddock.learnerUnsentBytesMax allows over all of them: {} are"
              + " dropped, and may come back for what they have missed",
          CutLog.text(shares.learnersUnsentBytesMax()),
          dropped);
    }
  }

  /** What learners have sent by half is bounded. */
  void boundHeld() {
    List<LearnerChannel> dropped =
        dropLargest(shares.learnersHeldBytesMax(), LearnerChannel::heldBytes);
    if (!dropped.isEmpty()) {
      LOG.warn(
          "Half packets of learners take more than {}: {} are dropped",
          CutLog.text(shares.learnersHeldBytesMax()),
          dropped);
    }
  }

  private List<LearnerChannel> dropLargest(long bytesMax, ToLongFunction<LearnerChannel> bytes) {
    long sum = 0;
    for (LearnerChannel channel : connections.values()) {
      sum += bytes.applyAsLong(channel);
    }
    if (sum <= bytesMax) {
      return List.of();
    }
    List<LearnerChannel> largest = new ArrayList<>(connections.values());
    largest.sort(Comparator.comparingLong(bytes).reversed());
    List<LearnerChannel> dropped = new ArrayList<>();
    for (LearnerChannel channel : largest) {
      if (sum > bytesMax / 4 * 3) {
        sum -= bytes.applyAsLong(channel);
        dropped.add(channel);
        channel.outgoing().abort();
        dropped();
      }
    }
    return dropped;
  }

  @Override
  public void send(long connection, QuorumPacket packet) {
    LearnerChannel channel = connections.get(connection);
    if (channel != null) {
      channel.outgoing().send(packet);
    }
  }

  @Override
  public void sendLog(long connection, long after, long upTo) {
    LearnerChannel channel = connections.get(connection);
    if (channel != null) {
      // Asked for now, so that it is read in its place among the appends.
      SentLog sent = new SentLog(channel);
      channel.outgoing().sendPieces(sent::start);
      journal.read(after, upTo, sent);
    }
  }

  @Override
  public void sendSnapshot(long connection, Tree tree, long zxid) {
    LearnerChannel channel = connections.get(connection);
    if (channel != null) {
      LOG.info(
          "Snapshot 0x{} of {} znodes is sent to {}",
          Long.toHexString(tree.zxid()),
          tree.nodeCount(),
          channel);
      channel.outgoing().send(new QuorumPacket.Snap(zxid));
      channel.outgoing().sendPieces(() -> net.inBackground(new SentSnapshot(channel, tree)));
    }
  }

  @Override
  public void receiveSnapshot(long connection, long zxid) {
    LearnerChannel channel = connections.get(connection);
    if (channel == null) {
      net.core().later(() -> replica.on(new ZabInput.SnapshotFailed(zxid)));
    } else {
      channel.receiveSnapshot(zxid);
    }
  }

  @Override
  public void close(long connection, String why) {
    LearnerChannel channel = connections.get(connection);
    if (channel != null) {
      channel.outgoing().closeBehind();
    }
  }
}
