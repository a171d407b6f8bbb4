package io.paddock.operators;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.paddock.config.HttpLimits;
import io.paddock.machine.LingeringClose;
import io.paddock.machine.OpsThreads;
import io.paddock.machine.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An HTTP port: one event loop for its connections, and a few threads, made when needed, on which
 * requests are answered. Connections that are slow, silent or hostile cost no thread and hold
 * nothing for long: {@link HttpLimits}. A port that nobody uses costs its thread and a socket; the
 * classes of HTTP are loaded with the first connection.
 */
final class HttpPort implements AutoCloseable {
  /** A request's head usually fits. */
  private static final int READ_BYTES = 4 << 10;

  /** Answers in memory that have not left yet; beyond it, requests are turned away. */
  private static final long HELD_BYTES_MAX = 16L << 20;

  private static final int LAST_ANSWER_MS = 5000;
  private static final int STOP_S_MAX = 5;

  private static final byte[] FULL =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final HttpLimits limits;
  private final WebHandler handler;

  /** Empty where plain HTTP is spoken. */
  private final Optional<Https> https;

  private final EventLoopGroup loop;
  private final ThreadPoolExecutor threads;
  private final LingeringClose lingering = new LingeringClose(LAST_ANSWER_MS);
  private final AtomicLong heldBytes = new AtomicLong();

  /** Those that wait for a request stand in the order in which they began to. */
  private final Set<HttpTalk> talks = new LinkedHashSet<>();

  private Channel listener;

  private HttpPort(String name, HttpLimits limits, Optional<Https> https, WebHandler handler) {
    this.limits = limits;
    this.https = https;
    this.handler = handler;
    this.loop = Transport.group(1, name + "-port");
    this.threads = OpsThreads.create(name, limits.connectionsMax() + 1);
  }

  /**
   * Binds and begins to answer.
   *
   * @param name of its threads
   * @throws IOException when the address cannot be bound
   */
  static HttpPort open(String host, int port, String name, HttpLimits limits, WebHandler handler)
      throws IOException {
    return open(host, port, name, limits, Optional.empty(), handler);
  }

  /** The same by TLS, if there is some. */
  static HttpPort open(
      String host,
      int port,
      String name,
      HttpLimits limits,
      Optional<Https> https,
      WebHandler handler)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException("no such host: " + host);
    }
    HttpPort opened = new HttpPort(name, limits, https, handler);
    ChannelFuture bound = opened.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      opened.close();
      throw cause(bound.cause());
    }
    opened.listener = bound.channel();
    return opened;
  }

  /** As the JDK would tell it: what the system said, not by which of its functions. */
  private static IOException cause(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    String words = text.substring(text.lastIndexOf(": ") + 1).trim();
    IOException told = new BindException(words);
    told.initCause(cause);
    return told;
  }

  private ChannelFuture bind(InetSocketAddress address) {
    return new ServerBootstrap()
        .group(loop)
        .channel(Transport.listenerType())
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        // A pool of its own for this loop would be kept for ever.
        .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
        .childOption(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                accept(channel);
              }
            })
        .bind(address);
  }

  /** The port as bound. */
  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private void accept(Channel channel) {
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    if (remote == null) {
      channel.close();
    } else if (hasRoom(remote.getAddress())) {
      HttpTalk talk = new HttpTalk(this, channel, remote.getAddress());
      talks.add(talk);
      talk.begin();
      https.ifPresent(
          tls -> channel.pipeline().addFirst(new HttpsHandler(this, tls, talk, remote)));
    } else {
      channel
          .eventLoop()
          .execute(
              () -> {
                channel.writeAndFlush(Unpooled.wrappedBuffer(FULL));
                lingering.close(channel);
              });
    }
  }

  /** Whether there is room for one more of this address, if need be made by closing another. */
  private boolean hasRoom(InetAddress address) {
    long ofAddress = talks.stream().filter(talk -> talk.peer().equals(address)).count();
    boolean tooMany = ofAddress >= limits.perAddressMax();
    if (!tooMany && talks.size() < limits.connectionsMax()) {
      return true;
    }
    HttpTalk givesWay =
        talks.stream()
            .filter(talk -> talk.isWaiting() && (!tooMany || talk.peer().equals(address)))
            .findFirst()
            .orElse(null);
    if (givesWay == null) {
      return false;
    }
    givesWay.giveWay();
    return true;
  }

  // --- for the talks, in the loop
  // -----------------------------------------------------------------

  HttpLimits limits() {
    return limits;
  }

  /** For what may block. Refuses work when too much waits, and when the port is closed. */
  Executor threads() {
    return threads;
  }

  WebHandler handler() {
    return handler;
  }

  LingeringClose lingering() {
    return lingering;
  }

  /** It waits for a request again. */
  void waits(HttpTalk talk) {
    if (talks.remove(talk)) {
      talks.add(talk);
    }
  }

  void ended(HttpTalk talk) {
    talks.remove(talk);
  }

  /** So much more, or less, of answers is held in memory. Any thread. */
  void holds(long bytes) {
    heldBytes.addAndGet(bytes);
  }

  /** Whether so many answers wait to be read that none is to be made. Any thread. */
  boolean isFull() {
    return heldBytes.get() > HELD_BYTES_MAX;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_S_MAX, TimeUnit.SECONDS);
  }
}
