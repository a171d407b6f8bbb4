package io.paddock.operators;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.Date;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one answer, piece by piece: the next leaves memory or the disk when the last has left, so a
 * slow reader holds one piece of a file, and no thread. In the port's loop.
 */
final class HttpSender {
  private static final Logger LOG = LoggerFactory.getLogger(HttpSender.class);

  private final HttpPort port;
  private final Channel channel;
  private final HttpTalk talk;
  private final WebAnswer answer;
  private final boolean head;
  private final boolean keepAlive;
  private HttpBody body;

  /**
   * @param talk hears when all has left
   * @param head whether the body is not wanted
   * @param keepAlive whether the connection is to go on
   */
  HttpSender(
      HttpPort port,
      Channel channel,
      HttpTalk talk,
      WebAnswer answer,
      boolean head,
      boolean keepAlive) {
    this.port = port;
    this.channel = channel;
    this.talk = talk;
    this.answer = answer;
    this.head = head;
    this.keepAlive = keepAlive;
  }

  void begin() {
    if (answer.file() == null) {
      begin(HttpBody.of(answer.body()));
      return;
    }
    onThread(
        () -> {
          HttpBody opened = HttpBody.of(answer.file());
          return () -> begin(opened);
        });
  }

  /** What may block, and what follows in the loop. */
  private interface Blocking {
    Runnable run() throws IOException;
  }

  private void onThread(Blocking work) {
    try {
      port.threads().execute(() -> run(work));
    } catch (RejectedExecutionException e) {
      LOG.debug("An answer ends in the middle, for want of a thread", e);
      channel.close();
    }
  }

  private void run(Blocking work) {
    try {
      channel.eventLoop().execute(work.run());
    } catch (IOException e) {
      if (talk.isSending()) {
        LOG.warn("An answer to {} ends in the middle: {}", talk.peer(), e.toString());
      }
      channel.close();
    }
  }

  private void begin(HttpBody opened) {
    body = opened;
    port.holds(body.heldBytes());
    if (!talk.isSending()) {
      release();
      return;
    }
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    HttpHeaders headers = response.headers();
    answer.headers().forEach(headers::set);
    if (talk.isSecure()) {
      // As Apache's: a browser that was here by TLS comes by TLS again.
      headers.set("strict-transport-security", "max-age=86400; includeSubDomains");
    }
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length());
    headers.set(HttpHeaderNames.DATE, DateFormatter.format(new Date()));
    headers.set(HttpHeaderNames.CONNECTION, keepAlive ? "keep-alive" : "close");
    channel.write(response);
    if (head || body.left() == 0) {
      sendLast();
    } else {
      sendMore();
    }
  }

  private void sendMore() {
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
    if (!talk.isSending()) {
      return;
    }
    ChannelFuture sent = channel.writeAndFlush(new DefaultHttpContent(piece));
    if (from.left() == 0) {
      sendLast();
      return;
    }
    sent.addListener(
        left -> {
          if (left.isSuccess() && talk.isSending()) {
            talk.pieceSent();
            sendMore();
          }
        });
  }

  private void sendLast() {
    channel
        .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
        .addListener(
            left -> {
              if (left.isSuccess() && talk.isSending()) {
                // Later: a peer that takes all at once must not make this a recursion.
                channel.eventLoop().execute(talk::next);
              }
            });
  }

  /** Gives back what is held. */
  void release() {
    if (body != null) {
      port.holds(-body.heldBytes());
      body.close();
      body = null;
    }
  }
}
