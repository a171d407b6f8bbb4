package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.paddock.testlib.RawSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How connections are closed: what was sent last arrives, and nobody can make it last. */
@Timeout(120)
class LingeringCloseTest {
  private static final int LONG_MS = 60_000;
  private static final byte[] MUCH = new byte[32 << 10];

  private final EventLoopGroup loop = Transport.group(1, "closing");
  private final BlockingQueue<Channel> ended = new LinkedBlockingQueue<>();
  private final BlockingQueue<Channel> closed = new LinkedBlockingQueue<>();
  private LingeringClose lingering;
  private int port;

  /** A server that says something and closes. */
  private void listen(LingeringClose closing, String words) {
    lingering = closing;
    Channel listener =
        new ServerBootstrap()
            .group(loop)
            .channel(Transport.listenerType())
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Closer(words));
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    port = ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private final class Closer extends ChannelInboundHandlerAdapter {
    private final String words;

    Closer(String words) {
      this.words = words;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.write(Unpooled.copiedBuffer(words, StandardCharsets.US_ASCII));
      lingering.close(context.channel());
      context.channel().closeFuture().addListener(gone -> closed.add(context.channel()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      ended.add(context.channel());
    }
  }

  private void awaitEnded() throws InterruptedException {
    assertThat(ended.poll(30, TimeUnit.SECONDS)).isNotNull();
  }

  private void awaitClosed() throws InterruptedException {
    assertThat(closed.poll(30, TimeUnit.SECONDS)).isNotNull();
  }

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private int size() throws Exception {
    return loop.next().submit(lingering::size).get();
  }

  @Test
  void theHandlerHearsOfTheEndOnceAndTheSocketIsClosedWhenTheOtherEndHasClosed() throws Exception {
    listen(new LingeringClose(10, 1 << 20, LONG_MS, LONG_MS), "bye");
    try (RawSocket client = new RawSocket(port)) {
      assertThat(client.readToEnd()).isEqualTo("bye");
      awaitEnded();
      client.assertStillTaken();
      assertThat(size()).isOne();
      assertThat(closed).isEmpty();
    }
    awaitClosed();
    assertThat(size()).isZero();
    assertThat(ended).isEmpty();
  }

  @Test
  void whoeverDoesNotCloseIsClosedAfterAWhile() throws Exception {
    listen(new LingeringClose(10, 1 << 20, LONG_MS, 50), "bye");
    try (RawSocket client = new RawSocket(port)) {
      assertThat(client.readToEnd()).isEqualTo("bye");
      awaitEnded();
      awaitClosed();
    }
  }

  @Test
  void whoeverDoesNotReadIsClosedAfterAWhile() throws Exception {
    listen(new LingeringClose(10, 1 << 20, 50, LONG_MS), "x".repeat(32 << 20));
    try (RawSocket client = new RawSocket(port, 4096)) {
      awaitClosed();
      assertThat(client.countToEnd()).isLessThan(32 << 20);
    }
  }

  @Test
  void whoeverSendsOnAndOnIsClosed() throws Exception {
    listen(new LingeringClose(10, 1 << 20, LONG_MS, LONG_MS), "bye");
    try (RawSocket client = new RawSocket(port)) {
      assertThat(client.readToEnd()).isEqualTo("bye");
      assertThat(client.sendUntilCut(MUCH)).isGreaterThan(1 << 20);
      awaitEnded();
      awaitClosed();
    }
  }

  @Test
  void ofTooManyTheOldestGivesWay() throws Exception {
    listen(new LingeringClose(2, 1 << 20, LONG_MS, LONG_MS), "bye");
    try (RawSocket first = closing();
        RawSocket second = closing()) {
      assertThat(closed).isEmpty();
      try (RawSocket third = closing()) {
        awaitClosed();
        assertThat(first.sendUntilCut(new byte[1])).isLessThan(3);
        second.assertStillTaken();
        third.assertStillTaken();
        assertThat(size()).isEqualTo(2);
      }
    }
  }

  private RawSocket closing() throws IOException, InterruptedException {
    RawSocket client = new RawSocket(port);
    assertThat(client.readToEnd()).isEqualTo("bye");
    awaitEnded();
    return client;
  }
}
