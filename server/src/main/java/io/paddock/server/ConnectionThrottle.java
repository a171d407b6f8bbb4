package io.paddock.server;

import io.paddock.config.ThrottleConfig;
import io.paddock.frontend.ConnectionGate;
import io.paddock.frontend.ConnectionTokens;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.EventSummary;
import io.paddock.metrics.ServerMetrics;
import java.util.concurrent.ThreadLocalRandom;

/** One bucket of tokens for the clients of all loops. */
final class ConnectionThrottle implements ConnectionGate {
  private final ConnectionTokens tokens;
  private final int newTokens;
  private final int renewTokens;
  private final ServerMetrics metrics;

  private ConnectionThrottle(
      ConnectionTokens.Rules rules, ThrottleConfig config, ServerMetrics metrics) {
    this.tokens =
        new ConnectionTokens(rules, () -> ThreadLocalRandom.current().nextDouble(), nowMs());
    this.newTokens = config.newTokens();
    this.renewTokens = config.renewTokens();
    this.metrics = metrics;
    metrics.connections(this::dropChance);
  }

  /** The gate that a configuration asks for. */
  static ConnectionGate of(ThrottleConfig config, ServerMetrics metrics) {
    return config.connections().isEmpty()
        ? ConnectionGate.OPEN
        : new ConnectionThrottle(config.connections().get(), config, metrics);
  }

  @Override
  public boolean admits(boolean renewal) {
    boolean taken;
    long deficit;
    synchronized (tokens) {
      taken = tokens.take(renewal ? renewTokens : newTokens, nowMs());
      deficit = tokens.deficit();
    }
    if (taken) {
      metrics.record(EventSummary.CONNECTION_TOKEN_DEFICIT, deficit);
    } else {
      metrics.count(EventCounter.CONNECTION_REJECTED);
    }
    return taken;
  }

  private double dropChance() {
    synchronized (tokens) {
      return tokens.dropChance();
    }
  }

  private static long nowMs() {
    return System.nanoTime() / 1_000_000;
  }
}
