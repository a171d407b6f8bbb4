package io.paddock.config;

import io.paddock.frontend.ConnectionTokens;
import io.paddock.frontend.ThrottleRules;
import java.util.Optional;

/** Reads what holds clients back (operations sheet, section 2). */
final class ThrottleReader {
  private static final int INT_MAX = Integer.MAX_VALUE;
  private static final String MAX_REQUESTS = "request_throttle_max_requests";
  private static final String OP_WAIT = "throttled_op_wait_time";
  private static final String LARGE_FROM = "largeRequestThreshold";
  private static final String LARGE_MAX = "largeRequestMaxBytes";
  private static final int LARGE_BYTES_MAX = 100 << 20;

  private final ConfigSource source;

  ThrottleReader(ConfigSource source) {
    this.source = source;
  }

  ThrottleConfig read() throws ConfigException {
    int global = weight("global", 3);
    int local = weight("local", 1);
    int renew = raised("renew", weight("renew", 2), local);
    global = raised("global", global, local);
    boolean weighted = source.flag("connection_throttle_weight_enabled", false);
    boolean localSessions = source.flag("localSessionsEnabled", false);
    return new ThrottleConfig(
        requests(),
        source.integer("request_throttle_stall_time", 100, 1, INT_MAX),
        largeFrom(),
        largeMax(),
        connections(weighted ? global : 1),
        weighted ? (localSessions ? local : global) : 1,
        weighted ? renew : 1,
        source.flag("paddock.throughputQuotas", false));
  }

  private Optional<ThrottleRules> requests() throws ConfigException {
    int requestsMax = source.integer(MAX_REQUESTS, 0, -1, INT_MAX);
    long opWaitMs = source.integer(OP_WAIT, 0, -1, INT_MAX);
    ThrottleRules rules =
        new ThrottleRules(
            requestsMax,
            source.flag("request_throttle_drop_stale", true),
            source.flag("request_stale_connection_check", true),
            source.flag("request_stale_latency_check", false),
            Math.max(0, opWaitMs) * 1_000_000);
    if (requestsMax > 0) {
      return Optional.of(rules);
    }
    if (opWaitMs > 0) {
      source.warn(OP_WAIT + " has no effect without " + MAX_REQUESTS + ": nothing waits");
    }
    return Optional.empty();
  }

  private int largeFrom() throws ConfigException {
    int bytes = source.integer(LARGE_FROM, -1, Integer.MIN_VALUE, INT_MAX);
    if (bytes < -1 || bytes == 0) {
      source.warn(LARGE_FROM + "=" + bytes + " is not above 0; no request counts as large");
    }
    return bytes <= 0 ? INT_MAX : bytes;
  }

  private long largeMax() throws ConfigException {
    int bytes = source.integer(LARGE_MAX, LARGE_BYTES_MAX, Integer.MIN_VALUE, INT_MAX);
    if (bytes <= 0) {
      source.warn(LARGE_MAX + "=" + bytes + " is not above 0; " + LARGE_BYTES_MAX + " is used");
      return LARGE_BYTES_MAX;
    }
    return bytes;
  }

  /**
   * @param weight what the bucket is larger by, since its numbers are meant for global sessions
   */
  private Optional<ConnectionTokens.Rules> connections(int weight) throws ConfigException {
    int most = INT_MAX / weight;
    int tokens = source.integer("connection_throttle_tokens", 0, 0, most);
    ConnectionTokens.Rules rules =
        new ConnectionTokens.Rules(
            tokens * weight,
            source.integer("connection_throttle_fill_time", 1, 1, INT_MAX),
            source.integer("connection_throttle_fill_count", 1, 0, most) * weight,
            source.integer("connection_throttle_freeze_time", -1, -1, INT_MAX),
            source.ratio("connection_throttle_drop_increase", 0.02),
            source.ratio("connection_throttle_drop_decrease", 0.002),
            source.ratio("connection_throttle_decrease_ratio", 0));
    return tokens == 0 ? Optional.empty() : Optional.of(rules);
  }

  private int weight(String kind, int otherwise) throws ConfigException {
    String key = key(kind);
    int weight = source.integer(key, otherwise, Integer.MIN_VALUE, 1 << 16);
    if (weight <= 0) {
      source.warn(key + "=" + weight + " is not above 0; " + otherwise + " is used");
      return otherwise;
    }
    return weight;
  }

  private int raised(String kind, int weight, int local) {
    if (weight < local) {
      source.warn(
          key(kind) + "=" + weight + " is below the local session's; " + local + " is used");
    }
    return Math.max(weight, local);
  }

  private static String key(String kind) {
    return "connection_throttle_" + kind + "_session_weight";
  }
}
