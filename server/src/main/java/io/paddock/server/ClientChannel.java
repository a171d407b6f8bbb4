package io.paddock.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.paddock.frontend.Connection;
import io.paddock.frontend.Lane;
import io.paddock.wire.JuteWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket: cuts what comes in into frames for its {@link Lane}, and sends what the lane
 * writes when the loop's burst ends. Confined to its client loop.
 *
 * <p>Reading stops while the lane has as many requests outstanding as it may, or the client does
 * not take its replies; what has come in by then is kept. A client whose unread replies and events
 * pass a bound is cut off.
 */
final class ClientChannel extends ChannelInboundHandlerAdapter implements Connection {
  private static final Logger LOG = LoggerFactory.getLogger(ClientChannel.class);
  private static final int FLUSH_BYTES = 256 << 10;

  private final ClientLoop loop;
  private final FrameBuffer frames = new FrameBuffer();
  private final long openedMs;

  private Channel channel;
  private Lane lane;
  private JuteWriter out;
  private boolean greeted;
  private boolean answering;
  private boolean closing;

  ClientChannel(ClientLoop loop, long openedMs) {
    this.loop = loop;
    this.openedMs = openedMs;
  }

  Lane lane() {
    return lane;
  }

  Channel channel() {
    return channel;
  }

  /** When it was accepted, in milliseconds since 1970. */
  long openedMs() {
    return openedMs;
  }

  InetSocketAddress remote() {
    return (InetSocketAddress) channel.remoteAddress();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    lane = loop.opened(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    hungUp();
    closing = true;
    frames.drop();
    lane.onClosed();
    loop.closed(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      loop.follow();
      // Whoever has asked a four-letter word has nothing more to say.
      if (!closing && !answering) {
        loop.metrics().bytesReceived(in.readableBytes());
        frames.add(in, loop.inbound());
        handleFrames();
        frames.keep();
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    // A client that has sent all it will: only a four-letter word is answered still.
    if (event instanceof ChannelInputShutdownEvent && !answering) {
      hungUp();
      closing = true;
      context.close();
    }
  }

  /** The connection ends, and not by this server's will. */
  private void hungUp() {
    if (!closing && !answering) {
      loop.metrics().dropped();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      resumeReading();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      hungUp();
      LOG.debug("Connection to {} broke: {}", channel.remoteAddress(), cause.getMessage());
      closing = true;
      context.close();
    } else {
      LOG.error(
          "A request of {} failed unexpectedly; its connection is closed",
          channel.remoteAddress(),
          cause);
      close();
    }
  }

  @Override
  public JuteWriter out() {
    if (out == null) {
      out = loop.borrowWriter();
      loop.dirty(this);
    } else if (out.size() >= FLUSH_BYTES) {
      writeOut();
    }
    return out;
  }

  @Override
  public void oddity(Supplier<String> line) {
    loop.oddity(line);
  }

  @Override
  public void resumeReading() {
    if (!closing && !channel.config().isAutoRead()) {
      // Later, not now: the caller is in the middle of something.
      channel.eventLoop().execute(this::goOn);
    }
  }

  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    writeOut();
    loop.lingering().close(channel);
  }

  /** Sends what was written since the last time. */
  void flush() {
    if (out == null) {
      return;
    }
    writeOut();
    channel.flush();
    loop.returnWriter(out);
    out = null;
  }

  /** Whether it has asked a four-letter word. */
  boolean isAnswering() {
    return answering;
  }

  private void writeOut() {
    if (out == null || out.size() == 0) {
      return;
    }
    if (channel.isActive()) {
      ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
      if (waiting != null && waiting.totalPendingWriteBytes() > loop.limits().unsentBytesMax()) {
        LOG.warn(
            "{} is cut off: it has not read {} bytes of replies and events",
            channel.remoteAddress(),
            waiting.totalPendingWriteBytes());
        closing = true;
        channel.close();
      } else {
        loop.metrics().bytesSent(out.size());
        ByteBuf bytes = channel.alloc().directBuffer(out.size());
        bytes.writeBytes(out.array(), 0, out.size());
        channel.write(bytes, channel.voidPromise());
      }
    }
    out.clear();
  }

  private void goOn() {
    if (closing || channel.config().isAutoRead() || !mayRead()) {
      return;
    }
    channel.config().setAutoRead(true);
    frames.resume();
    handleFrames();
    frames.keep();
  }

  private boolean mayRead() {
    return lane.wantsRead() && channel.isWritable() && loop.coreTakesMore(this);
  }

  private void handleFrames() {
    long now = System.nanoTime();
    while (!closing && frames.readable() >= 4) {
      int length = frames.peekInt();
      if (!greeted && takeWord(length)) {
        return;
      }
      if (length < 0 || length > loop.limits().frameBytesMax()) {
        refuse(length);
        return;
      }
      if (!mayRead()) {
        channel.config().setAutoRead(false);
        return;
      }
      if (frames.readable() - 4 < length) {
        return;
      }
      greeted = true;
      int start = frames.position() + 4;
      frames.skip(4 + length);
      lane.onFrame(loop.reader().reset(frames.array(), start, start + length), now);
    }
  }

  /**
   * Whether the connection begins with a four-letter word, which is then asked as soon as all of it
   * is there.
   */
  private boolean takeWord(int first) {
    String word = FourLetterWords.word(first);
    if (word == null) {
      return false;
    }
    int argumentBytes = FourLetterWords.argumentBytes(word);
    if (!answering && frames.readable() >= 4 + argumentBytes) {
      answering = true;
      loop.metrics().received();
      frames.skip(4);
      long argument = argumentBytes == 0 ? 0 : frames.readLong();
      frames.drop();
      loop.fourLetterWord(this, word, argument);
    }
    return true;
  }

  /** Sends the answer to a four-letter word and closes. */
  void answer(String text, Throwable failure) {
    if (failure != null) {
      LOG.error("A four-letter word could not be answered", failure);
    }
    if (!closing) {
      if (text != null) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out().writeRaw(bytes, 0, bytes.length);
      }
      close();
    }
  }

  private void refuse(int length) {
    loop.oddity(
        () ->
            channel.remoteAddress()
                + " is cut off: "
                + Oddity.describe(length, loop.limits().frameBytesMax()));
    frames.drop();
    close();
  }
}
