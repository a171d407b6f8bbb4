package io.paddock.peers;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.paddock.machine.FirstBytes;
import io.paddock.machine.Guard;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Stands on a connection that a port for peers has taken, until it is known whether it speaks TLS
 * (security sheet, section 6), and its handshake is done; then gives way to the port's own handler.
 * As a connection that has not said who it is, it is one of few and has a deadline ({@link
 * UnidentifiedChannels}). Runs in the core's loop. A port that takes plain text alone has none.
 */
final class TlsAcceptor extends ChannelInboundHandlerAdapter {
  private final PeerTls tls;
  private final PeerNet net;
  private final TlsTroubles.OfPort port;
  private final UnidentifiedChannels unidentified;
  private final Supplier<ChannelHandler> next;
  private final FirstBytes first = new FirstBytes();
  private ScheduledFuture<?> detection;

  /** Whether it is known what is spoken, or the connection is over. */
  private boolean decided;

  /** Whether it was told that the handshake has failed. */
  private boolean failed;

  TlsAcceptor(
      PeerTls tls,
      PeerNet net,
      TlsTroubles.OfPort port,
      UnidentifiedChannels unidentified,
      Supplier<ChannelHandler> next) {
    this.tls = tls;
    this.net = net;
    this.port = port;
    this.unidentified = unidentified;
    this.next = next;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    unidentified.add(context.channel());
    detection =
        context
            .executor()
            .schedule(
                net.core().guard().of(() -> tooLate(context)),
                tls.detectionMs(),
                TimeUnit.MILLISECONDS);
  }

  /** Whoever says so little for so long does not speak TLS. */
  private void tooLate(ChannelHandlerContext context) {
    if (!decided) {
      plain(context);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (decided) {
      // Only behind the end: what comes through TLS goes to the port's handler.
      in.release();
      return;
    }
    switch (first.add(in)) {
      case OPEN -> {}
      case PLAIN -> plain(context);
      case TLS -> {
        decide();
        Channel channel = context.channel();
        channel
            .pipeline()
            .addFirst(tls.accepting(channel.alloc(), (InetSocketAddress) channel.remoteAddress()));
        channel.pipeline().fireChannelRead(first.take());
      }
    }
  }

  private void decide() {
    decided = true;
    detection.cancel(false);
  }

  private void plain(ChannelHandlerContext context) {
    decide();
    if (tls.takesPlain()) {
      admit(context);
      return;
    }
    port.plainAtTls((InetSocketAddress) context.channel().remoteAddress(), first.start(Long.BYTES));
    first.release();
    net.close(context.channel());
  }

  /** Gives way to the port's handler. */
  private void admit(ChannelHandlerContext context) {
    context.pipeline().addLast(next.get());
    context.fireChannelActive();
    ByteBuf bytes = first.take();
    if (bytes.isReadable()) {
      context.fireChannelRead(bytes);
    } else {
      bytes.release();
    }
    context.pipeline().remove(this);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent end) {
      if (end.isSuccess()) {
        admit(context);
      } else {
        failed(context, end.cause());
      }
    }
  }

  private void failed(ChannelHandlerContext context, Throwable cause) {
    failed = true;
    port.failed((InetSocketAddress) context.channel().remoteAddress(), cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    decide();
    first.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!Guard.isOfOneConnection(cause)) {
      net.failed(cause, this);
    } else if (!failed) {
      failed(context, cause);
    }
    PeerTls.abort(context);
  }
}
