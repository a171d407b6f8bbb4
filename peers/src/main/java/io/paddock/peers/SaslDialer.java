package io.paddock.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import io.paddock.config.PeerSaslConfig;
import io.paddock.frontend.SaslAnswer;
import io.paddock.machine.PeerDialLogin;
import io.paddock.machine.TlsWords;
import io.paddock.wire.MalformedException;
import io.paddock.zab.SaslPacket;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Stands on a connection that was dialled, behind TLS, until this server has logged in by SASL
 * (security sheet, section 8), and then gives way to whoever wanted it. Runs in the core's loop.
 */
final class SaslDialer extends ChannelInboundHandlerAdapter {
  /** Somebody was reached, but does not let this server in. */
  static final class FailedException extends IOException {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }
  }

  /**
   * What is dialled.
   *
   * @param host in the server line of whom
   * @param timeoutMs how long the login may take
   * @param greeting what is to be sent first, maybe nothing; null when the connection is not wanted
   *     any more
   * @param next who takes the connection over
   * @param done hears, once, of the connection, which may be closed by then, or of the cause
   */
  record Call(
      String host,
      long timeoutMs,
      Supplier<byte[]> greeting,
      Supplier<ChannelHandler> next,
      BiConsumer<Channel, Throwable> done) {}

  private final PeerSasl sasl;
  private final PeerNet net;
  private final Call call;
  private final PeerBytes bytes = new PeerBytes();

  /** Null before the first token; made and used where it may block. */
  private PeerDialLogin login;

  private ScheduledFuture<?> deadline;
  private boolean asking;
  private boolean greeted;
  private boolean heard;
  private boolean ended;
  private volatile boolean over;
  private int rounds;

  SaslDialer(PeerSasl sasl, PeerNet net, Call call) {
    this.sasl = sasl;
    this.net = net;
    this.call = call;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    Runnable late =
        net.core()
            .guard()
            .of(
                () ->
                    refused(
                        context, "it does not come to its end within " + call.timeoutMs() + " ms"));
    deadline = context.executor().schedule(late, call.timeoutMs(), TimeUnit.MILLISECONDS);
    ask(
        context,
        () -> {
          login = sasl.dial(call.host());
          return login.begin();
        },
        false);
  }

  private void ask(ChannelHandlerContext context, Supplier<SaslAnswer> question, boolean last) {
    asking = true;
    sasl.ask(
        () -> {
          // Who has been given up meanwhile is not asked for: that can take long.
          if (!over) {
            SaslAnswer answer = question.get();
            net.core().later(() -> answered(context, answer, last));
          }
        });
  }

  private void answered(ChannelHandlerContext context, SaslAnswer answer, boolean last) {
    asking = false;
    if (over) {
      return;
    }
    if (answer.failure() != null) {
      refused(context, answer.failure());
    } else if (last) {
      admit(context);
    } else if (ended) {
      hungUp(context);
    } else if (rounds++ > SaslAcceptor.ROUNDS_MAX) {
      refused(context, "it does not come to its end in " + SaslAcceptor.ROUNDS_MAX + " rounds");
    } else {
      if (!greeted && !greet(context)) {
        return;
      }
      SaslPacket packet = new SaslPacket(SaslPacket.GOES_ON, answer.token());
      context.writeAndFlush(Unpooled.wrappedBuffer(packet.bytes()));
      take(context);
    }
  }

  /** Only now: who is greeted and then hears of no login is told a wrong cause. */
  private boolean greet(ChannelHandlerContext context) {
    greeted = true;
    byte[] greeting = call.greeting().get();
    if (greeting == null) {
      failed(context, new PeerNet.HungUpException());
      return false;
    }
    if (greeting.length > 0) {
      // In one piece: Apache's server reads it with one call.
      context.writeAndFlush(Unpooled.wrappedBuffer(greeting));
    }
    return true;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (!over) {
      heard = true;
      bytes.add(in);
      take(context);
    }
    in.release();
  }

  private void take(ChannelHandlerContext context) {
    if (asking) {
      if (bytes.size() > SaslPacket.BYTES_MAX) {
        refused(context, "more follows before it is answered");
      }
      return;
    }
    SaslPacket packet;
    try {
      packet = bytes.takeLogin();
    } catch (MalformedException e) {
      odd(context, e.getMessage());
      return;
    }
    if (packet == null) {
      return;
    }
    if (packet.status() == SaslPacket.ERROR) {
      refused(context, "it refuses this server; its log says why");
      return;
    }
    boolean last = packet.status() == SaslPacket.SUCCESS;
    byte[] token = packet.token() == null ? new byte[0] : packet.token();
    ask(context, () -> login.answer(token, last), last);
  }

  private void admit(ChannelHandlerContext context) {
    settle();
    Channel channel = context.channel();
    if (channel.isActive()) {
      context.pipeline().addLast(call.next().get());
      context.fireChannelActive();
    }
    call.done().accept(channel, null);
    byte[] rest = bytes.takeAll();
    if (rest.length > 0) {
      context.fireChannelRead(Unpooled.wrappedBuffer(rest));
    }
    if (channel.isActive()) {
      context.pipeline().remove(this);
    }
  }

  private void settle() {
    over = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void refused(ChannelHandlerContext context, String why) {
    failed(context, new FailedException(why));
  }

  private void failed(ChannelHandlerContext context, Throwable cause) {
    if (!over) {
      settle();
      net.core().later(() -> call.done().accept(null, cause));
      context.close();
    }
  }

  private void odd(ChannelHandlerContext context, String detail) {
    refused(context, "what it answers is none: " + detail);
  }

  private void hungUp(ChannelHandlerContext context) {
    if (SaslPacket.beginning(bytes.array(), bytes.from(), bytes.to())
        == SaslPacket.Beginning.OTHER) {
      odd(context, "it hangs up after something else");
      return;
    }
    refused(
        context,
        heard
            ? "it hangs up in the middle of it"
            : "it hangs up: it takes no logins, set "
                + PeerSaslConfig.ENABLE_KEY
                + "=true there, which comes first, or "
                + PeerSaslConfig.LEARNER_KEY
                + "=false here until it is; or this is not the port of a server");
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended = true;
    if (!over && !asking) {
      hungUp(context);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    net.failed(cause, this);
    // A newer TLS has the other end refuse a certificate when this end is done.
    failed(context, TlsWords.isTls(cause) ? new TlsDialer.FailedException(cause) : cause);
    context.close();
  }

  @Override
  public String toString() {
    return "A login at a peer";
  }
}
