package io.paddock.peers;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandler;
import io.paddock.config.CauseWords;
import io.paddock.config.PeerConfig;
import io.paddock.machine.AcceptTroubles;
import io.paddock.machine.CoreThread;
import io.paddock.machine.Descriptors;
import io.paddock.machine.Guard;
import io.paddock.machine.LingeringClose;
import io.paddock.machine.TlsWords;
import io.paddock.machine.Transport;
import io.paddock.machine.Workers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a member reaches its peers: sockets on the core's loop, names looked up on a thread of their
 * own. Used by the core's thread.
 */
public final class PeerNet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerNet.class);

  /** Somebody took the connection and has ended it already. */
  static final class HungUpException extends ConnectException {
    private static final long serialVersionUID = 1;

    HungUpException() {
      super("somebody answers there and hangs up at once");
    }
  }

  /** So long may take what is sent before a connection is closed. */
  private static final int LAST_WORDS_MS = 2000;

  private final Transport transport;
  private final CoreThread core;
  private final Workers background;
  private final Descriptors descriptors = Descriptors.ofProcess();
  private final PeerTroubles troubles = new PeerTroubles(LOG, PeerNet::monotonicMs);

  private final LingeringClose lingering = new LingeringClose(LAST_WORDS_MS);
  private final boolean keepAlive;
  private final long handshakeMs;
  private final PeerNames names;

  /** Null outside of tests. */
  private final PeerGate gate;

  /** Null where peers speak plain text. */
  private final PeerTls tls;

  /** Null where peers do not log in. */
  private final PeerSasl sasl;

  /**
   * @param gate null outside of tests
   * @param tls started already; null where peers speak plain text
   * @param sasl started already; null where peers do not log in
   */
  public PeerNet(
      Transport transport,
      CoreThread core,
      PeerConfig config,
      PeerGate gate,
      PeerTls tls,
      PeerSasl sasl) {
    this.transport = transport;
    this.core = core;
    this.keepAlive = config.tcpKeepAlive();
    this.handshakeMs = config.handshakeMs();
    this.gate = gate;
    this.tls = tls;
    this.sasl = sasl;
    this.names = new PeerNames(InetAddress::getByName);
    this.background = new Workers("paddock-peers", core.guard());
  }

  CoreThread core() {
    return core;
  }

  /** Work that may block. */
  public void inBackground(Runnable work) {
    try {
      background.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.debug("The server stops", e);
    }
  }

  /** Something was thrown on a peer's connection, which is to be closed. */
  void failed(Throwable cause, Object connection) {
    if (!Guard.isOfOneConnection(cause)) {
      core.failed(cause);
    } else if (!(cause instanceof IOException) && !TlsWords.isTls(cause)) {
      LOG.error("{} failed unexpectedly and is closed", connection, cause);
    }
  }

  /** What goes wrong with peers, for the user. */
  public PeerTroubles troubles() {
    return troubles;
  }

  public long nowMs() {
    return monotonicMs();
  }

  private static long monotonicMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** Ends a connection so that what was sent arrives, if it leaves soon. */
  void close(Channel channel) {
    lingering.close(channel);
  }

  /** Whether this server logs in where it dials. */
  boolean logsIn() {
    return sasl != null && sasl.dials();
  }

  /**
   * Dials, by TLS where that is how peers talk, and logs in where they do; {@code done} hears in
   * the loop, later, either of a channel or of the cause. A channel that it has logged in on may be
   * closed by then.
   *
   * @param name the host in the server line of whom is dialled, which its certificate may have
   * @param timeoutMs for the connection; a handshake has the time that a caller has here to say who
   *     it is, and so has a login
   * @param greeting what is sent before a login, and only then; null when nobody wants the
   *     connection any more
   */
  void dial(
      String host,
      int port,
      String name,
      int timeoutMs,
      Supplier<byte[]> greeting,
      Supplier<ChannelHandler> handler,
      BiConsumer<Channel, Throwable> done) {
    Supplier<ChannelHandler> first =
        logsIn()
            ? () ->
                new SaslDialer(
                    sasl, this, new SaslDialer.Call(name, handshakeMs, greeting, handler, done))
            : handler;
    inBackground(
        () -> {
          InetSocketAddress at;
          try {
            at = new InetSocketAddress(names.find(host), port);
          } catch (UnknownHostException | RuntimeException e) {
            core.later(() -> done.accept(null, e));
            return;
          }
          Runnable connect = () -> connect(at, host, name, timeoutMs, first, done);
          if (gate == null) {
            connect.run();
          } else {
            gate.dial(
                port,
                core.loop(),
                timeoutMs,
                connect,
                () -> core.later(() -> done.accept(null, new ConnectTimeoutException())));
          }
        });
  }

  private void connect(
      InetSocketAddress at,
      String host,
      String name,
      int timeoutMs,
      Supplier<ChannelHandler> handler,
      BiConsumer<Channel, Throwable> done) {
    if (core.loop().isShuttingDown()) {
      return; // the server stops
    }
    boolean byTls = tls != null && tls.dials();
    SslHandler secure =
        byTls
            ? tls.dialling(ByteBufAllocator.DEFAULT, host, at.getPort(), name, handshakeMs)
            : null;
    new Bootstrap()
        .group(core.loop())
        .channel(transport.channelType())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, keepAlive)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                if (gate != null) {
                  channel.pipeline().addLast(gate.link(at.getPort()));
                }
                if (byTls) {
                  channel.pipeline().addLast(secure, shaking(channel, handler, done));
                } else {
                  channel.pipeline().addLast(handler.get());
                }
              }
            })
        .connect(at)
        .addListener(
            (ChannelFuture connected) -> {
              if (!byTls && !logsIn() || !connected.isSuccess()) {
                core.later(() -> connected(connected.channel(), connected.cause(), done));
              }
            });
  }

  private ChannelHandler shaking(
      Channel channel, Supplier<ChannelHandler> handler, BiConsumer<Channel, Throwable> done) {
    return new TlsDialer(
        handler,
        cause -> {
          if (cause != null || !logsIn()) {
            core.later(() -> connected(channel, cause, done));
          }
        });
  }

  /** A channel that was closed meanwhile is none: who takes it would wait for its end in vain. */
  private static void connected(
      Channel channel, Throwable cause, BiConsumer<Channel, Throwable> done) {
    if (cause != null) {
      done.accept(null, cause);
    } else if (channel.isActive()) {
      done.accept(channel, null);
    } else {
      done.accept(null, new HungUpException());
    }
  }

  /**
   * What a port gives to each connection that it takes: its own handler, behind TLS where that is
   * spoken, and behind a login where logins are taken.
   *
   * @param unidentified the port's connections that have not said who they are
   * @param login how logins are taken, where they are
   */
  Supplier<ChannelHandler> guarded(
      TlsTroubles.OfPort port,
      UnidentifiedChannels unidentified,
      Function<PeerSasl, SaslAcceptor.OfPort> login,
      Supplier<ChannelHandler> handler) {
    Supplier<ChannelHandler> inner = handler;
    if (sasl != null) {
      SaslAcceptor.OfPort logins = login.apply(sasl);
      inner = () -> new SaslAcceptor(logins, handler);
    }
    Supplier<ChannelHandler> next = inner;
    return tls == null ? next : () -> new TlsAcceptor(tls, this, port, unidentified, next);
  }

  /**
   * Listens at each of these addresses, whose names are looked up now; {@code done} hears in the
   * loop, later, of the channels that are open, or of the cause when there is none.
   *
   * @param admit whether calls are taken at once, and not only when a channel is told to read
   */
  void listen(
      List<InetSocketAddress> addresses,
      Supplier<ChannelHandler> handler,
      boolean admit,
      BiConsumer<List<Channel>, Throwable> done) {
    List<Channel> open = new ArrayList<>();
    List<Throwable> causes = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      listen(
          address,
          handler,
          admit,
          (channel, cause) -> {
            if (channel != null) {
              open.add(channel);
            } else {
              causes.add(cause);
              if (addresses.size() > 1) {
                LOG.warn("{} cannot be bound: {}", address, CauseWords.of(cause));
              }
            }
            if (open.size() + causes.size() == addresses.size()) {
              done.accept(open, open.isEmpty() ? causes.get(0) : null);
            }
          });
    }
  }

  private void listen(
      InetSocketAddress address,
      Supplier<ChannelHandler> handler,
      boolean admit,
      BiConsumer<Channel, Throwable> done) {
    if (!address.isUnresolved()) {
      bind(address, handler, admit, done);
      return;
    }
    inBackground(
        () -> {
          try {
            InetSocketAddress found =
                new InetSocketAddress(names.find(address.getHostString()), address.getPort());
            core.later(() -> bind(found, handler, admit, done));
          } catch (UnknownHostException e) {
            core.later(() -> done.accept(null, e));
          }
        });
  }

  private void bind(
      InetSocketAddress address,
      Supplier<ChannelHandler> handler,
      boolean admit,
      BiConsumer<Channel, Throwable> done) {
    if (core.loop().isShuttingDown()) {
      return; // the server stops
    }
    new ServerBootstrap()
        .group(core.loop())
        .channel(transport.serverChannelType())
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.AUTO_READ, admit)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, keepAlive)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handler.get());
              }
            })
        .bind(address)
        .addListener((ChannelFuture bound) -> core.later(() -> bound(bound, done)));
  }

  private void bound(ChannelFuture bound, BiConsumer<Channel, Throwable> done) {
    if (bound.isSuccess()) {
      bound.channel().pipeline().addLast(new AcceptTroubles("a port of peers", descriptors));
    }
    done.accept(bound.isSuccess() ? bound.channel() : null, bound.cause());
  }

  @Override
  public void close() {
    background.close();
  }
}
