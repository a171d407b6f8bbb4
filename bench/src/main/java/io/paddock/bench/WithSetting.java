package io.paddock.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A measurement on a server of its own that has a further setting, beside the same with the other
 * value: what the setting costs. Stateless.
 */
final class WithSetting implements Measurement {
  private static final String TCNATIVE = "io.netty.internal.tcnative.SSL";

  /** What is measured on the server. */
  private interface Inner {
    void measure(ServerProcess server, long warmUpNanos, Target target, Samples samples)
        throws IOException;
  }

  private final String name;
  private final List<BenchMetric> metrics;
  private final Inner inner;
  private final String flag;

  private WithSetting(String name, List<BenchMetric> metrics, Inner inner, String flag) {
    this.name = name;
    this.metrics = metrics;
    this.inner = inner;
    this.flag = flag;
  }

  /** Sets with the audit log on or off. */
  static WithSetting audit(boolean on) {
    ClosedLoop loop = ClosedLoop.own("audit " + (on ? "on" : "off") + ": ", 100, 64, 4);
    return of(loop, "-Dzookeeper.audit.enable=" + on);
  }

  /** Gets or sets by TLS of this provider. */
  static WithSetting provider(String provider, int setPercent, int sessions, int depth) {
    return of(
        ClosedLoop.own("TLS by " + provider + ": ", setPercent, sessions, depth), flag(provider));
  }

  /** Handshakes of this provider. */
  static WithSetting handshakes(String provider) {
    HandshakeRate rate = HandshakeRate.own("TLS by " + provider + ": ");
    return new WithSetting(rate.name(), rate.metrics(), rate::measure, flag(provider));
  }

  private static String flag(String provider) {
    return "-Dzookeeper.ssl.sslProvider=" + provider;
  }

  private static WithSetting of(ClosedLoop loop, String flag) {
    Inner inner =
        (server, warmUpNanos, target, samples) ->
            loop.measure(
                List.of(server.endpoint()), server::cpuNanos, warmUpNanos, target, samples);
    return new WithSetting(loop.name(), loop.metrics(), inner, flag);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<BenchMetric> metrics() {
    return metrics;
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public Optional<String> missing() {
    try {
      if (flag.endsWith("=OPENSSL")) {
        Class.forName(TCNATIVE, false, WithSetting.class.getClassLoader());
      }
      return Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.of("no tcnative (netty-tcnative-boringssl-static in CLASSPATH)");
    }
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    try (ServerProcess server = target.startServer(Target.SNAP_COUNT, List.of(flag))) {
      Target.populate(server, "/bench", Target.ZNODES, Target::path);
      // Each server is a fresh one, whose code is not yet compiled.
      inner.measure(server, target.sizes().firstWarmUpNanos(), target, samples);
    }
  }
}
