package io.paddock.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an HTTP port: takes a request, has it answered, sends the answer, and only then
 * looks at the next. What has been sent ahead waits in the socket, and at most some kilobytes of it
 * here, undecoded. In the port's loop.
 *
 * <pre>
 * AWAITING ──bytes──▶ RECEIVING ──head──▶ ANSWERING ──answer──▶ SENDING ──▶ AWAITING, when the request's body has come
 *                                                                      └──▶ SKIPPING the body ──▶ AWAITING
 * any of them ──▶ ENDED
 * </pre>
 *
 * Each state but ANSWERING has a deadline that nothing the peer sends postpones.
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

  /** What was before the request decoder, to hand it something. */
  private final Intake intake = new Intake();

  private volatile State state = State.AWAITING;
  private boolean pumping;
  private boolean inputEnded;
  private int decoded;
  private long deadlineNanos;
  private ScheduledFuture<?> timer;

  // Of the request at hand.
  private boolean head;
  private boolean keepAlive;
  private boolean bodyEnded;
  private long bodyBytes;
  private WebAnswer answer;
  private HttpBody body;

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
      case RECEIVING -> refuse(HttpResponseStatus.REQUEST_TIMEOUT, "The request takes too long");
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
    } else if (cause instanceof TooLongHttpLineException) {
      refuse(HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request's first line is too long");
    } else if (cause instanceof TooLongHttpHeaderException) {
      refuse(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too long");
    } else {
      refuse(HttpResponseStatus.BAD_REQUEST, "This port speaks HTTP/1.1, and that was none");
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
            peer);
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

  private void refuse(HttpResponseStatus status, String why) {
    keepAlive = false;
    head = false;
    bodyEnded = true;
    send(WebAnswer.of(status.code(), WebAnswer.TEXT, why + "\n"));
  }

  /**
   * Sends the answer, piece by piece: the next leaves memory or the disk when the last has left.
   */
  private void send(WebAnswer whole) {
    state = State.SENDING;
    answer = whole;
    limit();
    if (whole.file() == null) {
      begin(HttpBody.of(whole.body()));
      return;
    }
    onThread(
        () -> {
          HttpBody opened = HttpBody.of(whole.file());
          return () -> begin(opened);
        });
  }

  /** What may block, and what follows in the loop. */
  private interface Blocking {
    Runnable run() throws IOException;
  }

  private void onThread(Blocking work) {
    try {
      port.threads()
          .execute(
              () -> {
                try {
                  channel.eventLoop().execute(work.run());
                } catch (IOException e) {
                  if (state != State.ENDED) {
                    LOG.warn("An answer to {} ends in the middle: {}", peer, e.toString());
                  }
                  channel.close();
                }
              });
    } catch (RejectedExecutionException e) {
      LOG.debug("An answer ends in the middle, for want of a thread", e);
      channel.close();
    }
  }

  private void begin(HttpBody opened) {
    body = opened;
    if (state != State.SENDING) {
      release();
      return;
    }
    port.holds(body.heldBytes());
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    HttpHeaders headers = response.headers();
    answer.headers().forEach(headers::set);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length());
    headers.set(HttpHeaderNames.DATE, DateFormatter.format(new Date()));
    headers.set(HttpHeaderNames.CONNECTION, keepAlive ? "keep-alive" : "close");
    channel.write(response);
    if (head || body.left() == 0) {
      sendLast(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
    } else {
      sendMore();
    }
  }

  private void sendMore() {
    limit();
    HttpBody from = body;
    if (from.mayBlock()) {
      onThread(
          () -> {
            byte[] piece = from.next();
            return () -> send(from, Unpooled.wrappedBuffer(piece));
          });
    } else {
      send(from, from.nextInMemory());
    }
  }

  private void send(HttpBody from, ByteBuf piece) {
    if (state != State.SENDING) {
      return;
    }
    ChannelFuture sent = channel.writeAndFlush(new DefaultHttpContent(piece));
    if (from.left() == 0) {
      sendLast(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
    } else {
      sent.addListener(
          left -> {
            if (left.isSuccess() && state == State.SENDING) {
              sendMore();
            }
          });
    }
  }

  private void sendLast(ChannelFuture last) {
    last.addListener(
        left -> {
          if (left.isSuccess() && state == State.SENDING) {
            // Later: a peer that takes all at once must not make this a recursion.
            channel.eventLoop().execute(this::next);
          }
        });
  }

  /** The answer has left: to the next request, if there is to be one. */
  private void next() {
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
    if (state == State.RECEIVING) {
      LOG.debug("{} gives way with half a request", peer);
    }
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
    if (body != null) {
      port.holds(-body.heldBytes());
      body.close();
      body = null;
      answer = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("The connection to {} broke: {}", peer, cause.getMessage());
    } else {
      LOG.warn("A request of {} failed unexpectedly; its connection is closed", peer, cause);
    }
    channel.close();
  }
}
