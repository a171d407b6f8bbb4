package io.paddock.peers;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.paddock.config.PeerTlsConfig;
import io.paddock.machine.Guard;
import io.paddock.machine.LiveTls;
import io.paddock.machine.TlsException;
import io.paddock.machine.TlsThreads;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS by which a member talks to its peers (security sheet, section 6): what its stores hold
 * now, and the threads that do what takes long in handshakes, so that the core's does not. A server
 * whose peers speak plain text has none. Any thread.
 */
public final class PeerTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerTls.class);

  private final PeerTlsConfig config;
  private final LiveTls stores;
  private ExecutorService tasks;

  private PeerTls(PeerTlsConfig config, LiveTls stores) {
    this.config = config;
    this.stores = stores;
  }

  /**
   * Reads the stores and checks them; empty where none are needed.
   *
   * @throws TlsException when no peer could be talked to with them
   */
  public static Optional<PeerTls> open(PeerTlsConfig config) throws TlsException {
    return config.takesTls()
        ? Optional.of(new PeerTls(config, LiveTls.openForPeers(config.tls())))
        : Optional.empty();
  }

  /** Starts its threads, unless that was done; before the first connection. */
  public synchronized void start(Guard guard) {
    if (tasks != null) {
      return;
    }
    tasks = TlsThreads.start(config.tls(), guard, "paddock-peers-tls");
    stores.watch(guard);
    LOG.info(
        "Using {} quorum communication; the ports for peers take {}",
        config.sslQuorum() ? "TLS encrypted" : "insecure (non-TLS)",
        config.takesPlain() ? "TLS and plain text" : "TLS only");
  }

  /** Days until the certificate that peers are shown expires, negative when it has. */
  public OptionalLong daysLeft() {
    return stores.daysLeft();
  }

  /** Whether peers are dialled by it. */
  boolean dials() {
    return config.sslQuorum();
  }

  /** Whether plain text is taken at this server's ports, too. */
  boolean takesPlain() {
    return config.takesPlain();
  }

  /** How long the bytes may take that tell the two apart, milliseconds. */
  int detectionMs() {
    return config.detectionMs();
  }

  /** What a connection from there goes through. */
  SslHandler accepting(ByteBufAllocator allocator, InetSocketAddress remote) {
    // Whoever has not said who it is has a deadline, and this is part of it.
    return handler(stores.newEngine(allocator, remote), 0);
  }

  /**
   * What a connection goes through that is dialled.
   *
   * @param host where to
   * @param name the host in the server line of whom is dialled
   * @param timeoutMs how long the handshake may take
   */
  SslHandler dialling(
      ByteBufAllocator allocator, String host, int port, String name, long timeoutMs) {
    return handler(stores.newDiallingEngine(allocator, host, port, name), timeoutMs);
  }

  private SslHandler handler(SSLEngine engine, long timeoutMs) {
    SslHandler handler = new SslHandler(engine, tasks());
    handler.setHandshakeTimeoutMillis(timeoutMs);
    return handler;
  }

  /**
   * Ends a connection of which something was thrown before its handshake was done, without another
   * word of TLS: of what a stranger can send the JVM may fail in ways in which it cannot say one.
   */
  static void abort(ChannelHandlerContext context) {
    ChannelHandlerContext secure = context.pipeline().context(SslHandler.class);
    (secure == null ? context : secure).close();
  }

  private synchronized ExecutorService tasks() {
    return tasks;
  }

  @Override
  public synchronized void close() {
    stores.close();
    if (tasks != null) {
      tasks.shutdownNow();
    }
  }
}
