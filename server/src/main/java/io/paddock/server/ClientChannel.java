package io.paddock.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.paddock.frontend.Connection;
import io.paddock.frontend.Lane;
import io.paddock.machine.ForeignProtocol;
import io.paddock.machine.Guard;
import io.paddock.operators.FourLetterWords;
import io.paddock.wire.Id;
import io.paddock.wire.JuteWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket: cuts what comes in into frames for its {@link Lane}, and sends what the lane
 * writes when the loop's burst ends. Confined to its client loop.
 *
 * <p>Reading stops while the lane has as many requests outstanding as it may, or the client does
 * not take its replies; what has come in by then is kept. A client whose unread replies and events
 * pass a bound is cut off, and so are the slowest when all clients together pass theirs ({@link
 * SlowClients}).
 *
 * <p>Whatever goes wrong in what Netty calls here ends the server, for other clients may have been
 * told half of something; but for a request that fails by itself, which ends its connection.
 *
 * <p>Over 400 lines, since what one socket brings, takes and holds decide about each other.
 */
final class ClientChannel extends ChannelInboundHandlerAdapter implements Connection {
  private static final Logger LOG = LoggerFactory.getLogger(ClientChannel.class);
  private static final int FLUSH_BYTES = 256 << 10;

  /** What Netty counts for a queued buffer beside its bytes. */
  private static final int ENTRY_BYTES = 96;

  private final ClientLoop loop;
  private final FrameBuffer frames = new FrameBuffer();
  private final long openedMs;
  private final boolean secure;
  private final List<Id> proven;

  /** Null where the client speaks plain text. */
  private final TlsHandler tls;

  private Channel channel;
  private Lane lane;
  private JuteWriter out;

  /** What of {@link #out} the loop knows of. */
  private int counted;

  /** Handed to the socket's queue since {@link #countUnsent}. */
  private long written;

  /** What the client has not read; null while there is nothing. */
  private HeldBytes unsent;

  /** Of a record of TLS that has come in half. */
  private int tlsHeld;

  /** A request that has come in half; null while there is none. */
  private HeldBytes half;

  private boolean greeted;
  private boolean answering;
  private boolean closing;

  ClientChannel(ClientLoop loop, long openedMs) {
    this(loop, openedMs, false, List.of(), null);
  }

