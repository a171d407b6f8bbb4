package io.paddock.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.paddock.config.BindRetry;
import io.paddock.config.CauseWords;
import io.paddock.config.MembershipConfig;
import io.paddock.machine.ForeignProtocol;
import io.paddock.machine.TlsWords;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.Notification;
import io.paddock.zab.NotificationCodec;
import io.paddock.zab.SaslPacket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The election port (quorum sheet, sections 2.1 to 2.3): one connection per pair of servers, the
 * one that the larger id has dialled; a smaller id dials only to be called back. Everything runs in
 * the core's loop.
 *
 * <p>Over 400 lines, since dialling, being called and moving with the membership all work on what
 * is known of each peer.
 */
public final class ElectionPort implements Roster.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ElectionPort.class);

  private static final int STRANGERS_MAX = 64;

  /** Servers at a time that no configuration knows: they are about to be added, or hostile. */
  private static final int UNKNOWN_PEERS_MAX = 32;

  /** Between two attempts to reach a peer while this server is looking; twice as long each time. */
  private static final int REDIAL_MIN_MS = 100;

  private static final int REDIAL_MAX_MS = 1000;

  /** Of the addresses that a handshake tells, so many are tried. */
  private static final int TOLD_ADDRESSES_MAX = 8;

  /** What troubles with this server's own port are told of. */
  private static final String SUBJECT = "election port";

  private final Roster roster;
  private final MembershipConfig config;
  private final PeerNet net;
  private final Receiver receiver;
  private final ElectionTroubles troubles;
  private final TlsTroubles.OfPort tlsTroubles;
  private final SaslTroubles saslTroubles;
  private final Map<Long, Peer> peers = new HashMap<>();
  private final JuteReader reader = new JuteReader();
  private final UnidentifiedChannels unidentified;
  private List<Channel> listeners = List.of();
  private int openings;
  private long lastAnonymous;
  private boolean closed;

  /** Who hears of everything, in the core's loop. */
  interface Receiver {
    void onNotification(long from, Notification notification);

    /** The connection to a peer has ended. */
    void onLost(long sid);

    /** The peer's machine says that nobody listens at its election port. */
    void onGone(long sid);

    /** Whether this server is looking for a leader, so that it needs every voter. */
    boolean isLooking();
  }

  /** What is known of one peer. */
  private static final class Peer {
    final long sid;
    Channel channel;
    boolean sending;

    /** Tells attempts to reach it apart: only the newest counts. */
    int attempt;

    boolean dialling;
    boolean toBeDialledAgain;
    int pauseMs = REDIAL_MIN_MS;

    /** The newest message, unless it has left. */
    byte[] waiting;

    byte[] lastSent;

    /** Where it is dialled, or was told to be; null before. */
    EnsembleServer.Address place;

    Peer(long sid) {
      this.sid = sid;
    }
  }

  ElectionPort(Roster roster, PeerNet net, AddressTroubles addresses, Receiver receiver) {
    this.roster = roster;
    this.config = roster.config();
    this.net = net;
    this.receiver = receiver;
    this.troubles = new ElectionTroubles(roster, net);
    this.tlsTroubles = new TlsTroubles(addresses).electionPort();
    this.saslTroubles = new SaslTroubles(addresses, true);
    this.unidentified = new UnidentifiedChannels(STRANGERS_MAX, config.peers().handshakeMs());
  }

  /** What keeps this server from talking to the others. */
  public ElectionTroubles troubles() {
    return troubles;
  }

  /**
   * Listens on this server's own election address.
   *
   * @param tried hears of the first try, whatever came of it
   * @param done hears null or the cause, when the port is open or given up
   */
  public void open(Runnable tried, Consumer<Throwable> done) {
    roster.listen(this);
    bind(++openings, 1, tried, done);
  }

  /** Tries until it is bound, given up, or to be bound elsewhere. */
  private void bind(int opening, int tries, Runnable tried, Consumer<Throwable> done) {
    BindRetry retry = config.peers().bindRetry();
    listen(
        opening,
        cause -> {
          if (cause == null) {
            net.troubles().mended(SUBJECT, "The election port is open");
          }
          boolean again = cause != null && retry.goesOn(tries, cause);
          if (again) {
            EnsembleServer.Address own = roster.self().addresses().get(0);
            net.troubles()
                .failed(
                    SUBJECT,
                    "The election port %s:%d cannot be bound"
                        .formatted(own.host(), own.electionPort()),
                    CauseWords.of(cause),
                    CauseWords.of(cause) + "; " + retry.outlook(tries));
            net.core()
                .loop()
                .schedule(
                    () -> {
                      if (opening == openings && !closed) {
                        bind(opening, tries + 1, () -> {}, done);
                      } else {
                        done.accept(null); // nobody asks for this address any more
                      }
                    },
                    BindRetry.PAUSE_MS,
                    TimeUnit.MILLISECONDS);
          }
          tried.run();
          if (!again) {
            done.accept(cause);
          }
        });
  }

  private void listen(int opening, Consumer<Throwable> done) {
    net.listen(
        BindAddresses.of(config, roster.self(), EnsembleServer.Address::electionPort),
        net.guarded(tlsTroubles, unidentified, this::logins, () -> new Handler(null)),
        true,
        (channels, cause) -> {
          if (cause == null && (closed || opening != openings)) {
            channels.forEach(Channel::close);
          } else if (cause == null) {
            listeners.forEach(Channel::close);
            listeners = channels;
          }
          done.accept(cause);
        });
  }

  /**
   * A server logs in between its handshake and all else. Who does not may have nothing to say for
   * long: half its time is left to it for the rest.
   */
  private SaslAcceptor.OfPort logins(PeerSasl sasl) {
    return new SaslAcceptor.OfPort(
        sasl,
        net,
        saslTroubles,
        unidentified,
        ElectionPort::handshakeLength,
        roster::hosts,
        config.peers().handshakeMs() / 2);
  }

  /**
   * The length of a handshake; -1 while it is not complete.
   *
   * @throws MalformedException when it is none
   */
  private static int handshakeLength(byte[] bytes, int from, int to) {
    // Before 3.5 an id was all of a handshake; what has more than 32 bits is none of ours.
    if (to - from >= Integer.BYTES && new JuteReader().reset(bytes, from, to).readInt() > 0) {
      throw new MalformedException("no handshake");
    }
    return ElectionHandshake.length(bytes, from, to);
  }

  /** Those who may vote soon are to know of it soon. */
  @Override
  public void proposed() {
    if (roster.lastSeen().server(config.myId()) == null) {
      return;
    }
    for (long sid : roster.lastSeen().quorum().voters()) {
      if (sid != config.myId()) {
        dial(peer(sid), List.of());
      }
    }
  }

  @Override
  public void inForce(EnsembleServer before, Set<Long> gone) {
    troubles.membershipChanged();
    EnsembleServer.Address own = roster.self().addresses().get(0);
    if (!before.addresses().equals(roster.self().addresses())) {
      bind(
          ++openings,
          1,
          () -> {},
          cause -> {
            if (cause != null) {
              net.troubles()
                  .failed(
                      SUBJECT,
                      "The election port cannot be moved to "
                          + own.host()
                          + ":"
                          + own.electionPort()
                          + " as the new configuration says",
                      "not bound",
                      CauseWords.of(cause) + "; make the address free and restart this server");
            }
          });
    }
    for (Peer peer : List.copyOf(peers.values())) {
      List<EnsembleServer.Address> places = roster.places(peer.sid);
      boolean moved = peer.place != null && !places.contains(peer.place);
      if (gone.contains(peer.sid) || moved) {
        drop(peer);
        forgetUnknown(peer);
      }
    }
  }

  /** The server is gone, or is not the one it was. */
  private void drop(Peer peer) {
    Channel channel = peer.channel;
    peer.channel = null;
    peer.sending = false;
    peer.waiting = null;
    peer.lastSent = null;
    peer.place = null;
    if (channel != null) {
      channel.close();
    }
  }

  void close() {
    closed = true;
    listeners.forEach(Channel::close);
    for (Peer peer : peers.values()) {
      if (peer.channel != null) {
        peer.channel.close();
      }
    }
  }

  /** At most one message waits; a newer one takes its place. */
  void send(long sid, Notification notification) {
    JuteWriter out = new JuteWriter(512);
    NotificationCodec.writeFrame(notification, out);
    Peer peer = peer(sid);
    if (peer == null) {
      return;
    }
    peer.waiting = out.toByteArray();
    if (peer.channel != null) {
      flush(peer);
    } else {
      dial(peer, List.of());
    }
  }

  /** The peer of this id; null when it is one unknown server too many. */
  private Peer peer(long sid) {
    Peer known = peers.get(sid);
    boolean full = peers.keySet().stream().filter(s -> !isMember(s)).count() >= UNKNOWN_PEERS_MAX;
    return known == null && !isMember(sid) && full ? null : peers.computeIfAbsent(sid, Peer::new);
  }

  private boolean isMember(long sid) {
    return !roster.places(sid).isEmpty();
  }

  /** Of a server that is in no configuration nothing is kept when its connection has gone. */
  private void forgetUnknown(Peer peer) {
    if (peer.channel == null && !peer.dialling && !isMember(peer.sid)) {
      peers.remove(peer.sid, peer);
      troubles.forget(peer.sid);
    }
  }

  private void flush(Peer peer) {
    if (peer.sending || peer.waiting == null || peer.channel == null) {
      return;
    }
    byte[] frame = peer.waiting;
    Channel channel = peer.channel;
    peer.waiting = null;
    peer.lastSent = frame;
    peer.sending = true;
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(frame))
        .addListener(
            sent ->
                net.core()
                    .later(
                        () -> {
                          if (peer.channel == channel) {
                            peer.sending = false;
                            flush(peer);
                          }
                        }));
  }

  /**
   * Dials, unless that is under way.
   *
   * @param told where the peer says it can be reached; if empty, the configuration counts
   */
  private void dial(Peer peer, List<ElectionHandshake.Address> told) {
    if (closed || peer.dialling || peer.channel != null) {
      return;
    }
    if (!told.isEmpty()) {
      dial(peer, told, 0);
      return;
    }
    // While a configuration is proposed a server may be at either of two places.
    List<ElectionHandshake.Address> places =
        roster.places(peer.sid).stream().map(ElectionPort::electionAddress).toList();
    if (places.isEmpty()) {
      forgetUnknown(peer);
    } else {
      dial(peer, places, 0);
    }
  }

  private static ElectionHandshake.Address electionAddress(EnsembleServer.Address place) {
    return new ElectionHandshake.Address(place.host(), place.electionPort());
  }

  /** One address after the other, until one answers. */
  private void dial(Peer peer, List<ElectionHandshake.Address> addresses, int index) {
    ElectionHandshake.Address address = addresses.get(index);
    peer.place =
        roster.places(peer.sid).stream()
            .filter(place -> electionAddress(place).equals(address))
            .findFirst()
            .orElse(peer.place);
    peer.dialling = true;
    int attempt = ++peer.attempt;
    Handler handler = new Handler(peer);
    net.dial(
        address.host(),
        address.port(),
        nameOf(peer, address),
        config.peers().cnxTimeoutMs(),
        () -> attempt == peer.attempt ? handshake() : null,
        () -> handler,
        (channel, cause) -> {
          if (attempt != peer.attempt) {
            // The peer has called meanwhile, and said where it is now.
            if (channel != null) {
              channel.close();
            }
            return;
          }
          boolean failed = channel == null && !closed;
          if (failed && isMember(peer.sid)) {
            notReached(peer, address, cause, handler.heard);
          }
          if (failed && index + 1 < addresses.size()) {
            dial(peer, addresses, index + 1);
            return;
          }
          peer.dialling = false;
          if (channel != null) {
            greet(peer, channel);
          } else if (failed && isOnlyPlace(peer, address) && DialCause.isRefused(cause)) {
            receiver.onGone(peer.sid);
          }
          dialAgainLater(peer);
          forgetUnknown(peer);
        });
  }

  /** How the server line names a place; a peer may have told an address of its own instead. */
  private String nameOf(Peer peer, ElectionHandshake.Address address) {
    List<EnsembleServer.Address> places = roster.places(peer.sid);
    boolean written = places.stream().anyMatch(place -> place.host().equals(address.host()));
    return written || places.isEmpty() ? address.host() : places.get(0).host();
  }

  /**
   * A server that looks for a leader waits for nobody to send something: a peer that comes back,
   * maybe at another address, is found within a second.
   */
  private void dialAgainLater(Peer peer) {
    if (!isWanted(peer) || peer.toBeDialledAgain) {
      return;
    }
    peer.toBeDialledAgain = true;
    net.core()
        .loop()
        .schedule(
            () -> {
              peer.toBeDialledAgain = false;
              if (isWanted(peer)) {
                dial(peer, List.of());
              }
            },
            peer.pauseMs,
            TimeUnit.MILLISECONDS);
    peer.pauseMs = Math.min(REDIAL_MAX_MS, 2 * peer.pauseMs);
  }

  /** Whether something for a member waits that it should hear. */
  private boolean isWanted(Peer peer) {
    return !closed
        && peer.channel == null
        && !peer.dialling
        && peer.waiting != null
        && isMember(peer.sid)
        && receiver.isLooking();
  }

  private void notReached(
      Peer peer, ElectionHandshake.Address address, Throwable cause, boolean heard) {
    if (!(cause instanceof PeerNet.HungUpException)) {
      troubles.notReached(peer.sid, address.host(), address.port(), cause);
    } else if (!heard) {
      troubles.hungUp(peer.sid);
    }
  }

  /** Whether the peer can be nowhere else. */
  private boolean isOnlyPlace(Peer peer, ElectionHandshake.Address address) {
    List<EnsembleServer.Address> places = roster.places(peer.sid);
    return places.size() == 1 && electionAddress(places.get(0)).equals(address);
  }

  private byte[] handshake() {
    JuteWriter out = new JuteWriter(128);
    List<ElectionHandshake.Address> own =
        roster.self().addresses().stream().map(ElectionPort::electionAddress).toList();
    new ElectionHandshake(config.myId(), own).write(out);
    return out.toByteArray();
  }

  private void greet(Peer peer, Channel channel) {
    if (!net.logsIn()) {
      // In one piece: Apache's server reads it with one call.
      channel.writeAndFlush(Unpooled.wrappedBuffer(handshake()));
    }
    if (config.myId() < peer.sid) {
      // Only to be called back.
      troubles.called(peer.sid);
      peer.pauseMs = REDIAL_MAX_MS;
      net.close(channel);
    } else if (channel.isActive()) {
      adopt(peer, channel);
    } else {
      troubles.hungUp(peer.sid);
    }
  }

  private void adopt(Peer peer, Channel channel) {
    Channel before = peer.channel;
    peer.channel = channel;
    peer.sending = false;
    peer.pauseMs = REDIAL_MIN_MS;
    if (before != null && before != channel) {
      before.close();
    }
    if (peer.waiting == null) {
      peer.waiting = peer.lastSent;
    }
    flush(peer);
  }

  private void gone(Peer peer, Channel channel) {
    if (peer.channel == channel) {
      peer.channel = null;
      peer.sending = false;
      troubles.lost(peer.sid);
      if (!closed && isMember(peer.sid)) {
        long sid = peer.sid;
        net.core().later(() -> receiver.onLost(sid));
      }
      forgetUnknown(peer);
    }
  }

  /** A stranger has said who it is; returns the peer to listen to, or null. */
  private Peer greeted(ElectionHandshake handshake, Channel channel) {
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    if (handshake.sid() == config.myId()) {
      troubles.ownId(remote);
      net.close(channel);
      return null;
    }
    boolean anonymous = handshake.sid() == ElectionHandshake.ANONYMOUS;
    // Observers without an id are told apart by one of their own that nobody else can have.
    Peer peer = peer(anonymous ? --lastAnonymous : handshake.sid());
    if (peer == null) {
      troubles.tooMany(UNKNOWN_PEERS_MAX);
      net.close(channel);
      return null;
    }
    troubles.calledBy(handshake.sid(), remote);
    if (anonymous || peer.sid > config.myId()) {
      adopt(peer, channel);
      return peer;
    }
    net.close(channel);
    Channel before = peer.channel;
    peer.channel = null;
    peer.sending = false;
    if (before != null) {
      before.close();
    }
    // Whoever calls is there; an attempt under way may be at an address that it has left.
    peer.dialling = false;
    dial(
        peer,
        handshake.addresses().stream()
            .filter(address -> !isWildcard(address.host()))
            .limit(TOLD_ADDRESSES_MAX)
            .toList());
    return null;
  }

  private static boolean isWildcard(String host) {
    return host.equals("0.0.0.0") || host.equals("::") || host.equals("0:0:0:0:0:0:0:0");
  }

  /** One connection: at first a stranger's, unless it was dialled. */
  private final class Handler extends ChannelInboundHandlerAdapter {
    private final PeerBytes bytes = new PeerBytes();
    private final boolean dialled;
    private boolean turnedAway;
    private Peer peer;

    /** Whether anything came on this connection. */
    private boolean heard;

    Handler(Peer peer) {
      this.peer = peer;
      this.dialled = peer != null;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      if (!dialled) {
        unidentified.add(context.channel());
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf in = (ByteBuf) message;
      if (!turnedAway) {
        bytes.add(in);
        net.core().input(() -> take(context.channel()));
      }
      in.release();
    }

    private void take(Channel channel) {
      try {
        if (peer == null && !greet(channel)) {
          return;
        }
        while (bytes.size() >= Integer.BYTES && peer != null) {
          int length = reader.reset(bytes.array(), bytes.from(), bytes.to()).readInt();
          if (length < 1 || length > NotificationCodec.FRAME_BYTES_MAX) {
            throw new MalformedException("a message of " + length + " bytes");
          }
          if (bytes.size() < Integer.BYTES + length) {
            return;
          }
          int from = bytes.from() + Integer.BYTES;
          Notification notification = read(from, length);
          bytes.take(Integer.BYTES + length);
          heard = true;
          if (notification != null) {
            troubles.heard(peer.sid, notification);
            receiver.onNotification(peer.sid, notification);
          }
        }
      } catch (MalformedException e) {
        turnedAway = true;
        if (!dialled && !heard && isLogin()) {
          saslTroubles.loginWhereNone((InetSocketAddress) channel.remoteAddress());
        } else if (peer == null) {
          tellOdd((InetSocketAddress) channel.remoteAddress(), e.getMessage());
        } else if (!heard) {
          heard = true;
          troubles.odd(peer.sid, bytes.array(), bytes.from(), bytes.to());
        } else {
          LOG.warn("The election channel to server.{} is closed: {}", peer.sid, e.getMessage());
        }
        net.close(channel);
      }
    }

    private boolean isLogin() {
      return SaslPacket.beginning(bytes.array(), bytes.from(), bytes.to())
          == SaslPacket.Beginning.LOGIN;
    }

    private void tellOdd(InetSocketAddress remote, String detail) {
      boolean isTls =
          bytes.size() >= Integer.BYTES
              && ForeignProtocol.isTls(
                  reader.reset(bytes.array(), bytes.from(), bytes.to()).readInt());
      if (isTls) {
        tlsTroubles.tlsAtPlain(remote);
      } else {
        troubles.odd(remote, bytes.array(), bytes.from(), bytes.to(), detail);
      }
    }

    private Notification read(int from, int length) {
      try {
        return NotificationCodec.read(reader.reset(bytes.array(), from, from + length));
      } catch (MalformedException e) {
        LOG.debug("A notification of server {} is dropped: {}", peer.sid, e.getMessage());
        return null;
      }
    }

    private boolean greet(Channel channel) {
      int length = handshakeLength(bytes.array(), bytes.from(), bytes.to());
      if (length < 0) {
        return false;
      }
      ElectionHandshake handshake =
          ElectionHandshake.read(reader.reset(bytes.array(), bytes.from(), bytes.from() + length));
      bytes.take(length);
      unidentified.remove(channel);
      peer = greeted(handshake, channel);
      turnedAway = peer == null;
      return !turnedAway;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (peer != null) {
        boolean current = peer.channel == context.channel();
        if (dialled && current && !heard && !closed) {
          troubles.hungUp(peer.sid);
        }
        gone(peer, context.channel());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (peer != null && TlsWords.isTls(cause)) {
        // A newer TLS has the other end refuse a certificate when this end is done.
        heard = true;
        troubles.tlsBroke(peer.sid, cause);
      }
      net.failed(cause, "An election connection");
      context.close();
    }

    @Override
    public String toString() {
      return (dialled ? "dialled " : "accepted ") + (peer == null ? "?" : peer.sid);
    }
  }
}
