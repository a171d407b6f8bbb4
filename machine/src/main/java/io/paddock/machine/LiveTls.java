package io.paddock.machine;

import io.netty.buffer.ByteBufAllocator;
import io.paddock.config.PeerTlsConfig;
import io.paddock.config.TlsConfig;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.OptionalLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of a port while the server runs: looks at its stores every few seconds, and takes them
 * anew when their content is another one, however it came there (Kubernetes exchanges a directory
 * by a symbolic link). Connections that are there stay as they are. What cannot be used is told and
 * not taken, and no certificate that is not valid now in the place of one that is. Tells daily of a
 * certificate that expires soon or is not valid. Any thread.
 */
public final class LiveTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveTls.class);
  private static final long LOOK_MS = 5_000;
  private static final Duration WARN_EVERY = Duration.ofDays(1);

  private final String prefix;
  private final TlsConfig config;
  private final boolean dials;
  private final Clock clock;
  private volatile ServerTls current;

  /** Read, and not taken before its certificate is valid; null for none. */
  private ServerTls waiting;

  /** What was found wrong last; null when nothing is. */
  private String trouble;

  private Instant warned = Instant.MIN;
  private boolean closed;

  private LiveTls(String prefix, TlsConfig config, boolean dials, Clock clock, ServerTls first) {
    this.prefix = prefix;
    this.config = config;
    this.dials = dials;
    this.clock = clock;
    this.current = first;
  }

  /**
   * Reads the stores and checks them.
   *
   * @param prefix of the keys that are named in what is wrong, such as {@code ssl.}
   * @throws TlsException when nobody could be served with them
   */
  public static LiveTls open(String prefix, TlsConfig config) throws TlsException {
    return open(prefix, config, false, Clock.systemUTC());
  }

  /**
   * The same for one HTTP port.
   *
   * @param port how the log calls it
   * @throws TlsException as {@link #open(String, TlsConfig)}
   */
  public static LiveTls open(String prefix, TlsConfig config, String port) throws TlsException {
    return open(prefix, config, false, Clock.systemUTC(), "at " + port);
  }

  /**
   * The same for ports of a server that dials others by the same stores, too.
   *
   * @throws TlsException as {@link #open(String, TlsConfig)}
   */
  public static LiveTls openForPeers(TlsConfig config) throws TlsException {
    return open(PeerTlsConfig.PREFIX, config, true, Clock.systemUTC());
  }

  static LiveTls open(String prefix, TlsConfig config, boolean dials, Clock clock)
      throws TlsException {
    return open(prefix, config, dials, clock, dials ? "between servers" : "for clients");
  }

  private static LiveTls open(
      String prefix, TlsConfig config, boolean dials, Clock clock, String where)
      throws TlsException {
    ServerTls first = ServerTls.read(prefix, config, dials);
    first.warnings().forEach(LOG::warn);
    first
        .certificate()
        .ifPresent(
            own ->
                LOG.info(
                    "TLS by {}* as {}, valid until {} ({}), {}",
                    prefix,
                    own.subject(),
                    own.day(),
                    own.file(),
                    where));
    LiveTls tls = new LiveTls(prefix, config, dials, clock, first);
    tls.warnOfValidity();
    return tls;
  }

  /**
   * Sockets by which whoever examines a member dials its peers as it would, but for their names.
   *
   * @throws TlsException as {@link #openForPeers}
   */
  public static SSLSocketFactory socketsToPeers(TlsConfig config) throws TlsException {
    return ServerTls.read(PeerTlsConfig.PREFIX, config, true).diallingSockets();
  }

  /** Begins to look at the stores, in a thread of its own. */
  public void watch(Guard guard) {
    watch(guard, LOOK_MS);
  }

  void watch(Guard guard, long everyMs) {
    guard.daemon(() -> look(everyMs), "paddock-tls-stores").start();
  }

  private synchronized void look(long everyMs) {
    try {
      while (!closed) {
        wait(everyMs);
        if (!closed) {
          refresh();
          warnOfValidity();
        }
      }
    } catch (InterruptedException e) {
      // The server stops.
    }
  }

  /** Takes the stores anew if they hold something else. */
  synchronized void refresh() {
    ServerTls before = current;
    try {
      byte[] digest = ServerTls.digestNow(config);
      if (Arrays.equals(digest, before.digest())) {
        trouble = null;
        waiting = null;
        return;
      }
      ServerTls next = waiting;
      if (next == null || !Arrays.equals(digest, next.digest())) {
        next = ServerTls.read(prefix, config, dials);
        next.warnings().forEach(LOG::warn);
      }
      Instant now = clock.instant();
      if (!isValid(next, now) && isValid(before, now)) {
        if (next != waiting) {
          waiting = next;
          stay(next.certificate().orElseThrow().warning(now));
        }
        return;
      }
      waiting = null;
      current = next;
      trouble = null;
      warned = Instant.MIN;
      tellOf(before, next);
    } catch (TlsException e) {
      // Half-written files are whole a little later.
      waiting = null;
      if (!e.getMessage().equals(trouble)) {
        stay(e.getMessage());
      }
    }
  }

  private static boolean isValid(ServerTls tls, Instant now) {
    return tls.certificate().map(own -> own.isValid(now)).orElse(true);
  }

  private void stay(String why) {
    trouble = why;
    LOG.warn("The stores have changed and cannot be used, so the old ones stay: {}", why);
  }

  private void tellOf(ServerTls before, ServerTls next) {
    boolean same = next.certificate().equals(before.certificate());
    LOG.info(
        "New connections are served by the new stores of {}*: {}{}; those that are there stay",
        prefix,
        next.certificate()
            .map(own -> (same ? "still " : "") + own.subject() + ", valid until " + own.day())
            .orElse("by a class of yours"),
        next.trusted() == 0 ? "" : ", and " + next.trusted() + " trusted certificates");
  }

  private synchronized void warnOfValidity() {
    Instant now = clock.instant();
    current
        .certificate()
        .filter(own -> own.isDoubtful(now))
        .filter(own -> !now.isBefore(warned.plus(WARN_EVERY)))
        .ifPresent(
            own -> {
              warned = now;
              LOG.warn("{}", own.warning(now));
            });
  }

  /** The server's side of a connection that comes from there. */
  public SSLEngine newEngine(ByteBufAllocator allocator, InetSocketAddress remote) {
    return current.newEngine(allocator, remote.getAddress().getHostAddress(), remote.getPort());
  }

  /**
   * This server's side of a connection that it dials.
   *
   * @param host where it dials, an address or a name
   * @param name by which the other end may show itself instead, of its line in the configuration
   */
  public SSLEngine newDiallingEngine(
      ByteBufAllocator allocator, String host, int port, String name) {
    return current.newDiallingEngine(allocator, host, port, name);
  }

  public TlsConfig config() {
    return config;
  }

  /** Days until the certificate expires, negative when it has; empty when it is not known. */
  public OptionalLong daysLeft() {
    return current.certificate().stream()
        .mapToLong(own -> own.daysLeft(clock.instant()))
        .findFirst();
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
