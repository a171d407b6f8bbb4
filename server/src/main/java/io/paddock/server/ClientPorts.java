package io.paddock.server;

import io.paddock.config.ClientPortConfig;
import io.paddock.config.ClientTlsConfig;
import io.paddock.config.ConfigException;
import io.paddock.config.MemoryShares;
import io.paddock.config.ZooCfg;
import io.paddock.machine.Guard;
import io.paddock.machine.LiveTls;
import io.paddock.machine.StartException;
import io.paddock.machine.TlsException;
import io.paddock.machine.TlsThreads;
import io.paddock.machine.Transport;
import io.paddock.metrics.ServerMetrics;
import io.paddock.tree.AccessControl;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The ports where clients connect: the plain one, the one for TLS, or both. Not to be used by a
 * loop's thread, which it waits for.
 */
final class ClientPorts implements AutoCloseable {
  private final ZooCfg config;
  private final Optional<LiveTls> tls;
  private final List<ClientLoop> loops;
  private final ServerMetrics metrics;
  private final MemoryShares shares;
  private final Optional<ClientPort> plain;
  private final Optional<ClientPort> secure;
  private ExecutorService tasks;

  ClientPorts(
      ZooCfg config,
      Optional<LiveTls> tls,
      Transport transport,
      List<ClientLoop> loops,
      ServerMetrics metrics,
      MemoryShares shares) {
    this.config = config;
    this.tls = tls;
    this.loops = loops;
    this.metrics = metrics;
    this.shares = shares;
    AtomicInteger all = new AtomicInteger();
    ClientPortConfig port = config.clientPort();
    this.plain =
        port.isOpen()
            ? Optional.of(
                new ClientPort("clientPort", port, transport, loops, metrics, shares, all))
            : Optional.empty();
    this.secure =
        config
            .clientTls()
            .filter(ClientTlsConfig::hasPort)
            .map(c -> port.at(c.host(), c.port()))
            .map(
                c -> new ClientPort("secureClientPort", c, transport, loops, metrics, shares, all));
  }

  /**
   * Reads and checks the stores, before anything else is begun: a server with a port that lets
   * nobody in does not start.
   */
  static Optional<LiveTls> openTls(ZooCfg config) throws StartException {
    if (config.clientTls().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LiveTls.open("ssl.", config.clientTls().get().tls()));
    } catch (TlsException e) {
      throw new StartException(e.getMessage(), ConfigException.EXIT_INVALID_CONFIG, e);
    }
  }

  /**
   * Begins to let clients in.
   *
   * @param serves whether clients are served now
   */
  void open(Guard guard, AccessControl access, BooleanSupplier serves) throws StartException {
    if (tls.isPresent()) {
      openTls(guard, access, serves);
    }
    if (plain.isPresent()) {
      plain.get().open();
    }
    if (secure.isPresent()) {
      secure.get().open();
    }
  }

  private void openTls(Guard guard, AccessControl access, BooleanSupplier serves) {
    ClientTlsConfig clients = config.clientTls().orElseThrow();
    tasks = TlsThreads.start(clients.tls(), guard, "paddock-tls");
    AtomicInteger underWay = new AtomicInteger();
    int each = Math.max(1, shares.handshakesMax() / loops.size());
    Map<ClientLoop, Handshakes> handshakes = new HashMap<>();
    loops.forEach(
        loop -> handshakes.put(loop, new Handshakes(each, clients.handshakesMax(), underWay)));
    BooleanSupplier dropping = () -> clients.earlyDrop() && !serves.getAsBoolean();
    LiveTls live = tls.orElseThrow();
    metrics.tls(underWay::get, live::daysLeft);
    live.watch(guard);
    TlsPort unified = new TlsPort(live, false, tasks, handshakes, access, metrics, dropping);
    if (clients.unified()) {
      plain.ifPresent(port -> port.takeTls(unified));
    }
    secure.ifPresent(
        port ->
            port.takeTls(new TlsPort(live, true, tasks, handshakes, access, metrics, dropping)));
  }

  /**
   * Moves the plain one, or leaves it where it is, saying so, when it cannot be moved there.
   *
   * @return whether it was opened anew
   */
  boolean move(InetSocketAddress to) {
    return plain.isPresent() && plain.get().move(to);
  }

  /** Where the plain one listens, once open; empty when there is none. Any thread. */
  Optional<InetSocketAddress> plainAddress() {
    return plain.map(ClientPort::address);
  }

  /** Where the one for TLS listens, once open; empty when there is none. Any thread. */
  Optional<InetSocketAddress> secureAddress() {
    return secure.map(ClientPort::address);
  }

  /** Lets nobody in any more; those who are stay. */
  @Override
  public void close() {
    plain.ifPresent(ClientPort::close);
    secure.ifPresent(ClientPort::close);
    tls.ifPresent(LiveTls::close);
    if (tasks != null) {
      tasks.shutdownNow();
    }
  }

  /** In words, for the log. */
  @Override
  public String toString() {
    String byTls = secureAddress().map(address -> address + " by TLS").orElse("");
    String both =
        config.clientTls().filter(ClientTlsConfig::unified).isPresent() ? ", also by TLS" : "";
    return plainAddress()
        .map(address -> address + both + (byTls.isEmpty() ? "" : " and on " + byTls))
        .orElse(byTls);
  }
}
