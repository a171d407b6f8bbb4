package io.paddock.machine;

import io.paddock.config.ConfigException;
import io.paddock.config.PeerSaslConfig;
import io.paddock.config.SaslConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How servers log in to each other by SASL (security sheet, section 8), by two sections of the JAAS
 * file: one says how this server knows others, by the passwords that it lists or by Kerberos; one
 * as whom it logs in itself. Any thread.
 */
public final class PeerLogins implements AutoCloseable {
  static final String DIGEST_PROTOCOL = "zookeeper-quorum";
  static final String DIGEST_SERVER = "zk-quorum-sasl-md5";
  private static final Logger LOG = LoggerFactory.getLogger(PeerLogins.class);
  private static final String USER = "username";
  private static final String PASSWORD = "password";

  private final PeerSaslConfig config;
  private final Map<String, String> users;
  private final Map<String, String> own;

  /** Null with DIGEST-MD5. */
  private final KerberosLogin server;

  /** Null with DIGEST-MD5. */
  private final KerberosLogin learner;

  private PeerLogins(
      PeerSaslConfig config,
      Map<String, String> users,
      Map<String, String> own,
      KerberosLogin server,
      KerberosLogin learner) {
    this.config = config;
    this.users = Map.copyOf(users);
    this.own = own;
    this.server = server;
    this.learner = learner;
  }

  /**
   * Reads both sections, logs in where they say so, and tells how servers log in.
   *
   * @param hosts of the server lines
   * @return empty where servers do not log in to each other
   * @throws StartException when nobody could, or what was written cannot be had
   */
  public static Optional<PeerLogins> open(PeerSaslConfig config, Collection<String> hosts)
      throws StartException {
    if (!config.enabled()) {
      return Optional.empty();
    }
    String file = config.jaasFile().orElseThrow();
    JaasSection serverSection =
        section(file, config.serverSection(), PeerSaslConfig.SERVER_SECTION_KEY);
    JaasSection learnerSection =
        section(file, config.learnerSection(), PeerSaslConfig.LEARNER_SECTION_KEY);
    KerberosLogin server =
        serverSection.logins().isEmpty()
            ? null
            : KerberosLogin.forPeers(serverSection, config.reloginMs(), true);
    KerberosLogin learner =
        learnerSection.logins().isEmpty()
            ? null
            : KerberosLogin.forPeers(learnerSection, config.reloginMs(), false);
    PeerLogins logins =
        new PeerLogins(config, serverSection.users(), learnerSection.options(), server, learner);
    logins.check(serverSection, learnerSection, hosts);
    LOG.info("SASL between servers: {}", logins.words());
    return Optional.of(logins);
  }

  private static JaasSection section(String file, String name, String key) throws StartException {
    Optional<JaasSection> section = JaasSection.read(file, name);
    if (section.isEmpty()) {
      List<String> there = JaasSection.sections(file);
      throw wrong(
          SaslConfig.JAAS_KEY
              + "="
              + file
              + " has no section "
              + name
              + (there.isEmpty() ? "" : ", it has " + String.join(", ", there))
              + ": "
              + PeerSaslConfig.ENABLE_KEY
              + "=true needs it; add it, or name another one by "
              + key);
    }
    return section.get();
  }

  /** What cannot work is refused where it is asked for, and told where it is only prepared. */
  private void check(
      JaasSection serverSection, JaasSection learnerSection, Collection<String> hosts)
      throws StartException {
    boolean digest = server == null || learner == null;
    if (digest && config.fips()) {
      judge(
          config.learnerRequires(),
          "DIGEST-MD5, by which servers would log in to each other ("
              + (server == null ? serverSection : learnerSection)
              + "), is refused in FIPS mode: set fips-mode=false on every server");
    }
    if (server == null && users.isEmpty()) {
      judge(
          config.serverRequires(),
          "no server can log in here by DIGEST-MD5: add user_NAME=\"password\" to "
              + serverSection);
    }
    if (learner == null && (own.get(USER) == null || own.get(PASSWORD) == null)) {
      judge(
          config.learnerRequires(),
          "this server cannot log in to others by DIGEST-MD5: add username=\"NAME\" and"
              + " password=\"...\" to "
              + learnerSection);
    }
    if (learner != null
        && !hosts.isEmpty()
        && !hosts(hosts).contains(learner.host().toLowerCase(Locale.ROOT))) {
      LOG.warn(
          "Other servers will refuse the principal {} of {}: its host must be one of those of the"
              + " server lines, {}",
          learner.principal(),
          learnerSection,
          hosts);
    }
  }

  private static void judge(boolean asked, String line) throws StartException {
    if (asked) {
      throw wrong("SASL between servers cannot work: " + line);
    }
    LOG.warn("SASL between servers cannot work yet: {}", line);
  }

  private static StartException wrong(String line) {
    return new StartException(line, ConfigException.EXIT_INVALID_CONFIG, null);
  }

  private String words() {
    return (server == null
            ? "others log in by DIGEST-MD5 as one of " + users.size() + " users"
            : "others log in by GSSAPI to " + server.principal())
        + (config.serverRequires()
            ? ", who does not is turned away"
            : ", who does not is let in too (" + PeerSaslConfig.SERVER_KEY + "=false)")
        + "; this server "
        + (!config.learnerRequires()
            ? "does not log in itself (" + PeerSaslConfig.LEARNER_KEY + "=false)"
            : learner == null
                ? "logs in by DIGEST-MD5 as " + SaslWords.shown(own.get(USER))
                : "logs in by GSSAPI as " + learner.principal());
  }

  /** Whether this server logs in where it dials. */
  public boolean dials() {
    return config.learnerRequires();
  }

  /** Whether who does not log in is turned away. */
  public boolean required() {
    return config.serverRequires();
  }

  /** At most so many logins are to be judged at a time. */
  public int threadsMax() {
    return config.threadsMax();
  }

  /** Begins to keep this server's own tickets fresh, if it has some. */
  public void watch(Guard guard) {
    if (server != null) {
      server.watch(guard);
    }
    if (learner != null) {
      learner.watch(guard);
    }
  }

  /**
   * Begins the login of somebody who has called. May look names up.
   *
   * @param hosts of the server lines now
   */
  public SaslAttempt accept(Collection<String> hosts) {
    boolean digest = server == null;
    PeerCallbacks callbacks = new PeerCallbacks(users, digest ? Set.of() : hosts(hosts), digest);
    return new SaslAttempt(
        () ->
            digest
                ? SaslMechanism.digest(config.fips(), DIGEST_PROTOCOL, DIGEST_SERVER, callbacks)
                : SaslMechanism.kerberos(server, callbacks),
        callbacks::words);
  }

  /**
   * Begins a login at somebody who was dialled. May look names up.
   *
   * @param host in the server line of whom
   */
  public PeerDialLogin dial(String host) {
    if (learner == null) {
      return PeerDialLogin.digest(own.get(USER), own.get(PASSWORD));
    }
    String[] parts = config.servicePrincipal().split("[/@]");
    return PeerDialLogin.kerberos(
        learner,
        parts[0],
        parts[1].equals(PeerSaslConfig.HOST) ? canonical(host).toLowerCase(Locale.ROOT) : parts[1]);
  }

  private Set<String> hosts(Collection<String> written) {
    return written.stream()
        .map(host -> canonical(host).toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String canonical(String host) {
    if (!config.canonicalHosts()) {
      return host;
    }
    try {
      return InetAddress.getByName(host).getCanonicalHostName();
    } catch (UnknownHostException e) {
      return host;
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    if (learner != null) {
      learner.close();
    }
  }
}
