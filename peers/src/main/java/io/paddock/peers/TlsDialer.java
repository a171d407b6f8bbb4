package io.paddock.peers;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Stands on a connection that was dialled until its TLS handshake is done, and then gives way to
 * whoever wanted it. Runs in the core's loop.
 */
final class TlsDialer extends ChannelInboundHandlerAdapter {
  /** Somebody was reached, but not by TLS. */
  static final class FailedException extends IOException {
    private static final long serialVersionUID = 1;

    FailedException(Throwable cause) {
      super(cause);
    }
  }

  private final Supplier<ChannelHandler> next;
  private final Consumer<Throwable> done;
  private boolean over;

  /**
   * @param done hears, once, null or why there was no TLS; not when there was no connection
   */
  TlsDialer(Supplier<ChannelHandler> next, Consumer<Throwable> done) {
    this.next = next;
    this.done = done;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!over && event instanceof SslHandshakeCompletionEvent end) {
      if (!end.isSuccess()) {
        failed(end.cause());
        return;
      }
      over = true;
      context.pipeline().addLast(next.get());
      context.fireChannelActive();
      context.pipeline().remove(this);
      done.accept(null);
    }
  }

  private void failed(Throwable cause) {
    if (!over) {
      over = true;
      done.accept(new FailedException(cause));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    failed(new ClosedChannelException());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    failed(cause);
    PeerTls.abort(context);
  }
}
