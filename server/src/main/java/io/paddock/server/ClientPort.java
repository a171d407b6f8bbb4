package io.paddock.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The port that clients connect to: lets them in as far as the limits allow, each to the client
 * loop that its socket belongs to.
 */
final class ClientPort implements AutoCloseable {
  /** Small enough for the allocator's thread-local cache. */
  private static final int READ_BYTES = 32 << 10;

  private static final int UNSENT_LOW_BYTES = 256 << 10;
  private static final int UNSENT_HIGH_BYTES = 1 << 20;

  private final ClientPortConfig config;
  private final Transport transport;
  private final List<ClientLoop> loops;
  private final ServerMetrics metrics;
  private final ConnectionCounts counts;
  private Channel listener;

  ClientPort(
      ClientPortConfig config, Transport transport, List<ClientLoop> loops, ServerMetrics metrics) {
    this.config = config;
    this.transport = transport;
    this.loops = loops;
    this.metrics = metrics;
    this.counts = new ConnectionCounts(config.perAddressMax(), config.connectionsMax());
  }

  /** Begins to let clients in. */
  void open() throws StartException {
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
                new WriteBufferWaterMark(UNSENT_LOW_BYTES, UNSENT_HIGH_BYTES))
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
    InetSocketAddress address = config.bindAddress();
    try {
      listener = bootstrap.bind(address).syncUninterruptibly().channel();
    } catch (Exception e) {
      // Netty throws an IOException here that it does not declare.
      throw StartException.bind(address, e);
    }
  }

  /** Where it listens, once open. */
  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  private void accept(Channel channel) {
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    if (remote == null || !counts.enter(remote.getAddress())) {
      metrics.count(EventCounter.CONNECTION_REJECTED);
      channel.close();
      return;
    }
    metrics.count(EventCounter.CONNECTION_REQUEST_COUNT);
    channel.closeFuture().addListener(closed -> counts.leave(remote.getAddress()));
    ClientLoop loop =
        loops.stream().filter(l -> l.loop() == channel.eventLoop()).findFirst().orElseThrow();
    channel.pipeline().addLast(new ClientChannel(loop, System.currentTimeMillis()));
  }

  /** Lets nobody in any more; those who are stay. */
  @Override
  public void close() {
    if (listener != null) {
      listener.close().syncUninterruptibly();
    }
  }
}
