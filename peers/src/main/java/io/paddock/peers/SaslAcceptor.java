package io.paddock.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.paddock.frontend.SaslAnswer;
import io.paddock.machine.SaslAttempt;
import io.paddock.wire.MalformedException;
import io.paddock.zab.SaslPacket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Stands on a connection that a port for peers has taken, behind TLS, until whoever calls has
 * logged in by SASL, or need not (security sheet, section 8); then gives way to the port's own
 * handler, which hears nothing of it. As a connection that has not said who it is, it is one of few
 * and has a deadline ({@link UnidentifiedChannels}). Runs in the core's loop. A port without logins
 * has none.
 */
final class SaslAcceptor extends ChannelInboundHandlerAdapter {
  /** So many times may a login go on. */
  static final int ROUNDS_MAX = 5;

  /** What comes before a login. */
  interface Greeting {
    /**
     * Its length in {@code bytes[from, to)}; -1 while it is not complete.
     *
     * @throws MalformedException when it is none
     */
    int length(byte[] bytes, int from, int to);
  }

  /**
   * What is the same for all connections of a port.
   *
   * @param undecidedMs how long may be waited for the first bytes of a login where one is not
   *     required
   */
  record OfPort(
      PeerSasl sasl,
      PeerNet net,
      SaslTroubles troubles,
      UnidentifiedChannels unidentified,
      Greeting greeting,
      Supplier<Set<String>> hosts,
      long undecidedMs) {}

  private enum State {
    /** What comes before a login is not complete. */
    GREETING,
    /** Nor is it known whether there is a login. */
    UNDECIDED,
    /** A packet of it is waited for. */
    LOGIN,
    /** One is judged. */
    JUDGING,
    OVER
  }

  private final OfPort port;
  private final Supplier<ChannelHandler> next;
  private final PeerBytes bytes = new PeerBytes();
  private State state = State.GREETING;
  private byte[] greeting = {};
  private int rounds;

  /** Null before the first packet; made and used where it may block. */
  private SaslAttempt attempt;

  SaslAcceptor(OfPort port, Supplier<ChannelHandler> next) {
    this.port = port;
    this.next = next;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    port.unidentified().add(context.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (state != State.OVER) {
      bytes.add(in);
      take(context);
    }
    in.release();
  }

  private void take(ChannelHandlerContext context) {
    if (state == State.GREETING) {
      greeting(context);
    }
    if (state == State.UNDECIDED) {
      decide(context);
    }
    if (state == State.LOGIN) {
      login(context);
    }
    if (state == State.JUDGING && bytes.size() > SaslPacket.BYTES_MAX) {
      broken(context, "more follows before it is answered");
    }
  }

  private void greeting(ChannelHandlerContext context) {
    int length;
    try {
      length = port.greeting().length(bytes.array(), bytes.from(), bytes.to());
    } catch (MalformedException e) {
      admit(context); // It is the port's to say what that is.
      return;
    }
    if (length >= 0) {
      greeting = Arrays.copyOfRange(bytes.array(), bytes.from(), bytes.from() + length);
      bytes.take(length);
      state = State.UNDECIDED;
      if (length > 0 && !port.sasl().required()) {
        // It may be one with nothing to say.
        Runnable late = port.net().core().guard().of(() -> tooLate(context));
        context.executor().schedule(late, port.undecidedMs(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void tooLate(ChannelHandlerContext context) {
    if (state == State.UNDECIDED) {
      admit(context);
    }
  }

  private void decide(ChannelHandlerContext context) {
    switch (SaslPacket.beginning(bytes.array(), bytes.from(), bytes.to())) {
      case OPEN -> {}
      case LOGIN -> state = State.LOGIN;
      case OTHER -> {
        if (port.sasl().required()) {
          noLogin(context);
          end(context);
        } else {
          admit(context);
        }
      }
    }
  }

  /** Of the election port the greeting tells who it is, of the quorum port what follows. */
  private void noLogin(ChannelHandlerContext context) {
    byte[] start =
        greeting.length > 0
            ? greeting
            : Arrays.copyOfRange(
                bytes.array(), bytes.from(), bytes.from() + Math.min(bytes.size(), Long.BYTES));
    port.troubles().noLogin(remote(context), start);
  }

  private void login(ChannelHandlerContext context) {
    SaslPacket packet;
    try {
      packet = bytes.takeLogin();
    } catch (MalformedException e) {
      broken(context, e.getMessage());
      return;
    }
    if (packet == null) {
      return;
    }
    state = State.JUDGING;
    byte[] token = packet.token() == null ? new byte[0] : packet.token();
    Channel channel = context.channel();
    Set<String> hosts = port.hosts().get();
    port.sasl()
        .judge(
            () -> {
              if (channel.isActive()) {
                if (attempt == null) {
                  attempt = port.sasl().accept(hosts);
                }
                SaslAnswer answer = attempt.judge(token);
                port.net().core().later(() -> judged(context, answer));
              }
            });
  }

  private void judged(ChannelHandlerContext context, SaslAnswer answer) {
    if (state != State.JUDGING) {
      return;
    }
    if (answer.failure() != null) {
      failed(context, answer.failure(), new byte[0]);
    } else if (answer.user() != null) {
      send(context, new SaslPacket(SaslPacket.SUCCESS, answer.token()));
      admit(context);
    } else if (++rounds > ROUNDS_MAX) {
      failed(context, "it does not come to its end in " + ROUNDS_MAX + " rounds", answer.token());
    } else {
      send(context, new SaslPacket(SaslPacket.GOES_ON, answer.token()));
      state = State.LOGIN;
      take(context);
    }
  }

  /** Where no login is required, one that has failed is as good as none, as with Apache's. */
  private void failed(ChannelHandlerContext context, String why, byte[] token) {
    boolean required = port.sasl().required();
    port.troubles().failed(remote(context), why, !required);
    send(context, new SaslPacket(SaslPacket.ERROR, token));
    if (required) {
      end(context);
    } else {
      admit(context);
    }
  }

  /** What follows could not be told from the login. */
  private void broken(ChannelHandlerContext context, String why) {
    port.troubles().failed(remote(context), "what it sends is none: " + why, false);
    send(context, new SaslPacket(SaslPacket.ERROR, new byte[0]));
    end(context);
  }

  private static void send(ChannelHandlerContext context, SaslPacket packet) {
    context.writeAndFlush(Unpooled.wrappedBuffer(packet.bytes()));
  }

  private void end(ChannelHandlerContext context) {
    state = State.OVER;
    port.net().close(context.channel());
  }

  /** Gives way to the port's handler. */
  private void admit(ChannelHandlerContext context) {
    state = State.OVER;
    context.pipeline().addLast(next.get());
    context.fireChannelActive();
    ByteBuf all = Unpooled.wrappedBuffer(greeting, bytes.takeAll());
    if (all.isReadable()) {
      context.fireChannelRead(all);
    } else {
      all.release();
    }
    context.pipeline().remove(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state == State.OVER) {
      return;
    }
    boolean said = greeting.length > 0;
    if (said && !port.sasl().required()) {
      // Who only calls to be called back hangs up at once.
      admit(context);
      context.fireChannelInactive();
    } else if (said && state == State.UNDECIDED) {
      noLogin(context);
    }
    state = State.OVER;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    port.net().failed(cause, this);
    context.close();
  }

  private static InetSocketAddress remote(ChannelHandlerContext context) {
    return (InetSocketAddress) context.channel().remoteAddress();
  }

  @Override
  public String toString() {
    return "The login of a peer";
  }
}
