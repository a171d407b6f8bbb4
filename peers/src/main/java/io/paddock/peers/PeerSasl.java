package io.paddock.peers;

import io.paddock.config.PeerSaslConfig;
import io.paddock.machine.Guard;
import io.paddock.machine.PeerDialLogin;
import io.paddock.machine.PeerLogins;
import io.paddock.machine.SaslAttempt;
import io.paddock.machine.StartException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * How a member and its peers log in to each other by SASL (security sheet, section 8): the logins,
 * and the threads that judge their tokens, so that the core's does not wait for a KDC, for names or
 * files. Those that ask on behalf of dials are apart: who waits for a KDC there is in nobody's way
 * who logs in here. A server without SASL between servers has none. Any thread.
 */
public final class PeerSasl implements AutoCloseable {
  private static final int IDLE_S = 10;

  private final PeerLogins logins;
  private ThreadPoolExecutor judges;
  private ThreadPoolExecutor dialers;

  private PeerSasl(PeerLogins logins) {
    this.logins = logins;
  }

  /**
   * Reads the login configuration, and logs in.
   *
   * @param hosts of the server lines
   * @return empty where servers do not log in to each other
   * @throws StartException when no peer could be talked to by it
   */
  public static Optional<PeerSasl> open(PeerSaslConfig config, Collection<String> hosts)
      throws StartException {
    return PeerLogins.open(config, hosts).map(PeerSasl::new);
  }

  /** Starts what it needs, unless that was done; before the first connection. */
  public synchronized void start(Guard guard) {
    if (judges == null) {
      logins.watch(guard);
      judges = threads(guard, "paddock-peers-sasl");
      dialers = threads(guard, "paddock-dials-sasl");
    }
  }

  /**
   * Made when they are needed, and gone when they are not: servers seldom log in. What waits for
   * them is one token of each connection, which are bounded.
   */
  private ThreadPoolExecutor threads(Guard guard, String name) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            logins.threadsMax(),
            logins.threadsMax(),
            IDLE_S,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> guard.daemon(work, name));
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Whether this server logs in where it dials. */
  boolean dials() {
    return logins.dials();
  }

  /** Whether who does not log in is turned away. */
  boolean required() {
    return logins.required();
  }

  /**
   * Begins the login of somebody who has called; may block.
   *
   * @param hosts of the server lines now
   */
  SaslAttempt accept(Collection<String> hosts) {
    return logins.accept(hosts);
  }

  /**
   * Begins a login at somebody who was dialled; may block.
   *
   * @param host in the server line of whom
   */
  PeerDialLogin dial(String host) {
    return logins.dial(host);
  }

  /** Work that may block, for who logs in here. */
  void judge(Runnable work) {
    run(judges(), work);
  }

  /** Work that may block, for who was dialled. */
  void ask(Runnable work) {
    run(dialers(), work);
  }

  private static void run(ThreadPoolExecutor threads, Runnable work) {
    try {
      threads.execute(work);
    } catch (RejectedExecutionException e) {
      // The server stops, and its connections with it.
    }
  }

  private synchronized ThreadPoolExecutor judges() {
    return judges;
  }

  private synchronized ThreadPoolExecutor dialers() {
    return dialers;
  }

  @Override
  public synchronized void close() {
    logins.close();
    if (judges != null) {
      judges.shutdownNow();
      dialers.shutdownNow();
    }
  }
}