  /**
   * @param secure whether it came to the port for TLS alone
   * @param proven who it is by its certificate
   * @param tls what stands before it in the pipeline; null for nothing
   */
  ClientChannel(ClientLoop loop, long openedMs, boolean secure, List<Id> proven, TlsHandler tls) {
    this.loop = loop;
    this.openedMs = openedMs;
    this.secure = secure;
    this.proven = proven;
    this.tls = tls;
    if (tls != null) {
      tls.tell(this::holdsOfTls);
    }
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

  /** Whether it came to the port for TLS alone. */
  boolean isSecure() {
    return secure;
  }

  /** Who it has proven to be before it could ask anything. */
  List<Id> proven() {
    return proven;
  }

  /** By which the client has proven to be somebody, its own first; null for none. */
  List<Certificate> certificates() {
    if (tls == null) {
      return null;
    }
    try {
      return List.of(tls.engine().getSession().getPeerCertificates());
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  InetSocketAddress remote() {
    return (InetSocketAddress) channel.remoteAddress();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    try {
      lane = loop.opened(this);
    } catch (Throwable e) {
      loop.guard().halt(e);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    try {
      hungUp();
      closing = true;
      frames.drop();
      tlsHeld = 0;
      countHalf(false);
      countUnsent();
      lane.onClosed();
      loop.closed(this);
    } catch (Throwable e) {
      loop.guard().halt(e);
    }
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
      }
    } catch (Throwable e) {
      loop.guard().halt(e);
    } finally {
      in.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    // A client that has sent all it will: only a four-letter word is answered still.
    if ((event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent)
        && !answering) {
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

  /** What Netty itself has met: nothing of ours throws here. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      hungUp();
      LOG.debug(
          "Connection to {} broke: {}", context.channel().remoteAddress(), cause.getMessage());
    } else if (Guard.isOfOneConnection(cause)) {
      loop.oddity(() -> context.channel().remoteAddress() + " is cut off: " + cause);
    } else {
      loop.guard().halt(cause);
    }
    closing = true;
    context.close();
  }

  @Override
  public JuteWriter out() {
    if (out != null) {
      countGathered();
      // All that was begun is whole now, of this client and of the others.
      loop.flushIfMuch();
    }
    if (out == null) {
      out = loop.borrowWriter();
      counted = 0;
      loop.dirty(this);
    } else if (out.size() >= FLUSH_BYTES) {
      writeOut();
    }
    return out;
  }

  /** The loop is to know how much was written. */
  void countGathered() {
    if (out != null) {
      loop.gathered(out.size() - counted);
      counted = out.size();
    }
  }

  @Override
  public void oddity(Supplier<String> line) {
    loop.oddity(line);
  }

  @Override
  public void resumeReading() {
    if (!closing && isPaused()) {
      // Later, not now: the caller is in the middle of something.
      channel.eventLoop().execute(loop.guard().of(this::goOn));
    }
  }

  /** Whether the socket is not read for now. */
  boolean isPaused() {
    return !channel.config().isAutoRead();
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

  /** Closes at once; what was not read is dropped. */
  void cut() {
    closing = true;
    if (tls == null) {
      channel.close();
    } else {
      // Without TLS's goodbye, which would wait behind what is not read.
      channel.unsafe().close(channel.unsafe().voidPromise());
    }
    frames.drop();
    tlsHeld = 0;
    countHalf(false);
    countUnsent();
  }

  /** Sends what was written since the last time. */
  void flush() {
    if (out == null) {
      return;
    }
    writeOut();
    loop.returnWriter(out);
    out = null;
    channel.flush();
    countUnsent();
  }

  /** Counts what the socket has not taken, in the bound on all connections. */
  void countUnsent() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    long now = waiting == null ? 0 : waiting.totalPendingWriteBytes();
    long added = written;
    written = 0;
    if (now == 0 && unsent == null) {
      return;
    }
    long nowNanos = System.nanoTime();
    HeldBytes held = unsent == null ? new HeldBytes(this, false, nowNanos) : unsent;
    unsent = now == 0 ? null : held;
    loop.unsent().changed(held, held.set(now, added, nowNanos), now);
  }

  /**
   * Counts what is kept of a request that is not all there.
   *
   * @param progress whether it is the first part of another one
   */
  private void countHalf(boolean progress) {
    int now = frames.heldBytes() + tlsHeld;
    if (now == 0 && half == null) {
      return;
    }
    long nowNanos = System.nanoTime();
    HeldBytes held = half == null ? new HeldBytes(this, true, nowNanos) : half;
    half = now == 0 ? null : held;
    long before = held.set(now, progress ? now : now - held.bytes(), nowNanos);
    loop.halfRequests().changed(held, before, now);
  }

  private void holdsOfTls(int bytes) {
    if (bytes != tlsHeld && !closing) {
      tlsHeld = bytes;
      countHalf(false);
    }
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
        loop.slowClients().readerCut(toString(), waiting.totalPendingWriteBytes());
        cut();
      } else {
        send();
      }
    }
    out.clear();
    counted = 0;
  }

  private void send() {
    ByteBuf bytes;
    try {
      bytes = channel.alloc().directBuffer(out.size());
    } catch (OutOfMemoryError e) {
      if (!Guard.isOutOfDirectMemory(e)) {
        throw e;
      }
      loop.oddity(() -> this + " is cut off, and those who read the least: " + e.getMessage());
      cut();
      loop.unsent().relieve();
      return;
    }
    bytes.writeBytes(out.array(), 0, out.size());
    written += out.size() + ENTRY_BYTES;
    channel.write(bytes, channel.voidPromise());
  }

  private void goOn() {
    if (closing || !isPaused() || !mayRead()) {
      return;
    }
    channel.config().setAutoRead(true);
    frames.resume();
    handleFrames();
  }

  private boolean mayRead() {
    return lane.wantsRead() && channel.isWritable() && loop.coreTakesMore(this);
  }

  /** Hands over the frames that are there, and keeps the rest. */
  private void handleFrames() {
    int before = frames.readable();
    try {
      takeFrames();
    } catch (RuntimeException e) {
      // What a request does to others is done by the core and the feed, which stand under guards
      // of their own; so this one and its connection are all that is half done.
      LOG.error("A request of {} failed unexpectedly; its connection is closed", this, e);
      cut();
    }
    boolean progress = frames.readable() < before;
    frames.keep();
    if (frames.readable() > 0) {
      loop.metrics().kept(frames.readable());
    }
    countHalf(progress);
  }

  private void takeFrames() {
    long now = System.nanoTime();
    if (takeFrames(now)) {
      loop.metrics().handled(System.nanoTime() - now);
    }
  }

  /** Hands what is there to the lane; whether that was anything. */
  private boolean takeFrames(long now) {
    boolean any = false;
    while (!closing && frames.readable() >= 4) {
      int length = frames.peekInt();
      if (!greeted && takeWord(length)) {
        return any;
      }
      if (length < 0 || length > loop.limits().frameBytesMax()) {
        refuse(length);
        return any;
      }
      if (length > loop.limits().largeFromBytes() && !loop.takesLarge(length)) {
        refuseLarge(length);
        return any;
      }
      if (!mayRead()) {
        channel.config().setAutoRead(false);
        return any;
      }
      if (frames.readable() - 4 < length) {
        return any;
      }
      any = true;
      greeted = true;
      int start = frames.position() + 4;
      frames.skip(4 + length);
      lane.onFrame(loop.reader().reset(frames.array(), start, start + length), now);
    }
    return any;
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

  /**
   * Sends the answer to a four-letter word and closes.
   *
   * @param text null to say nothing
   */
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
    if (ForeignProtocol.isTls(length)) {
      loop.confusions().tlsAtPlain(remote());
      frames.drop();
      close();
      return;
    }
    loop.oddity(
        () ->
            channel.remoteAddress()
                + " is cut off: "
                + ForeignProtocol.describe(length, loop.limits().frameBytesMax()));
    frames.drop();
    close();
  }

  private void refuseLarge(int length) {
    loop.oddity(
        () ->
            this
                + " is cut off: a request of "
                + length
                + " bytes is one large request too many; largeRequestMaxBytes is "
                + loop.limits().largeBytesMax());
    frames.drop();
    close();
  }

  @Override
  public String toString() {
    long session = lane == null ? 0 : lane.sessionId();
    return channel.remoteAddress()
        + (session == 0 ? "" : " (session 0x" + Long.toHexString(session) + ")");
  }
}
