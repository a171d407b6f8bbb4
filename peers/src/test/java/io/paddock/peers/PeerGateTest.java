package io.paddock.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerGateTest {
  private static final int PORT = 1;
  private static final int OTHER_PORT = 2;

  private final PeerGate gate = new PeerGate();
  private final List<String> heard = new ArrayList<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          gate.link(PORT),
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
              ByteBuf bytes = (ByteBuf) message;
              heard.add(bytes.toString(StandardCharsets.UTF_8));
              bytes.release();
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
              heard.add("closed");
            }
          });

  @AfterEach
  void close() {
    gate.unblock(PORT);
    channel.runPendingTasks();
    channel.finishAndReleaseAll();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private List<String> sent() {
    channel.runPendingTasks();
    List<String> texts = new ArrayList<>();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      texts.add(out.toString(StandardCharsets.UTF_8));
      out.release();
    }
    return texts;
  }

  private void send(String text) {
    channel.writeAndFlush(bytes(text));
  }

  private void receive(String text) {
    channel.writeInbound(bytes(text));
  }

  @Test
  void anOpenGateLetsBothDirectionsThrough() {
    gate.block(OTHER_PORT);
    send("a");
    receive("b");
    assertThat(sent()).containsExactly("a");
    assertThat(heard).containsExactly("b");
  }

  @Test
  void whatIsHeldGoesOnInItsOrderWhenTheLinkIsMended() {
    gate.block(PORT);
    send("a");
    send("b");
    receive("c");
    receive("d");
    assertThat(sent()).isEmpty();
    assertThat(heard).isEmpty();
    gate.unblock(PORT);
    assertThat(sent()).containsExactly("a", "b");
    send("e");
    receive("f");
    assertThat(sent()).containsExactly("e");
    assertThat(heard).containsExactly("c", "d", "f");
  }

  @Test
  void whoClosesACutLinkKnowsItAndTheOtherEndDoesNot() {
    gate.block(PORT);
    channel.close();
    channel.runPendingTasks();
    assertThat(heard).containsExactly("closed");
    assertThat(channel.isActive()).isTrue();
    gate.unblock(PORT);
    channel.runPendingTasks();
    assertThat(channel.isActive()).isFalse();
    assertThat(heard).containsExactly("closed");
  }

  @Test
  void aDialIsHeldUntilTheLinkIsMendedOrItsTimeIsOver() {
    List<String> outcomes = new ArrayList<>();
    gate.dial(PORT, channel.eventLoop(), 1000, () -> outcomes.add("open"), () -> {});
    gate.block(PORT);
    gate.dial(PORT, channel.eventLoop(), 1000, () -> outcomes.add("mended"), () -> {});
    gate.dial(OTHER_PORT, channel.eventLoop(), 1000, () -> outcomes.add("other"), () -> {});
    assertThat(outcomes).containsExactly("open", "other");
    gate.unblock(PORT);
    assertThat(outcomes).containsExactly("open", "other", "mended");

    gate.block(PORT);
    gate.dial(
        PORT, channel.eventLoop(), 1000, () -> outcomes.add("late"), () -> outcomes.add("over"));
    channel.advanceTimeBy(1, java.util.concurrent.TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    gate.unblock(PORT);
    assertThat(outcomes).containsExactly("open", "other", "mended", "over");
  }
}
