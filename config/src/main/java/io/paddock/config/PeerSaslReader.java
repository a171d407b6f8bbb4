package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import java.util.Optional;

/** Reads the keys of SASL between servers (security sheet, section 8). */
final class PeerSaslReader {
  private static final String THREADS_KEY = "quorum.cnxn.threads.size";
  private static final int THREADS = 20;
  private static final int INT_MAX = Integer.MAX_VALUE;

  private final ConfigSource source;

  PeerSaslReader(ConfigSource source) {
    this.source = source;
  }

  /**
   * @param member whether this server is, or can become, one of an ensemble
   */
  PeerSaslConfig read(boolean member) throws ConfigException {
    boolean enabled = source.flag(PeerSaslConfig.ENABLE_KEY, false);
    boolean learner = source.flag(PeerSaslConfig.LEARNER_KEY, false);
    boolean server = source.flag(PeerSaslConfig.SERVER_KEY, false);
    needs(server, PeerSaslConfig.SERVER_KEY, enabled, PeerSaslConfig.ENABLE_KEY);
    needs(learner, PeerSaslConfig.LEARNER_KEY, enabled, PeerSaslConfig.ENABLE_KEY);
    needs(server, PeerSaslConfig.SERVER_KEY, learner, PeerSaslConfig.LEARNER_KEY);
    PeerSaslConfig sasl =
        new PeerSaslConfig(
            enabled,
            learner,
            server,
            source.find(SaslConfig.JAAS_KEY).map(Setting::value).filter(file -> !file.isEmpty()),
            named(PeerSaslConfig.SERVER_SECTION_KEY, "QuorumServer"),
            named(PeerSaslConfig.LEARNER_SECTION_KEY, "QuorumLearner"),
            principal(),
            source.flag("kerberos.canonicalizeHostNames", false),
            source.flag("fips-mode", true),
            source.number("kerberos.minReLoginTimeMs", 60_000, 1, INT_MAX),
            threads());
    if (enabled && member && sasl.jaasFile().isEmpty()) {
      throw ConfigSource.wrong(
          source.find(PeerSaslConfig.ENABLE_KEY).orElseThrow(),
          "needs a login configuration: set "
              + SaslConfig.JAAS_KEY
              + " to a file with the sections "
              + sasl.serverSection()
              + " and "
              + sasl.learnerSection()
              + "; docs/security.md shows one");
    }
    if (enabled && !member) {
      source.warn(
          source.find(PeerSaslConfig.ENABLE_KEY).orElseThrow().place()
              + ": "
              + PeerSaslConfig.ENABLE_KEY
              + " has no effect on a server without peers");
    }
    return sasl;
  }

  /** As Apache's server, which does not start otherwise either. */
  private void needs(boolean asked, String key, boolean there, String other)
      throws ConfigException {
    if (asked && !there) {
      throw ConfigSource.wrong(
          source.find(key).orElseThrow(),
          "needs " + other + "=true beside it, which comes one step before");
    }
  }

  private String named(String key, String otherwise) {
    return Optional.of(source.text(key, otherwise)).filter(n -> !n.isEmpty()).orElse(otherwise);
  }

  private String principal() throws ConfigException {
    String key = PeerSaslConfig.PRINCIPAL_KEY;
    String principal = named(key, "zkquorum/localhost");
    if (!principal.matches("[^/@\\s]+/[^/@\\s]+(@[^/@\\s]+)?")) {
      throw ConfigSource.wrong(
          source.find(key).orElseThrow(),
          "is no principal of a server: it must be service/host, such as zkquorum/"
              + PeerSaslConfig.HOST);
    }
    return principal;
  }

  /** Fewer than the usual number are not taken, as with Apache's. */
  private int threads() throws ConfigException {
    return Math.max(THREADS, source.integer(THREADS_KEY, THREADS, Integer.MIN_VALUE, INT_MAX));
  }
}
