package io.paddock.machine;

import io.paddock.config.ConfigException;
import io.paddock.config.SaslConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How clients log in by SASL here (security sheet, section 7): by the users that a section of the
 * JAAS file lists (DIGEST-MD5), or by Kerberos, when this server itself has logged in by a module
 * of that section (GSSAPI). There is always one mechanism, which clients must know. Any thread.
 */
public final class SaslLogin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SaslLogin.class);
  private static final String SUPER = "super";

  /** As Apache's server calls itself, which clients take for granted. */
  private static final String DIGEST_PROTOCOL = "zookeeper";

  private static final String DIGEST_SERVER = "zk-sasl-md5";

  private final SaslConfig config;
  private final Map<String, String> users;

  /** Null with DIGEST-MD5. */
  private final KerberosLogin kerberos;

  private SaslLogin(SaslConfig config, Map<String, String> users, KerberosLogin kerberos) {
    this.config = config;
    this.users = Map.copyOf(users);
    this.kerberos = kerberos;
  }

  /**
   * What clients can do.
   *
   * @param login how they log in; empty when SASL of clients is off
   * @param works whether they can
   * @param words the same for people, without a full stop
   */
  public record Outlook(Optional<SaslLogin> login, boolean works, String words) {}

  /**
   * Reads the section, logs in if it says so, and tells what clients can do.
   *
   * @param onlySasl whether nobody is served who has not logged in
   * @return empty when there is no SASL
   * @throws StartException when what was written cannot be had
   */
  public static Optional<SaslLogin> open(SaslConfig config, boolean onlySasl)
      throws StartException {
    Optional<Outlook> outlook = examine(config, onlySasl);
    outlook.ifPresent(
        found ->
            // A file without a section for clients may be there for servers alone.
            LOG.atLevel(found.works() || found.login().isEmpty() ? Level.INFO : Level.WARN)
                .log("SASL of clients is {}", found.words()));
    return outlook.flatMap(Outlook::login);
  }

  /**
   * The same for whoever examines a configuration: nothing is logged.
   *
   * @return empty when no login configuration is named
   * @throws StartException as {@link #open}
   */
  public static Optional<Outlook> examine(SaslConfig config, boolean onlySasl)
      throws StartException {
    if (config.jaasFile().isEmpty()) {
      return Optional.empty();
    }
    String file = config.jaasFile().get();
    Optional<JaasSection> section = JaasSection.read(file, config.section());
    if (section.isEmpty()) {
      List<String> there = JaasSection.sections(file);
      String why = missing(file, config.section(), there);
      // Where only servers' own sections stand there, SASL of clients may just not be meant.
      boolean misspelt = there.isEmpty() || !config.otherSections().containsAll(there);
      if (config.sectionNamed() || onlySasl) {
        throw new StartException(why, ConfigException.EXIT_INVALID_CONFIG, null);
      }
      if (config.isAskedFor() && misspelt) {
        throw new StartException(
            why + " (logins are asked for by authProvider.N, superUser or letAnySaslUserDoX)",
            ConfigException.EXIT_INVALID_CONFIG,
            null);
      }
      return Optional.of(new Outlook(Optional.empty(), false, "off: " + why));
    }
    Outlook outlook = of(config, section.get()).outlook(section.get());
    if (onlySasl && !outlook.works()) {
      throw new StartException(
          "SASL of clients is " + outlook.words() + "; as it is, nobody is let in",
          ConfigException.EXIT_INVALID_CONFIG,
          null);
    }
    return Optional.of(outlook);
  }

  private static SaslLogin of(SaslConfig config, JaasSection section) throws StartException {
    Optional<KerberosLogin> kerberos = Optional.empty();
    if (!section.logins().isEmpty()) {
      kerberos = KerberosLogin.of(section, config.reloginMs());
    }
    return new SaslLogin(config, section.users(), kerberos.orElse(null));
  }

  private static String missing(String file, String section, List<String> there) {
    return SaslConfig.JAAS_KEY
        + "="
        + file
        + " has no section "
        + section
        + (there.isEmpty() ? "" : ", it has " + String.join(", ", there))
        + ": add it, or name another one by zookeeper."
        + SaslConfig.SECTION_KEY;
  }

  private Outlook outlook(JaasSection section) {
    if (kerberos != null) {
      return new Outlook(
          Optional.of(this),
          true,
          "on: clients log in by GSSAPI to " + kerberos.principal() + " (" + section + ")");
    }
    int count = users.size() + (hasSuper() && !users.containsKey(SUPER) ? 1 : 0);
    if (config.fips() || count == 0) {
      return new Outlook(
          Optional.of(this),
          false,
          "on, but every login will fail: DIGEST-MD5, by which clients would log in ("
              + section
              + "), "
              + (config.fips()
                  ? "is refused in FIPS mode: set fips-mode=false here and zookeeper.fips-mode=false"
                      + " at the clients"
                  : "has no user: add user_NAME=\"password\" to it"));
    }
    return new Outlook(
        Optional.of(this),
        true,
        "on: clients log in by DIGEST-MD5 as one of " + count + " users (" + section + ")");
  }

  /** Begins to keep this server's own ticket fresh, if it has one. */
  public void watch(Guard guard) {
    if (kerberos != null) {
      kerberos.watch(guard);
    }
  }

  /** Begins the talk with one client. */
  public SaslAttempt begin() {
    SaslCallbacks callbacks = new SaslCallbacks(this::password, config.names());
    return new SaslAttempt(
        () ->
            kerberos == null
                ? SaslMechanism.digest(config.fips(), DIGEST_PROTOCOL, DIGEST_SERVER, callbacks)
                : SaslMechanism.kerberos(kerberos, callbacks),
        failure -> SaslWords.ofClient(failure, callbacks.user()));
  }

  private boolean hasSuper() {
    return password(SUPER) != null;
  }

  /** Null for nobody's. */
  private char[] password(String user) {
    if (user.equals(SUPER)) {
      char[] own = superPassword();
      if (own.length > 0) {
        return own;
      }
    }
    String password = users.get(user);
    return password == null ? null : password.toCharArray();
  }

  private char[] superPassword() {
    try {
      return config.superPassword().read();
    } catch (IOException e) {
      // It stands in the configuration and in no file.
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (kerberos != null) {
      kerberos.close();
    }
  }
}
