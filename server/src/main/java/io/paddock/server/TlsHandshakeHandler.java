package io.paddock.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.paddock.config.TlsConfig;
import io.paddock.machine.FirstBytes;
import io.paddock.machine.ForeignProtocol;
import io.paddock.machine.Guard;
import io.paddock.machine.TlsWords;
import io.paddock.metrics.EventCounter;
import io.paddock.wire.Id;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * What stands before a {@link ClientChannel} on a port that takes TLS: tells TLS and plain text
 * apart by the first bytes (security sheet, section 1.1), sees the handshake through, and gives way
 * to the channel of a client that is known then. Until the first bytes are there it holds next to
 * nothing. Confined to its client loop.
 */
final class TlsHandshakeHandler extends ChannelInboundHandlerAdapter {
  /** As Netty's, and so Apache's server's. */
  private static final long HANDSHAKE_MS = 10_000;

  private final ClientLoop loop;
  private final TlsPort port;
  private final Handshakes handshakes;
  private final InetSocketAddress remote;
  private final long openedMs;
  private final FirstBytes first = new FirstBytes();
  private long heardNanos = System.nanoTime();

  /** Null while the first bytes are not all there. */
  private SSLEngine engine;

  private ScheduledFuture<?> deadline;
  private ChannelHandlerContext context;
  private boolean done;

  TlsHandshakeHandler(ClientLoop loop, TlsPort port, InetSocketAddress remote, long openedMs) {
    this.loop = loop;
    this.port = port;
    this.handshakes = port.handshakes(loop);
    this.remote = remote;
    this.openedMs = openedMs;
  }

  /** When something came last. */
  long heardNanos() {
    return heardNanos;
  }

  /** Whether it is for this server to go on. */
  boolean waitsForServer() {
    return engine != null && engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    this.context = context;
    if (!handshakes.enter(this)) {
      port.metrics().count(EventCounter.TLS_HANDSHAKE_EXCEEDED);
      end();
      return;
    }
    deadline =
        context
            .executor()
            .schedule(loop.guard().of(this::tooLate), HANDSHAKE_MS, TimeUnit.MILLISECONDS);
  }

  private void tooLate() {
    if (engine != null) {
      failed("it has not come to its end in " + HANDSHAKE_MS / 1000 + " s");
    }
    end();
  }

  /** Makes room for others. */
  void giveWay() {
    port.metrics().count(EventCounter.TLS_HANDSHAKE_EXCEEDED);
    end();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (done || engine != null) {
      // Only behind the end: what comes through TLS goes to the client's channel.
      in.release();
      return;
    }
    heardNanos = System.nanoTime();
    handshakes.heard(this);
    switch (first.add(in)) {
      case OPEN -> {}
      case TLS -> shakeHands();
      case PLAIN -> {
        if (port.takesPlain()) {
          admit(List.of(), null);
        } else {
          refusePlain();
        }
      }
    }
  }

  private void shakeHands() {
    if (port.dropsEarly()) {
      end();
      return;
    }
    engine = port.tls().newEngine(context.alloc(), remote);
    context.pipeline().addFirst(new TlsHandler(engine, port.tasks()));
    // All that comes goes through it from now on.
    context.pipeline().fireChannelRead(first.take());
  }

  private void refusePlain() {
    byte[] start = first.start(Long.BYTES);
    String what = ForeignProtocol.atTlsPort(start, start.length);
    port.metrics().count(EventCounter.UNSUCCESSFUL_HANDSHAKE);
    port.metrics().count(EventCounter.AUTH_FAILED_COUNT);
    loop.confusions().plainAtTls(remote, what);
    end();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent end) {
      if (end.isSuccess()) {
        identify();
      } else {
        failed(TlsWords.of(end.cause()));
        end();
      }
    } else if (event instanceof ChannelInputShutdownEvent) {
      hungUp();
      end();
    }
  }

  private void identify() {
    if (done) {
      return;
    }
    List<Id> proven = List.of();
    if (port.tls().config().clientAuth() != TlsConfig.ClientAuth.NONE) {
      try {
        X509Certificate leaf = (X509Certificate) engine.getSession().getPeerCertificates()[0];
        proven = port.access().certified(leaf.getSubjectX500Principal().getName());
      } catch (SSLPeerUnverifiedException e) {
        // Wanted, not needed: nobody in particular.
      }
    }
    admit(proven, context.pipeline().get(TlsHandler.class));
  }

  /** Gives way to the client's channel. */
  private void admit(List<Id> proven, TlsHandler tls) {
    leave();
    ClientChannel client = new ClientChannel(loop, openedMs, port.isSecure(), proven, tls);
    context.pipeline().addLast(client);
    context.fireChannelActive();
    ByteBuf bytes = first.take();
    if (bytes.isReadable()) {
      context.fireChannelRead(bytes);
    } else {
      bytes.release();
    }
    if (tls != null) {
      // What has come behind the handshake's end is still being read.
      context.executor().execute(loop.guard().of(tls::report));
    }
    context.pipeline().remove(this);
  }

  private void failed(String why) {
    if (!done) {
      port.metrics().count(EventCounter.UNSUCCESSFUL_HANDSHAKE);
      port.metrics().count(EventCounter.AUTH_FAILED_COUNT);
      loop.confusions().handshakeFailed(remote, why);
    }
  }

  private void leave() {
    done = true;
    handshakes.leave(this);
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void end() {
    if (!done) {
      leave();
      first.release();
      // An alert of TLS may be on its way.
      loop.lingering().close(context.channel());
    }
  }

  /** Counted as Apache's server does, of those who only connect too; told of nobody. */
  private void hungUp() {
    if (!done && (engine != null || port.isSecure())) {
      port.metrics().count(EventCounter.UNSUCCESSFUL_HANDSHAKE);
      port.metrics().count(EventCounter.AUTH_FAILED_COUNT);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    hungUp();
    if (!done) {
      leave();
      first.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // Of a handshake that failed it was told already.
    if (Guard.isOfOneConnection(cause)) {
      end();
    } else {
      loop.guard().halt(cause);
    }
  }
}
