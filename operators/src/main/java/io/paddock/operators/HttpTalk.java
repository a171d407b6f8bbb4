package io.paddock.operators;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an HTTP port: takes a request, has it answered, lets {@link HttpSender} send
 * the answer, and only then looks at the next. What has been sent ahead waits in the socket, and at
 * most some kilobytes of it here, undecoded. In the port's loop.
 *
 * <pre>
 * AWAITING ──bytes──▶ RECEIVING ──head──▶ ANSWERING ──answer──▶ SENDING ──▶ AWAITING, when the request's body has come
 *                                                                      └──▶ SKIPPING the body ──▶ AWAITING
 * any of them ──▶ ENDED
 * </pre>
 *
 * Each state but ANSWERING has a deadline that nothing the peer sends postpones.
 *
 * <p>Over 400 lines, since all states work on what is known of the request at hand.
 */
final class HttpTalk extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(HttpTalk.class);

  private enum State {
    AWAITING,
    RECEIVING,
    ANSWERING,
    SENDING,
    SKIPPING,
    ENDED
  }

  private final HttpPort port;
  private final Channel channel;
  private final InetAddress peer;

  /** Bytes that came while no request was wanted. */
  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();

  /** What stands before the decoder, and hands it bytes. */
  private final Intake intake = new Intake();

  private volatile State state = State.AWAITING;
  private boolean pumping;
  private boolean inputEnded;
  private int decoded;
  private long deadlineNanos;
  private ScheduledFuture<?> timer;

  // By TLS.
  private boolean secure;
  private String subject;

  // Of the request at hand.
  private boolean head;
  private boolean keepAlive;
  private boolean bodyEnded;
  private long bodyBytes;
  private HttpSender sender;

  HttpTalk(HttpPort port, Channel channel, InetAddress peer) {
    this.port = port;
    this.channel = channel;
    this.peer = peer;
  }

  InetAddress peer() {
    return peer;
  }

  /** Whether nobody loses an answer when it is closed. */
  boolean isWaiting() {
    return wantsInput();
  }

  private boolean wantsInput() {
    return state == State.AWAITING || state == State.RECEIVING || state == State.SKIPPING;
  }

  /**
   * It speaks TLS.
   *
   * @param certified whom the peer's certificate names; null without one
   */
  void secured(String certified) {
    secure = true;
    subject = certified;
  }

  boolean isSecure() {
    return secure;
  }

  /** It does not speak TLS where it has to. */
  void refusePlain() {
    refuse(WebAnswer.of(400, WebAnswer.TEXT, "This port takes HTTPS only: ask by https://\n"));
  }

  void begin() {
    channel
        .pipeline()
        .addLast(intake, HttpHead.decoder(port.limits()), new HttpResponseEncoder(), this);
    await();
    watch(port.limits().idleTimeoutMs());
  }

  private void await() {
    state = State.AWAITING;
    limit();
  }

  private void limit() {
    deadlineNanos =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(port.limits().idleTimeoutMs());
  }

  // --- deadlines
  // ----------------------------------------------------------------------------------

  private void watch(long ms) {
    timer = channel.eventLoop().schedule(this::look, ms, TimeUnit.MILLISECONDS);
  }

  private void look() {
    long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (state == State.ANSWERING) {
      watch(port.limits().idleTimeoutMs());
    } else if (left >= 0) {
      watch(left + 1);
    } else {
      late();
    }
  }

  private void late() {
    switch (state) {
      case RECEIVING -> refuse(WebAnswer.of(408, WebAnswer.TEXT, "The request takes too long\n"));
      case SENDING -> {
        LOG.debug("{} does not take its answer", peer);
        channel.close();
      }
      default -> end();
    }
    if (state != State.ENDED) {
      watch(port.limits().idleTimeoutMs());
    }
  }

  // --- what comes in
  // --------------------------------------------------------------------------------

  /** Stands before the decoder and gives it bytes only while a request is wanted. */
  private final class Intake extends ChannelInboundHandlerAdapter {
    private ChannelHandlerContext context;

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
      context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
      held.add((ByteBuf) message);
      pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {}

    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
      // The decoder would drop what it has not decoded yet.
      if (event instanceof ChannelInputShutdownEvent) {
        inputEnded = true;
        pump();
      }
    }
  }

  /** Has what is there decoded until a request is at hand. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    while (wantsInput()) {
      ByteBuf next = held.poll();
      if (state == State.AWAITING && next != null) {
        state = State.RECEIVING;
        limit();
      }
      int before = decoded;
      intake.context.fireChannelRead(next == null ? Unpooled.EMPTY_BUFFER : next);
      if (next == null && decoded == before) {
        break;
      }
    }
    pumping = false;
    if (wantsInput() && inputEnded) {
      end();
    } else if (state != State.ENDED) {
      channel.config().setAutoRead(wantsInput());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    HttpObject part = (HttpObject) message;
    decoded++;
    try {
      if (state == State.ENDED) {
        return;
      }
      if (part.decoderResult().isFailure()) {
        undecodable(part.decoderResult().cause());
        return;
      }
      if (part instanceof HttpRequest request) {
        take(request);
      }
      if (part instanceof HttpContent content) {
        takeBody(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void undecodable(Throwable cause) {
    if (state == State.SKIPPING) {
      // Nobody knows where the next request begins.
      end();
    } else {
      refuse(HttpHead.undecodable(cause));
    }
  }

  private void take(HttpRequest request) {
    state = State.ANSWERING;
    head = request.method().name().equals("HEAD");
    bodyEnded = false;
    bodyBytes = 0;
    // Who asks whether to send the body may do without, so what comes next is not known.
    keepAlive =
        HttpUtil.isKeepAlive(request)
            && !request.headers().contains(HttpHeaderNames.EXPECT)
            && HttpUtil.getContentLength(request, 0L) <= port.limits().bodyBytesMax();
    WebAnswer refusal = HttpHead.refusal(request);
    if (refusal != null) {
      keepAlive = false;
      send(refusal);
      return;
    }
    WebRequest asked =
        WebRequest.of(
            request.method().name(),
            request.uri(),
            request.headers().get(HttpHeaderNames.AUTHORIZATION),
            peer,
            subject);
    if (asked == null) {
      keepAlive = false;
      send(HttpHead.nowhere());
      return;
    }
    try {
      port.threads().execute(() -> answer(asked));
    } catch (RejectedExecutionException e) {
      send(HttpHead.busy());
    }
  }

  private void takeBody(HttpContent content) {
    bodyBytes += content.content().readableBytes();
    if (content instanceof LastHttpContent) {
      bodyEnded = true;
    } else if (bodyBytes > port.limits().bodyBytesMax()) {
      keepAlive = false;
    }
    if (state == State.SKIPPING && (bodyEnded || !keepAlive)) {
      next();
    }
  }

  // --- the answer
  // -------------------------------------------------------------------------------------

  /** On one of the port's threads. */
  private void answer(WebRequest asked) {
    if (state == State.ENDED) {
      return;
    }
    CompletableFuture<WebAnswer> made;
    try {
      made =
          port.isFull()
              ? CompletableFuture.completedFuture(HttpHead.busy())
              : port.handler().answer(asked);
    } catch (Throwable e) {
      // Even an Error ends no more than this answer: answering changes nothing that others need.
      made = CompletableFuture.failedFuture(e);
    }
    made.whenComplete((done, failure) -> made(asked, done, failure));
  }

  /** Any thread. */
  private void made(WebRequest asked, WebAnswer done, Throwable failure) {
    WebAnswer whole = done;
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      LOG.warn("Request {} failed", asked.path(), cause);
      whole = WebAnswer.of(500, WebAnswer.TEXT, "Internal error: " + cause + "\n");
    }
    int bytes = whole.body().length;
    port.holds(bytes);
    WebAnswer told = whole;
    try {
      channel
          .eventLoop()
          .execute(
              () -> {
                port.holds(-bytes);
                if (state == State.ANSWERING) {
                  send(told);
                }
              });
    } catch (RejectedExecutionException e) {
      LOG.debug("The port is closed", e);
    }
  }

  private void refuse(WebAnswer refusal) {
    keepAlive = false;
    head = false;
    bodyEnded = true;
    send(refusal);
  }

  private void send(WebAnswer answer) {
    state = State.SENDING;
    limit();
    sender = new HttpSender(port, channel, this, answer, head, keepAlive);
    sender.begin();
  }

  // --- for the sender
  // -----------------------------------------------------------------------------

  /** Whether the answer is still to be sent. Any thread. */
  boolean isSending() {
    return state == State.SENDING;
  }

  /** A piece of the answer has left. */
  void pieceSent() {
    limit();
  }

  /** The answer has left: to the next request, if there is to be one. */
  void next() {
    if (state == State.ENDED) {
      return;
    }
    release();
    if (!keepAlive) {
      end();
    } else if (bodyEnded) {
      await();
      port.waits(this);
      pump();
    } else {
      if (state != State.SKIPPING) {
        state = State.SKIPPING;
        limit();
      }
      pump();
    }
  }

  // --- the end
  // ------------------------------------------------------------------------------------------

  /** Another connection needs its place. */
  void giveWay() {
    ended();
    channel.close();
  }

  /** Closes behind what was sent. */
  private void end() {
    ended();
    port.lingering().close(channel);
  }

  private void ended() {
    state = State.ENDED;
    timer.cancel(false);
    port.ended(this);
    release();
    held.forEach(ByteBuf::release);
    held.clear();
  }

  private void release() {
    if (sender != null) {
      sender.release();
      sender = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
      LOG.debug("The connection to {} broke: {}", peer, cause.getMessage());
    } else {
      LOG.warn("A request of {} failed unexpectedly; its connection is closed", peer, cause);
    }
    channel.close();
  }
}
