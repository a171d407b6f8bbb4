package io.paddock.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.paddock.config.BindRetry;
import io.paddock.config.PeerConfig;
import io.paddock.machine.Transport;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How peers are dialled. */
class PeerNetTest {
  private static final int PATIENCE_S = 60;
  private static final PeerConfig CONFIG = new PeerConfig(5000, 5000, BindRetry.NONE, false, false);

  @Test
  void anErrorInTheBackgroundEndsTheServer() throws Exception {
    Transport transport = Transport.open();
    CompletableFuture<Throwable> halted = new CompletableFuture<>();
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    try (PeerNet net =
        new PeerNet(
            transport,
            new CoreThreadOfTest(transport.coreLoop(), halted::complete),
            CONFIG,
            null,
            null,
            null)) {
      net.inBackground(
          () -> {
            throw error;
          });
      assertThat(halted.get(PATIENCE_S, TimeUnit.SECONDS)).isSameAs(error);
    } finally {
      transport.close();
    }
  }

  /** As a stranger's handshake can name: nothing is to wait for such a dial for ever. */
  @Test
  void aPortThatIsNoneIsToldAsNotReached() throws Exception {
    Transport transport = Transport.open();
    try (PeerNet net =
        new PeerNet(
            transport,
            new CoreThreadOfTest(transport.coreLoop(), failure -> {}),
            CONFIG,
            null,
            null,
            null)) {
      CompletableFuture<Throwable> told = new CompletableFuture<>();
      net.dial(
          "127.0.0.1",
          70_000,
          "127.0.0.1",
          1000,
          () -> new byte[0],
          ChannelInboundHandlerAdapter::new,
          (channel, cause) -> told.complete(cause));
      assertThat(told.get(PATIENCE_S, TimeUnit.SECONDS))
          .isInstanceOf(IllegalArgumentException.class);
    } finally {
      transport.close();
    }
  }

  /** What {@code done} is told. */
  private record Outcome(Channel channel, Throwable cause) {}

  @Test
  void callsThatComeBeforeTheyAreTakenWaitUntilTheyAre() throws Exception {
    Transport transport = Transport.open();
    try (PeerNet net =
        new PeerNet(
            transport,
            new CoreThreadOfTest(transport.coreLoop(), failure -> {}),
            CONFIG,
            null,
            null,
            null)) {
      CompletableFuture<Channel> port = new CompletableFuture<>();
      CompletableFuture<Boolean> taken = new CompletableFuture<>();
      net.listen(
          List.of(InetSocketAddress.createUnresolved("localhost", 0)),
          () ->
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelActive(ChannelHandlerContext context) {
                  taken.complete(true);
                }
              },
          false,
          (channels, cause) -> port.complete(channels.get(0)));
      Channel listener = port.get(PATIENCE_S, TimeUnit.SECONDS);
      InetSocketAddress at = (InetSocketAddress) listener.localAddress();
      try (Socket call = new Socket(at.getAddress(), at.getPort())) {
        // Whatever the loop had to do about the call is behind this.
        listener.eventLoop().submit(() -> {}).get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(taken).isNotDone();
        listener.config().setAutoRead(true);
        assertThat(taken.get(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
        assertThat(call.isConnected()).isTrue();
      }
    } finally {
      transport.close();
    }
  }

  /**
   * A proxy in front of a peer that does not listen: the call is taken and the line is dead by the
   * time that anybody could look after it. Here the caller's own end hangs up, so it always is.
   */
  @Test
  void aConnectionThatIsOverBeforeItIsHandedOutCountsAsNotReached() throws Exception {
    Transport transport = Transport.open();
    try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PeerNet net =
            new PeerNet(
                transport,
                new CoreThreadOfTest(transport.coreLoop(), failure -> {}),
                CONFIG,
                null,
                null,
                null)) {
      CompletableFuture<Outcome> outcome = new CompletableFuture<>();
      net.dial(
          "127.0.0.1",
          peer.getLocalPort(),
          "127.0.0.1",
          PATIENCE_S * 1000,
          () -> new byte[0],
          () ->
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelActive(ChannelHandlerContext context) {
                  context.close();
                }
              },
          (channel, cause) -> outcome.complete(new Outcome(channel, cause)));
      Outcome told = outcome.get(PATIENCE_S, TimeUnit.SECONDS);
      assertThat(told.channel()).isNull();
      assertThat(told.cause()).isInstanceOf(ConnectException.class);
    } finally {
      transport.close();
    }
  }
}
