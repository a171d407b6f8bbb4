package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the keys that concern identities (security sheet, sections 7 and 10). */
final class AuthReader {
  private static final String APACHE_AUTH = "org.apache.zookeeper.server.auth.";
  private static final String DIGEST_PROVIDER = APACHE_AUTH + "DigestAuthenticationProvider";
  private static final String IP_PROVIDER = APACHE_AUTH + "IPAuthenticationProvider";
  private static final String SASL_PROVIDER = APACHE_AUTH + "SASLAuthenticationProvider";
  private static final String ENSEMBLE_PROVIDER = APACHE_AUTH + "EnsembleAuthenticationProvider";

  /** What makes the scheme x509 known where there is no TLS. */
  private static final String X509_PROVIDER = APACHE_AUTH + "X509AuthenticationProvider";

  private static final String SASL = "sasl";
  private static final String SESSION_REQUIRE = "sessionRequireClientSASLAuth";
  private static final String ENFORCE = "enforce.auth.enabled";
  private static final String SCHEMES = "enforce.auth.schemes";
  private static final String RULES = "security.auth_to_local";
  private static final int INT_MAX = Integer.MAX_VALUE;

  private final ConfigSource source;
  private final boolean tls;

  /**
   * @param tls whether clients can connect by TLS
   */
  AuthReader(ConfigSource source, boolean tls) {
    this.source = source;
    this.tls = tls;
  }

  AuthConfig read() throws ConfigException {
    boolean skipAcl = source.text("skipACL", "no").equals("yes");
    if (skipAcl) {
      source.warn("skipACL=yes: every client may do everything");
    }
    source.withPrefix("authProvider.").stream()
        .filter(setting -> setting.value().isEmpty())
        .forEach(
            setting ->
                source.warn(
                    setting.place()
                        + ": "
                        + setting.key()
                        + " names no class, so it adds no scheme: name one, or remove the line"));
    SaslConfig sasl = sasl();
    return new AuthConfig(
        skipAcl,
        digestEnabled(),
        digestAlgorithm(),
        value("DigestAuthenticationProvider.superDigest"),
        x509(),
        value("X509AuthenticationProvider.superUser"),
        sasl,
        required(sasl),
        ensembleNames(),
        providers());
  }

  private Optional<String> value(String key) {
    return source.find(key).map(Setting::value);
  }

  private Optional<Setting> provider(String className) {
    return source.withPrefix("authProvider.").stream()
        .filter(setting -> setting.value().equals(className))
        .findFirst();
  }

  /** Classes that are not built in, in the order of their keys. */
  private List<ProviderClass> providers() {
    List<String> builtIn =
        List.of(DIGEST_PROVIDER, IP_PROVIDER, X509_PROVIDER, SASL_PROVIDER, ENSEMBLE_PROVIDER);
    return source.withPrefix("authProvider.").stream()
        .filter(setting -> !setting.value().isEmpty() && !builtIn.contains(setting.value()))
        .sorted(Comparator.comparing(Setting::key))
        .map(setting -> new ProviderClass(setting.key(), setting.value(), setting.place()))
        .toList();
  }

  private boolean digestEnabled() throws ConfigException {
    return source.flag("DigestAuthenticationProvider.enabled", true);
  }

  private boolean x509() {
    return tls || provider(X509_PROVIDER).isPresent();
  }

  private String digestAlgorithm() throws ConfigException {
    String key = "DigestAuthenticationProvider.digestAlg";
    String name = source.text(key, "SHA1");
    try {
      MessageDigest.getInstance(name);
      return name;
    } catch (NoSuchAlgorithmException e) {
      throw ConfigSource.wrong(
          source.find(key).orElseThrow(), "is no digest that Java knows; SHA1 and SHA-256 are");
    }
  }

