package io.paddock.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.paddock.config.BindRetry;
import io.paddock.config.CauseWords;
import io.paddock.config.ClientPortConfig;
import io.paddock.config.MemoryShares;
import io.paddock.machine.AcceptTroubles;
import io.paddock.machine.Descriptors;
import io.paddock.machine.StartException;
import io.paddock.machine.Transport;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port that clients connect to: lets them in as far as the limits allow, each to the client
 * loop that its socket belongs to. A reconfiguration may move it; who is connected stays. Not to be
 * used by a loop's thread, which it waits for.
 */
final class ClientPort implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientPort.class);

  /** Small enough for the allocator's thread-local cache. */
  private static final int READ_BYTES = 32 << 10;

  /** A client that leaves more unread is not read. */
  private static final int UNSENT_HIGH_BYTES = 1 << 20;

  private final String key;
  private final ClientPortConfig config;
  private final Transport transport;
  private final List<ClientLoop> loops;
  private final ServerMetrics metrics;
  private final int unsentHighBytes;
  private final Descriptors descriptors = Descriptors.ofProcess();
  private final ConnectionCounts counts;

  /** Looks up where to listen. */
  private Supplier<InetSocketAddress> wanted;

  /** Where it was tried last; null before. */
  private InetSocketAddress address;

  private Channel listener;
  private boolean closed;
  private volatile InetSocketAddress boundTo;

  /** Null where only plain text is spoken. */
  private TlsPort tls;

  /**
   * @param key that names it in messages
   * @param all counts the connections of all ports
   */
  ClientPort(
      String key,
      ClientPortConfig config,
      Transport transport,
      List<ClientLoop> loops,
      ServerMetrics metrics,
      MemoryShares shares,
      AtomicInteger all) {
    this.key = key;
    this.config = config;
    this.transport = transport;
    this.loops = loops;
    this.metrics = metrics;
    this.unsentHighBytes = (int) Math.min(UNSENT_HIGH_BYTES, shares.clientUnsentBytesMax() / 16);
    this.wanted = config::bindAddress;
    this.counts =
        new ConnectionCounts(config.perAddressMax(), config.connectionsMax(), descriptors, all);
  }

  /** Whoever comes from now on may speak TLS, or must. Before it is opened. */
  void takeTls(TlsPort port) {
    tls = port;
  }

  /** Begins to let clients in, as soon as the address can be had. */
  synchronized void open() throws StartException {
    descriptors.sayIfFew();
    for (int tries = 1; listener == null; tries++) {
      try {
        address = wanted.get();
        listener = bind();
      } catch (Exception e) {
        // Netty throws an IOException here that it does not declare.
        StartException why = StartException.bind(key, address, e);
        // Who holds the port of clients may be meant to: that is not waited for for ever.
        BindRetry retry = BindRetry.isInUse(e) ? config.bindRetry().bounded() : config.bindRetry();
        if (!retry.goesOn(tries, e)) {
          throw why;
        }
        if (tries == 1) {
          LOG.warn("{}; {}", why.getMessage(), retry.outlook(tries));
        }
        awaitNextTry(why);
        if (closed) {
          throw why;
        }
      }
    }
  }

  private void awaitNextTry(StartException why) throws StartException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BindRetry.PAUSE_MS);
    try {
      for (long left = BindRetry.PAUSE_MS; left > 0 && !closed; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw why;
    }
  }

  private Channel bind() {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(transport.acceptors(), transport.clients())
            .channel(transport.serverChannelType())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, config.tcpKeepAlive())
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(unsentHighBytes / 4, unsentHighBytes))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                });
    if (config.backlog() > 0) {
      bootstrap.option(ChannelOption.SO_BACKLOG, config.backlog());
    }
    Channel bound = bootstrap.bind(address).syncUninterruptibly().channel();
    bound
        .pipeline()
        .addLast(
            new AcceptTroubles(key.equals("clientPort") ? "the client port" : key, descriptors));
    boundTo = (InetSocketAddress) bound.localAddress();
    return bound;
  }

  /**
   * Moves it, or leaves it where it is, saying so, when it cannot be moved there.
   *
   * @return whether it was opened anew
   */
  synchronized boolean move(InetSocketAddress to) {
    if (closed || isSame(to, address)) {
      return false;
    }
    wanted = () -> to;
    if (listener == null) {
      return false;
    }
    InetSocketAddress from = address;
    address = to;
    Channel old = listener;
    if (from.getPort() == to.getPort()) {
      // Another address of this machine, or all of them: the two cannot be open at once.
      old.close().syncUninterruptibly();
    }
    try {
      listener = bind();
      old.close().syncUninterruptibly();
      LOG.info("Clients are served on {} now, by the new configuration", boundTo);
    } catch (Exception e) {
      LOG.error(
          "The client port cannot be moved to {} as the new configuration says ({}): it stays at"
              + " {}. Make the address free and restart this server",
          to,
          CauseWords.of(e),
          from);
      address = from;
      listener = old.isOpen() ? old : bind();
    }
    return true;
  }

  private static boolean isSame(InetSocketAddress a, InetSocketAddress b) {
    return b != null && isAny(a) && isAny(b) ? a.getPort() == b.getPort() : a.equals(b);
  }

  private static boolean isAny(InetSocketAddress address) {
    return !address.isUnresolved() && address.getAddress().isAnyLocalAddress();
  }

  /** Where it listens, once open. Any thread. */
  InetSocketAddress address() {
    return boundTo;
  }

  private void accept(Channel channel) {
    ClientLoop loop =
        loops.stream().filter(l -> l.loop() == channel.eventLoop()).findFirst().orElseThrow();
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    if (remote == null || !counts.enter(remote.getAddress())) {
      metrics.count(EventCounter.CONNECTION_REJECTED);
      // When it is registered with its loop.
      channel.eventLoop().execute(() -> loop.lingering().close(channel));
      return;
    }
    metrics.count(EventCounter.CONNECTION_REQUEST_COUNT);
    if (tls == null || tls.takesPlain()) {
      metrics.count(
          remote.getAddress().isLoopbackAddress()
              ? EventCounter.NON_MTLS_LOCAL_CONN_COUNT
              : EventCounter.NON_MTLS_REMOTE_CONN_COUNT);
    }
    channel.closeFuture().addListener(gone -> counts.leave(remote.getAddress()));
    long now = System.currentTimeMillis();
    channel
        .pipeline()
        .addLast(
            tls == null
                ? new ClientChannel(loop, now)
                : new TlsHandshakeHandler(loop, tls, remote, now));
  }

  /** Lets nobody in any more; those who are stay. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    if (listener != null) {
      // Its loop may be stuck, when the server stops for that.
      listener.close().awaitUninterruptibly(Transport.CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
  }
}
