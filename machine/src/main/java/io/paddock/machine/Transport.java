package io.paddock.machine;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of one server: epoll where there is epoll. On two cores or fewer one loop is the
 * core and serves the clients too; with more, the core has a loop of its own and the clients share
 * the others.
 */
public final class Transport implements AutoCloseable {
  private static final int CORES_TO_SHARE = 2;
  private static final int CLIENT_LOOPS_MAX = 16;

  /**
   * Netty's way to say that tasks take no longer than sockets, or some dozens of tasks, before both
   * sockets and timers have their turn again. Not 100, all tasks there are: a socket that brings
   * more than one read holds goes on by a task for each further one, and a client that sends
   * without a pause would keep everybody else out for seconds.
   */
  private static final int SOCKETS_SHARE = 50;

  /** So long is a loop waited for when the server stops. */
  public static final int CLOSE_SECONDS_MAX = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

  private final boolean epoll;
  private final EventLoopGroup core;
  private final EventLoopGroup clients;

  private Transport(boolean epoll, EventLoopGroup core, EventLoopGroup clients) {
    this.epoll = epoll;
    this.core = core;
    this.clients = clients;
  }

  public static Transport open() {
    boolean epoll = Epoll.isAvailable();
    int cores = Runtime.getRuntime().availableProcessors();
    EventLoopGroup core = group(epoll, 1, "paddock-core");
    EventLoopGroup clients =
        cores <= CORES_TO_SHARE
            ? core
            : group(epoll, Math.min(cores - 1, CLIENT_LOOPS_MAX), "paddock-clients");
    return new Transport(epoll, core, clients);
  }

  /** Event loops of their own for something beside the clients, such as the operators. */
  public static EventLoopGroup group(int threads, String name) {
    return group(Epoll.isAvailable(), threads, name);
  }

  /** What listens in such loops. */
  public static Class<? extends ServerChannel> listenerType() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  private static EventLoopGroup group(boolean epoll, int threads, String name) {
    ThreadFactory factory = new DefaultThreadFactory(name, true);
    if (epoll) {
      EpollEventLoopGroup group = new EpollEventLoopGroup(threads, factory);
      group.setIoRatio(SOCKETS_SHARE);
      return group;
    }
    NioEventLoopGroup group = new NioEventLoopGroup(threads, factory);
    group.setIoRatio(SOCKETS_SHARE);
    return group;
  }

  public EventLoop coreLoop() {
    return (EventLoop) core.iterator().next();
  }

  public List<EventLoop> clientLoops() {
    List<EventLoop> loops = new ArrayList<>();
    for (EventExecutor loop : clients) {
      loops.add((EventLoop) loop);
    }
    return loops;
  }

  public EventLoopGroup acceptors() {
    return core;
  }

  public EventLoopGroup clients() {
    return clients;
  }

  public Class<? extends ServerChannel> serverChannelType() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  public Class<? extends Channel> channelType() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** Runs {@code work} in the loop and returns when it is done. */
  public static void inLoop(EventLoop loop, Runnable work) {
    if (loop.inEventLoop()) {
      work.run();
    } else if (!loop.isShuttingDown()) {
      loop.submit(work).syncUninterruptibly();
    }
  }

  /** The same for a server that stops: a loop that is stuck or has ended is not waited for. */
  public static void inLoopIfItGoes(EventLoop loop, Runnable work) {
    try {
      if (loop.inEventLoop()) {
        work.run();
      } else {
        loop.submit(work).awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("An event loop has ended already", e);
    }
  }

  /** A loop that ends by itself, before the server stops, ends the server. */
  public void watch(Guard guard) {
    for (EventLoopGroup group : new LinkedHashSet<>(List.of(core, clients))) {
      for (EventExecutor loop : group) {
        loop.terminationFuture()
            .addListener(ended -> guard.halt(new IllegalStateException("an event loop has ended")));
      }
    }
  }

  @Override
  public void close() {
    core.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    clients.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    core.terminationFuture().awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    clients.terminationFuture().awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
  }
}