  private SaslConfig sasl() throws ConfigException {
    Set<String> superUsers = new LinkedHashSet<>();
    value("superUser").ifPresent(superUsers::add);
    source.withPrefix("superUser.").forEach(setting -> superUsers.add(setting.value()));
    Optional<String> section = value(SaslConfig.SECTION_KEY).filter(name -> !name.isEmpty());
    Optional<Setting> provider = provider(SASL_PROVIDER);
    JournalPaths.path(source, SaslConfig.JAAS_KEY); // refuses a comment behind it
    SaslConfig sasl =
        new SaslConfig(
            value(SaslConfig.JAAS_KEY).filter(file -> !file.isEmpty()),
            section.orElse("Server"),
            section.isPresent(),
            otherSections(),
            provider.isPresent(),
            superUsers,
            StorePassword.of(source.text("SASLAuthenticationProvider.superPassword", "")),
            value("letAnySaslUserDoX"),
            source.flag("allowSaslFailedClients", false),
            names(),
            source.flag("fips-mode", true),
            source.number("kerberos.minReLoginTimeMs", 60_000, 1, INT_MAX));
    if (sasl.jaasFile().isEmpty() && provider.isPresent()) {
      source.warn(
          provider.get().place()
              + ": SASL of clients is off, although "
              + provider.get().key()
              + " knows it: set "
              + SaslConfig.JAAS_KEY
              + " to a file with a section "
              + sasl.section());
    }
    return sasl;
  }

  private Set<String> otherSections() {
    Set<String> names = new LinkedHashSet<>(List.of("Client", "QuorumServer", "QuorumLearner"));
    value(PeerSaslConfig.SERVER_SECTION_KEY).ifPresent(names::add);
    value(PeerSaslConfig.LEARNER_SECTION_KEY).ifPresent(names::add);
    return names;
  }

  private KerberosNames names() throws ConfigException {
    String rules = source.text(RULES, "DEFAULT");
    try {
      return KerberosNames.of(
          rules,
          !source.flag("kerberos.removeHostFromPrincipal", false),
          !source.flag("kerberos.removeRealmFromPrincipal", false));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          source.find(RULES).orElseThrow().place() + ": " + RULES + ": " + e.getMessage());
    }
  }

  /** Whom clients must have proven to be. */
  private Set<String> required(SaslConfig sasl) throws ConfigException {
    String key = SESSION_REQUIRE;
    Set<String> required = new LinkedHashSet<>();
    // Where SASL is asked for, Apache's server does not look at the other keys.
    if (source.flag(SESSION_REQUIRE, false)) {
      required.add(SASL);
    } else if (source.flag(ENFORCE, false)) {
      key = SCHEMES;
      Arrays.stream(source.text(SCHEMES, "").split(","))
          .map(String::strip)
          .filter(scheme -> !scheme.isEmpty())
          .forEach(required::add);
      if (required.isEmpty()) {
        throw ConfigSource.wrong(
            source.find(ENFORCE).orElseThrow(), "needs " + SCHEMES + " beside it, such as sasl");
      }
    }
    for (String scheme : required) {
      checkKnown(key, scheme);
    }
    if (required.equals(Set.of(SASL)) && sasl.jaasFile().isEmpty()) {
      throw ConfigSource.wrong(
          source.find(key).orElseThrow(),
          "lets nobody in, since SASL of clients is off: set "
              + SaslConfig.JAAS_KEY
              + " to a file with a section "
              + sasl.section());
    }
    if (required.contains("ip")) {
      source.warn(
          SCHEMES + " has ip, an identity that every client has: so nothing is enforced by it");
    }
    return required;
  }

  private void checkKnown(String key, String scheme) throws ConfigException {
    boolean known =
        switch (scheme) {
          case "ip" -> true;
          case "digest" -> digestEnabled();
          case "x509" -> x509();
          case SASL -> provider(SASL_PROVIDER).isPresent();
          case "ensemble" -> provider(ENSEMBLE_PROVIDER).isPresent();
          // What the user's own classes are for turns out when they are loaded.
          default -> !providers().isEmpty();
        };
    if (!known) {
      String remedy =
          switch (scheme) {
            case SASL -> ": add authProvider.1=" + SASL_PROVIDER;
            case "x509" -> ": it needs secureClientPort or client.portUnification=true";
            default -> "; sasl, digest and x509 can be had";
          };
      throw ConfigSource.wrong(
          source.find(key).orElseThrow(),
          "asks for the scheme " + scheme + ", which is not there" + remedy);
    }
  }

  private Optional<Set<String>> ensembleNames() {
    if (provider(ENSEMBLE_PROVIDER).isEmpty()) {
      return Optional.empty();
    }
    Set<String> names = new LinkedHashSet<>();
    Arrays.stream(source.text("ensembleAuthName", "").split(","))
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return Optional.of(Set.copyOf(names));
  }
}
