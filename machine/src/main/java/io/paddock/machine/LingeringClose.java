package io.paddock.machine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections so that what was sent last arrives. A socket that is closed while there is
 * unread input, or that gets some afterwards, is reset by the system, and the other end loses what
 * it has not read by then. So the output alone is ended first; what still comes in is thrown away;
 * and the socket is closed when the other end has closed too.
 *
 * <p>Nobody can make this last: it is bounded by time, by bytes, and by the number of connections,
 * of which the oldest gives way. For its handlers a connection is over, that is inactive, as soon
 * as its output is.
 *
 * <p>One for each event loop, to be used in that loop.
 */
public final class LingeringClose {
  /** Stands on a connection that is to be closed at once: something else holds back its end. */
  public static final AttributeKey<Boolean> AT_ONCE = AttributeKey.valueOf("paddock.closeAtOnce");

  private static final int CONNECTIONS_MAX = 256;
  private static final long BYTES_MAX = 1 << 20;
  private static final int DRAIN_MS = 2000;

  private final int connectionsMax;
  private final long bytesMax;
  private final int sendMs;
  private final int drainMs;
  private final Map<Channel, Ending> endings = new LinkedHashMap<>();

  /**
   * @param sendMs how long what was written may take to leave
   */
  public LingeringClose(int sendMs) {
    this(CONNECTIONS_MAX, BYTES_MAX, sendMs, DRAIN_MS);
  }

  /**
   * @param connectionsMax that are closed so at a time
   * @param bytesMax of input that are thrown away, each
   * @param sendMs how long what was written may take to leave
   * @param drainMs how long the other end may then take to close
   */
  public LingeringClose(int connectionsMax, long bytesMax, int sendMs, int drainMs) {
    this.connectionsMax = connectionsMax;
    this.bytesMax = bytesMax;
    this.sendMs = sendMs;
    this.drainMs = drainMs;
  }

  /** Closes behind what was written; its handlers hear of the end after this has returned. */
  public void close(Channel channel) {
    if (endings.containsKey(channel)) {
      return;
    }
    if (!channel.isActive()) {
      channel.close();
      return;
    }
    if (endings.size() >= connectionsMax) {
      Channel oldest = endings.keySet().iterator().next();
      endings.remove(oldest);
      oldest.close();
    }
    Ending ending = new Ending(channel);
    endings.put(channel, ending);
    ending.begin();
  }

  /** How many are being closed. */
  int size() {
    return endings.size();
  }

  /** One connection's end: stands first in its pipeline as soon as the output is ended. */
  private final class Ending extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private ScheduledFuture<?> deadline;
    private long drained;

    Ending(Channel channel) {
      this.channel = channel;
    }

    void begin() {
      channel
          .closeFuture()
          .addListener(
              closed -> {
                endings.remove(channel, this);
                deadline.cancel(false);
              });
      closeAfter(sendMs);
      behindAll()
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          // Later, not now: the caller is in the middle of something.
          .addListener(sent -> channel.eventLoop().execute(this::drain));
    }

    /**
     * Where something can be written behind all that was: TLS takes nothing more after its own
     * goodbye, without which the other end may take what it got for cut off.
     */
    private ChannelOutboundInvoker behindAll() {
      ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
      if (tls == null) {
        return channel;
      }
      channel.flush();
      ((SslHandler) tls.handler()).closeOutbound();
      return tls;
    }

    private void closeAfter(int ms) {
      deadline =
          channel
              .eventLoop()
              .schedule(
                  () -> {
                    channel.close();
                  },
                  ms,
                  TimeUnit.MILLISECONDS);
    }

    private void drain() {
      if (!channel.isActive()) {
        return;
      }
      if (!(channel instanceof DuplexChannel duplex) || channel.hasAttr(AT_ONCE)) {
        channel.close();
        return;
      }
      deadline.cancel(false);
      closeAfter(drainMs);
      channel.pipeline().addFirst(this);
      duplex
          .shutdownOutput()
          .addListener(
              ended -> {
                if (!ended.isSuccess() || duplex.isInputShutdown()) {
                  channel.close();
                }
              });
      channel.config().setAutoRead(true);
      channel.pipeline().context(this).fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      drained += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
      ReferenceCountUtil.release(message);
      if (drained > bytesMax) {
        channel.close();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        channel.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      channel.close();
    }

    // What has heard of the end already hears no more.

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {}

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {}

    @Override
    public void channelInactive(ChannelHandlerContext context) {}
  }
}
