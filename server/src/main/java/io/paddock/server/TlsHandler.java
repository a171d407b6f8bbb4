package io.paddock.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLEngine;

/** TLS of one connection, which tells what it holds of a record that has come in half. */
final class TlsHandler extends SslHandler {
  private IntConsumer holder;

  /**
   * @param tasks does what takes long: keys, certificates
   */
  TlsHandler(SSLEngine engine, Executor tasks) {
    super(engine, tasks);
    // The door has a deadline of its own, which begins earlier.
    setHandshakeTimeoutMillis(0);
  }

  /** Whom to tell from now on. */
  void tell(IntConsumer whom) {
    holder = whom;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    super.channelReadComplete(context);
    report();
  }

  /** Tells what is held now. */
  void report() {
    if (holder != null) {
      ByteBuf half = internalBuffer();
      holder.accept(half.isReadable() ? half.capacity() : 0);
    }
  }
}
