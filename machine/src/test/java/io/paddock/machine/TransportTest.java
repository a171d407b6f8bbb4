package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who shares an event loop with somebody busy has his turn. */
class TransportTest {
  private static final int PATIENCE_S = 30;
  private static final int FLOOD = 'f';
  private static final int SLOWNESS = 100;

  private final EventLoopGroup group = Transport.group(1, "transport-test");
  private final AtomicBoolean ended = new AtomicBoolean();

  @AfterEach
  void end() {
    ended.set(true);
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void aTimerGoesOffAlthoughTasksNeverEnd() throws Exception {
    group.execute(this::again);
    CountDownLatch timer = new CountDownLatch(1);
    group.schedule(timer::countDown, 1, TimeUnit.MILLISECONDS);

    assertThat(timer.await(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aSocketIsServedAlthoughAnotherSendsWithoutAPause() throws Exception {
    Channel listener = listen();
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    CountDownLatch flooding = new CountDownLatch(1);
    Thread flood = new Thread(() -> flood(address, flooding), "flood");
    flood.start();
    try (Socket other = new Socket()) {
      assertThat(flooding.await(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
      other.setSoTimeout(PATIENCE_S * 1000);
      other.connect(address);
      for (int i = 0; i < 20; i++) {
        other.getOutputStream().write(i);
        assertThat(other.getInputStream().read()).isEqualTo(i);
      }
    } finally {
      ended.set(true);
      flood.join();
    }
  }

  private void again() {
    if (!ended.get()) {
      group.execute(this::again);
    }
  }

  private void flood(InetSocketAddress address, CountDownLatch flooding) {
    byte[] much = new byte[4 << 20];
    Arrays.fill(much, (byte) FLOOD);
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      while (!ended.get()) {
        socket.getOutputStream().write(much);
        flooding.countDown();
      }
    } catch (IOException e) {
      flooding.countDown();
    }
  }

  /** Answers each read with its bytes; a flood with nothing, and slower than it comes. */
  private Channel listen() {
    return new ServerBootstrap()
        .group(group)
        .channel(Transport.listenerType())
        .childOption(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(1024))
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Echo());
              }
            })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .syncUninterruptibly()
        .channel();
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      if (bytes.getByte(bytes.readerIndex()) == FLOOD) {
        for (int i = 0; i < SLOWNESS; i++) {
          ByteBufUtil.hashCode(bytes);
        }
        bytes.release();
      } else {
        context.writeAndFlush(bytes);
      }
    }
  }
}
