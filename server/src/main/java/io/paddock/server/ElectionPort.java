package io.paddock.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.Notification;
import io.paddock.zab.NotificationCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The election port (quorum sheet, sections 2.1 to 2.3): one connection per pair of servers, the
 * one that the larger id has dialled; a smaller id dials only to be called back. Everything runs in
 * the core's loop.
 */
final class ElectionPort implements Roster.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ElectionPort.class);

  private final Roster roster;
  private final MembershipConfig config;
  private final PeerNet net;
  private final BiConsumer<Long, Notification> receiver;
  private final ElectionTroubles troubles;
  private final Map<Long, Peer> peers = new HashMap<>();
  private final JuteReader reader = new JuteReader();
  private Channel listener;
  private boolean closed;

  /** What is known of one peer. */
  private static final class Peer {
    final long sid;
    Channel channel;
    boolean dialling;
    boolean sending;

    /** The newest message, unless it has left. */
    byte[] waiting;

    byte[] lastSent;

    /** Where it is dialled, or was told to be; null before. */
    EnsembleServer.Address place;

    /** Attempts in a row that failed. */
    int failures;

    Peer(long sid) {
      this.sid = sid;
    }
  }

  ElectionPort(Roster roster, PeerNet net, BiConsumer<Long, Notification> receiver) {
    this.roster = roster;
    this.config = roster.config();
    this.net = net;
    this.receiver = receiver;
    this.troubles = new ElectionTroubles(roster, net);
  }

  /** What keeps this server from talking to the others. */
  ElectionTroubles troubles() {
    return troubles;
  }

  /** Listens on this server's own election address; {@code done} hears null or the cause. */
  void open(Consumer<Throwable> done) {
    roster.listen(this);
    listen(done);
  }

  private void listen(Consumer<Throwable> done) {
    EnsembleServer.Address own = roster.self().addresses().get(0);
    InetSocketAddress address = MemberSeat.bindAddress(config, own.host(), own.electionPort());
    net.listen(
        address,
        () -> new Handler(null),
        (channel, cause) -> {
          if (channel != null) {
            Channel before = listener;
            listener = channel;
            if (before != null) {
              before.close();
            }
            if (closed) {
              channel.close();
            }
          }
          done.accept(cause);
        });
  }

  /** Those who may vote soon are to know of it soon. */
  @Override
  public void proposed() {
    for (long sid : roster.lastSeen().quorum().voters()) {
      if (sid != config.myId()) {
        dial(peer(sid), null);
      }
    }
  }

  @Override
  public void inForce(EnsembleServer before) {
    EnsembleServer.Address own = roster.self().addresses().get(0);
    if (!before.addresses().get(0).equals(own)) {
      listen(
          cause -> {
            if (cause != null) {
              net.troubles()
                  .failed(
                      "election port",
                      "The election port cannot be moved to "
                          + own.host()
                          + ":"
                          + own.electionPort()
                          + " as the new configuration says",
                      "not bound",
                      cause.getMessage() + "; make the address free and restart this server");
            }
          });
    }
    for (Peer peer : peers.values()) {
      List<EnsembleServer.Address> places = roster.places(peer.sid);
      boolean moved = peer.place != null && !places.contains(peer.place);
      if (places.isEmpty() || moved) {
        drop(peer);
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
    if (listener != null) {
      listener.close();
    }
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
    peer.waiting = out.toByteArray();
    if (peer.channel != null) {
      flush(peer);
    } else {
      dial(peer, null);
    }
  }

  private Peer peer(long sid) {
    return peers.computeIfAbsent(sid, Peer::new);
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

  private void dial(Peer peer, ElectionHandshake.Address told) {
    if (closed || peer.dialling || peer.channel != null) {
      return;
    }
    List<EnsembleServer.Address> places = roster.places(peer.sid);
    String host;
    int port;
    if (told != null) {
      host = told.host();
      port = told.port();
    } else if (places.isEmpty()) {
      return;
    } else {
      peer.place = places.get(peer.failures % places.size());
      host = peer.place.host();
      port = peer.place.electionPort();
    }
    peer.dialling = true;
    net.dial(
        host,
        port,
        config.cnxTimeoutMs(),
        () -> new Handler(peer),
        (channel, cause) -> {
          peer.dialling = false;
          if (channel != null) {
            peer.failures = 0;
            greet(peer, channel);
          } else if (!closed) {
            troubles.notReached(peer.sid, host, port, cause);
            if (++peer.failures % Math.max(1, places.size()) != 0) {
              // While a configuration is proposed a server may be at either of two places.
              dial(peer, null);
            }
          }
        });
  }

  private void greet(Peer peer, Channel channel) {
    EnsembleServer.Address own = roster.self().addresses().get(0);
    JuteWriter out = new JuteWriter(128);
    new ElectionHandshake(
            config.myId(), List.of(new ElectionHandshake.Address(own.host(), own.electionPort())))
        .write(out);
    // In one piece: Apache's server reads it with one call.
    var sent = channel.writeAndFlush(Unpooled.wrappedBuffer(out.toByteArray()));
    if (config.myId() < peer.sid) {
      // Only to be called back.
      troubles.called(peer.sid);
      sent.addListener(ChannelFutureListener.CLOSE);
    } else {
      adopt(peer, channel);
    }
  }

  private void adopt(Peer peer, Channel channel) {
    Channel before = peer.channel;
    peer.channel = channel;
    peer.sending = false;
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
    }
  }

  /** A stranger has said who it is; returns the peer to listen to, or null. */
  private Peer greeted(ElectionHandshake handshake, Channel channel) {
    long sid = handshake.sid();
    if (sid == config.myId()) {
      troubles.ownId((InetSocketAddress) channel.remoteAddress());
      channel.close();
      return null;
    }
    troubles.calledBy(sid, (InetSocketAddress) channel.remoteAddress());
    Peer peer = peer(sid);
    if (sid < config.myId()) {
      channel.close();
      Channel before = peer.channel;
      peer.channel = null;
      peer.sending = false;
      if (before != null) {
        before.close();
      }
      ElectionHandshake.Address address =
          handshake.addresses().isEmpty() ? null : handshake.addresses().get(0);
      boolean usable = address != null && !isWildcard(address.host());
      dial(peer, usable ? address : null);
      return null;
    }
    adopt(peer, channel);
    return peer;
  }

  private static boolean isWildcard(String host) {
    return host.equals("0.0.0.0") || host.equals("::") || host.equals("0:0:0:0:0:0:0:0");
  }

  /** One connection: at first a stranger's, unless it was dialled. */
  private final class Handler extends ChannelInboundHandlerAdapter {
    private final PeerBytes bytes = new PeerBytes();
    private final boolean dialled;
    private Peer peer;

    /** Whether anything came on this connection. */
    private boolean heard;

    Handler(Peer peer) {
      this.peer = peer;
      this.dialled = peer != null;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf in = (ByteBuf) message;
      bytes.add(in);
      in.release();
      net.core().input(() -> take(context.channel()));
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
            receiver.accept(peer.sid, notification);
          }
        }
      } catch (MalformedException e) {
        if (peer == null) {
          InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
          troubles.odd(remote, bytes.array(), bytes.from(), bytes.to(), e.getMessage());
        } else if (!heard) {
          heard = true;
          troubles.odd(peer.sid, bytes.array(), bytes.from(), bytes.to());
        } else {
          LOG.warn("The election channel to server.{} is closed: {}", peer.sid, e.getMessage());
        }
        channel.close();
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
      if (isStrange()) {
        throw new MalformedException("no handshake");
      }
      int length = ElectionHandshake.length(bytes.array(), bytes.from(), bytes.to());
      if (length < 0) {
        return false;
      }
      ElectionHandshake handshake =
          ElectionHandshake.read(reader.reset(bytes.array(), bytes.from(), bytes.from() + length));
      bytes.take(length);
      peer = greeted(handshake, channel);
      return peer != null;
    }

    /** Before 3.5 an id was all of a handshake; what has more than 32 bits is none of ours. */
    private boolean isStrange() {
      return bytes.size() >= Integer.BYTES
          && reader.reset(bytes.array(), bytes.from(), bytes.to()).readInt() > 0;
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
      if (!(cause instanceof IOException)) {
        LOG.error("An election connection failed unexpectedly", cause);
      }
      context.close();
    }

    @Override
    public String toString() {
      return (dialled ? "dialled " : "accepted ") + peer;
    }
  }
}
