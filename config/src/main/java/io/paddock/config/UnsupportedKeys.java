package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Apache's server can do and this one cannot yet. To start without it would leave a user
 * believing in a protection or in replicas that are not there, so it is refused by name.
 */
final class UnsupportedKeys {
  private static final Set<String> METRICS_PROVIDERS =
      Set.of(
          "org.apache.zookeeper.metrics.impl.DefaultMetricsProvider",
          "org.apache.zookeeper.metrics.impl.NullMetricsProvider",
          "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider");

  /** Flags and a number without effect here, which Apache's server does not start with if wrong. */
  private static final List<String> FLAGS =
      List.of("syncEnabled", "multiAddress.reachabilityCheckEnabled");

  private static final String REACHABILITY = "multiAddress.reachabilityCheckTimeoutMs";

  private final ConfigSource source;
  private EnsembleServer loneServer;

  UnsupportedKeys(ConfigSource source) {
    this.source = source;
  }

  /** Throws for the first setting that asks for something that is not there yet. */
  void check() throws ConfigException {
    refuseWhenFalse("db.autocreate", "no vote of a server that has lost its data");
    tellWithoutEffect();
    for (String flag : FLAGS) {
      source.flag(flag, false);
    }
    source.integer(REACHABILITY, 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
    checkElection();
    checkServers();
    checkMetricsProvider();
  }

  private void refuseWhenFalse(String key, String what) throws ConfigException {
    if (!source.flag(key, true)) {
      throw ConfigSource.wrong(
          source.find(key).orElseThrow(), "asks for " + what + ", which is not there yet");
    }
  }

  /** One line for all that the user wrote for nothing. */
  private void tellWithoutEffect() {
    List<Setting> settings = source.withoutEffect();
    if (!settings.isEmpty()) {
      source.warn(
          settings.stream()
                  .map(setting -> setting.key() + " (" + setting.place() + ")")
                  .collect(Collectors.joining(", "))
              + (settings.size() == 1 ? " has" : " have")
              + " no effect here; docs/configuration.md says of each key what it does");
    }
  }

  private void checkElection() throws ConfigException {
    Optional<Setting> algorithm = source.find("electionAlg");
    if (algorithm.isPresent() && !algorithm.get().value().equals("3")) {
      throw ConfigSource.wrong(algorithm.get(), "is not supported; only 3 is, as in ZooKeeper");
    }
    Optional<Setting> peerType = source.find("peerType");
    if (peerType.isPresent()
        && !peerType.get().value().equalsIgnoreCase("observer")
        && !peerType.get().value().equalsIgnoreCase("participant")) {
      throw ConfigSource.wrong(peerType.get(), "must be participant or observer");
    }
  }

  private void checkServers() throws ConfigException {
    List<EnsembleServer> servers = new ArrayList<>();
    String place = "";
    for (Setting setting : source.fileSettings()) {
      if (setting.key().startsWith("server.")) {
        servers.add(server(setting));
        place = place.isEmpty() ? setting.place() : place;
      }
    }
    if (servers.isEmpty()) {
      return;
    }
    long voters = servers.stream().filter(server -> !server.observer()).count();
    if (voters > 1 || !source.flag("standaloneEnabled", true)) {
      return;
    }
    if (servers.size() > 1 || voters == 0) {
      throw new ConfigException(
          place
              + ": observers need an ensemble of at least two servers that vote, or"
              + " standaloneEnabled=false; a server alone has one server line or none");
    }
    loneServer = servers.get(0);
    source.warn(place + ": a single server." + loneServer.sid() + " line: running standalone");
  }

  private static EnsembleServer server(Setting setting) throws ConfigException {
    try {
      return EnsembleConfig.server(setting.key(), setting.value());
    } catch (InvalidConfigException e) {
      throw new ConfigException(setting.place() + ": " + e.getMessage());
    }
  }

  private void checkMetricsProvider() throws ConfigException {
    Optional<Setting> provider = source.find("metricsProvider.className");
    if (provider.isPresent() && !METRICS_PROVIDERS.contains(provider.get().value())) {
      throw ConfigSource.wrong(
          provider.get(),
          "is not a provider known here; org.apache.zookeeper.metrics.prometheus"
              + ".PrometheusMetricsProvider is");
    }
  }

  /** The only server.N line, if there is one. */
  Optional<EnsembleServer> loneServer() {
    return Optional.ofNullable(loneServer);
  }
}
