package io.paddock.peers;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.paddock.machine.LingeringClose;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Stands between one member and the ports of its peers that it dials, so that a test can cut a link
 * for real: nothing passes, and neither end is told, as behind a firewall that drops packets. A
 * server has none unless it is started with one.
 *
 * <p>A link is cut by blocking it at both its servers' gates, each for the other's ports. What was
 * sent meanwhile is held, and arrives when the port is unblocked, as TCP would bring it then. Any
 * thread may call the public methods.
 */
public final class PeerGate {
  private final Set<Integer> blocked = ConcurrentHashMap.newKeySet();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

  /** From now on nothing goes to this port or comes from there. */
  public void block(int port) {
    blocked.add(port);
  }

  /** What was held goes on, and so do dials that have not timed out. */
  public void unblock(int port) {
    blocked.remove(port);
    for (Waiting dial : waiting) {
      if (dial.port == port) {
        dial.goOn();
      }
    }
    for (Link link : links) {
      if (link.port == port) {
        link.release();
      }
    }
  }

  /** Runs {@code open} now or when the port is unblocked, else {@code timedOut} in the loop. */
  void dial(int port, EventLoop loop, int timeoutMs, Runnable open, Runnable timedOut) {
    if (!blocked.contains(port)) {
      open.run();
      return;
    }
    Waiting dial = new Waiting(port, open);
    waiting.add(dial);
    dial.timeout =
        loop.schedule(
            () -> {
              if (waiting.remove(dial)) {
                timedOut.run();
              }
            },
            timeoutMs,
            TimeUnit.MILLISECONDS);
    if (!blocked.contains(port)) {
      dial.goOn();
    }
  }

  /** The handler to stand first on a connection that was dialled to this port. */
  ChannelHandler link(int port) {
    return new Link(port);
  }

  /** A dial that nobody answers. */
  private final class Waiting {
    private final int port;
    private final Runnable open;
    private volatile ScheduledFuture<?> timeout;

    Waiting(int port, Runnable open) {
      this.port = port;
      this.open = open;
    }

    void goOn() {
      if (waiting.remove(this)) {
        ScheduledFuture<?> pending = timeout;
        if (pending != null) {
          pending.cancel(false);
        }
        open.run();
      }
    }
  }

  /** Something to be written. */
  private record Write(Object message, ChannelPromise promise) {}

  /** One connection. Runs in its channel's loop but for {@link #release}. */
  private final class Link extends ChannelDuplexHandler {
    private final int port;
    private final Queue<Object> in = new ArrayDeque<>();
    private final Queue<Write> out = new ArrayDeque<>();
    private volatile Channel channel;
    private ChannelHandlerContext context;
    private boolean closedHere;

    Link(int port) {
      this.port = port;
    }

    private boolean holds() {
      return blocked.contains(port);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
      context = added;
      channel = added.channel();
      channel.attr(LingeringClose.AT_ONCE).set(true);
      links.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
      links.remove(this);
      in.forEach(ReferenceCountUtil::release);
      out.forEach(write -> ReferenceCountUtil.release(write.message));
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
      if (closedHere) {
        ReferenceCountUtil.release(message);
      } else if (holds() || !in.isEmpty()) {
        channel.config().setAutoRead(false);
        in.add(message);
      } else {
        context.fireChannelRead(message);
      }
    }

    @Override
    public void write(ChannelHandlerContext ignored, Object message, ChannelPromise promise) {
      if (holds() || !out.isEmpty()) {
        out.add(new Write(message, promise));
      } else {
        context.write(message, promise);
      }
    }

    @Override
    public void close(ChannelHandlerContext ignored, ChannelPromise promise) {
      if (!holds()) {
        context.close(promise);
      } else if (!closedHere) {
        // Its own end learns of it; the other end cannot.
        closedHere = true;
        context.executor().execute(context::fireChannelInactive);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
      if (!closedHere) {
        context.fireChannelInactive();
      }
    }

    /** Any thread. */
    void release() {
      channel.eventLoop().execute(this::goOn);
    }

    private void goOn() {
      if (holds()) {
        return;
      }
      for (Write write = out.poll(); write != null; write = out.poll()) {
        context.write(write.message, write.promise);
      }
      context.flush();
      if (closedHere) {
        context.close();
        return;
      }
      for (Object message = in.poll(); message != null; message = in.poll()) {
        context.fireChannelRead(message);
      }
      channel.config().setAutoRead(true);
    }
  }
}
