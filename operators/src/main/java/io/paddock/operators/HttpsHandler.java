package io.paddock.operators;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.paddock.machine.TlsWords;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Stands first on a connection of a port for HTTPS, and gives way when its first byte has come: to
 * TLS, or to nothing where plain HTTP is served, too. A handshake counts as the wait for the first
 * request, with the deadline that this has; its arithmetic is done by the port's threads.
 */
final class HttpsHandler extends ChannelInboundHandlerAdapter {
  private static final int HANDSHAKE_RECORD = 0x16;

  private final HttpPort port;
  private final Https https;
  private final HttpTalk talk;
  private final InetSocketAddress remote;

  HttpsHandler(HttpPort port, Https https, HttpTalk talk, InetSocketAddress remote) {
    this.port = port;
    this.https = https;
    this.talk = talk;
    this.remote = remote;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (!bytes.isReadable()) {
      bytes.release();
    } else if (bytes.getUnsignedByte(bytes.readerIndex()) == HANDSHAKE_RECORD) {
      shakeHands(context, bytes);
    } else if (https.takesPlain()) {
      https.plainCame();
      context.pipeline().remove(this);
      context.pipeline().fireChannelRead(bytes);
    } else {
      bytes.release();
      https.refused(remote, "speaks plain HTTP, and this port takes HTTPS only: ask by https://");
      context.pipeline().remove(this);
      talk.refusePlain();
    }
  }

  private void shakeHands(ChannelHandlerContext context, ByteBuf bytes) {
    SSLEngine engine = https.tls().newEngine(context.alloc(), remote);
    SslHandler tls = new SslHandler(engine, port.threads());
    tls.setHandshakeTimeoutMillis(port.limits().idleTimeoutMs());
    tls.handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                talk.secured(subject(engine));
              } else if (talk.isWaiting()) {
                https.refused(
                    remote, "did not come through its TLS handshake: " + TlsWords.of(done.cause()));
              }
            });
    context.pipeline().replace(this, "tls", tls);
    context.pipeline().fireChannelRead(bytes);
  }

  /** Whom its certificate names; null without one. */
  private static String subject(SSLEngine engine) {
    try {
      return ((X509Certificate) engine.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }
}
