package io.paddock.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a member reaches its peers: sockets on the core's loop, names looked up on a thread of their
 * own, and each cause of a failure told once until it changes. Used by the core's thread.
 */
final class PeerNet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerNet.class);

  private final Transport transport;
  private final CoreLoop core;
  private final ExecutorService background;
  private final Map<String, String> told = new HashMap<>();
  private final Map<String, Integer> failures = new HashMap<>();

  PeerNet(Transport transport, CoreLoop core) {
    this.transport = transport;
    this.core = core;
    this.background =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "paddock-peers");
              thread.setDaemon(true);
              return thread;
            });
  }

  CoreLoop core() {
    return core;
  }

  /** Work that may block. */
  void inBackground(Runnable work) {
    background.execute(work);
  }

  /**
   * Dials; {@code done} hears in the loop, later, either of a channel or of the cause.
   *
   * @param what the connection is for, as the user is told
   * @param failuresUntold so many failures in a row are ordinary
   */
  void dial(
      String what,
      String host,
      int port,
      int timeoutMs,
      int failuresUntold,
      Supplier<ChannelHandler> handler,
      BiConsumer<Channel, Throwable> done) {
    inBackground(
        () -> {
          InetAddress address;
          try {
            address = InetAddress.getByName(host);
          } catch (UnknownHostException e) {
            core.later(() -> failed(what, host, port, failuresUntold, e, done));
            return;
          }
          new Bootstrap()
              .group(core.loop())
              .channel(transport.channelType())
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs)
              .handler(initializer(handler))
              .connect(new InetSocketAddress(address, port))
              .addListener(
                  (io.netty.channel.ChannelFuture connected) ->
                      core.later(
                          () -> {
                            if (connected.isSuccess()) {
                              told.remove(what);
                              failures.remove(what);
                              done.accept(connected.channel(), null);
                            } else {
                              failed(what, host, port, failuresUntold, connected.cause(), done);
                            }
                          }));
        });
  }

  private static ChannelHandler initializer(Supplier<ChannelHandler> handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(handler.get());
      }
    };
  }

  private void failed(
      String what,
      String host,
      int port,
      int failuresUntold,
      Throwable cause,
      BiConsumer<Channel, Throwable> done) {
    if (failures.merge(what, 1, Integer::sum) > failuresUntold) {
      tell(what, "Cannot open " + what + " at " + host + ":" + port + ": " + remedy(host, cause));
    }
    done.accept(null, cause);
  }

  private static String remedy(String host, Throwable cause) {
    String name = cause.getClass().getSimpleName();
    if (cause instanceof UnknownHostException) {
      return "no such host: correct the name in the configuration, or DNS or /etc/hosts for "
          + host;
    }
    if (name.contains("Timeout")) {
      return "no answer in time: the machine is down, or a firewall drops the packets";
    }
    if (String.valueOf(cause.getMessage()).contains("refused")) {
      return "refused: the server is not started there, or listens on another port or address";
    }
    return cause.getMessage() == null ? name : cause.getMessage();
  }

  /** Logs what is the case with {@code what}, unless just this was said last. */
  void tell(String what, String line) {
    if (!line.equals(told.put(what, line))) {
      LOG.warn(line);
    }
  }

  /** Listens; the outcome is told later in the loop. */
  void listen(
      InetSocketAddress address,
      Supplier<ChannelHandler> handler,
      BiConsumer<Channel, Throwable> done) {
    new ServerBootstrap()
        .group(core.loop())
        .channel(transport.serverChannelType())
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(initializer(handler))
        .bind(address)
        .addListener(
            (io.netty.channel.ChannelFuture bound) ->
                core.later(
                    () -> done.accept(bound.isSuccess() ? bound.channel() : null, bound.cause())));
  }

  @Override
  public void close() {
    background.shutdownNow();
  }
}
