package io.paddock.doctor;

import io.paddock.config.ClientFile;
import io.paddock.config.ClientTlsConfig;
import io.paddock.config.ConfigException;
import io.paddock.config.HttpsConfig;
import io.paddock.config.MembershipConfig;
import io.paddock.config.PeerTlsConfig;
import io.paddock.config.SaslConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.CertificateNames;
import io.paddock.machine.StoreContents;
import io.paddock.machine.TlsException;
import io.paddock.zab.EnsembleServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/**
 * Finds what is wrong with TLS and logins (security sheet, section 12), on a server's own stores,
 * at its peers' ports, or as a client. Changes nothing; who is asked may log that somebody came by.
 */
public final class TlsCheck {
  private static final int TIMEOUT_MS = 3000;
  static final String EXPOSED = " can be read by every user of this machine";

  private final ZooCfg config;
  private final Clock clock;
  private final List<Diagnosis> found = new ArrayList<>();

  private TlsCheck(ZooCfg config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Examines a server's configuration.
   *
   * @param zooCfg the configuration file
   * @param properties system properties as the server would have them
   * @return at least one line
   */
  public static List<Diagnosis> server(Path zooCfg, Map<String, String> properties) {
    ZooCfg config;
    try {
      config = ZooCfg.load(zooCfg, properties);
    } catch (ConfigException e) {
      return List.of(
          Diagnosis.error(
              "configuration",
              e.getMessage(),
              "the server does not start before this is corrected"));
    }
    List<Diagnosis> found = new ArrayList<>();
    config.warnings().stream()
        .filter(line -> line.contains("ssl.") || line.contains("assword"))
        .filter(line -> !line.contains(EXPOSED))
        .forEach(
            line ->
                found.add(
                    Diagnosis.warn("configuration", line, "docs/configuration.md has every key")));
    exposed(config, zooCfg).ifPresent(found::add);
    found.addAll(of(config, Clock.systemUTC()));
    if (found.isEmpty()) {
      found.add(
          Diagnosis.ok(
              "TLS", "no key of " + zooCfg + " asks for it; ./paddock tls init is a start"));
    }
    return found;
  }

  /** All passwords of one file that everybody can read: it has one remedy. */
  static Optional<Diagnosis> exposed(ZooCfg config, Path zooCfg) {
    List<String> keys =
        config.warnings().stream()
            .filter(line -> line.contains(EXPOSED))
            .map(line -> line.substring(0, line.indexOf(EXPOSED)).replaceFirst("^.*: ", ""))
            .toList();
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Diagnosis.warn(
                "configuration",
                zooCfg + EXPOSED + ", and holds " + String.join(", ", keys),
                "chmod o-r "
                    + zooCfg
                    + ", or keep passwords in files of their own (*.passwordPath)"));
  }

  /** What is to be said of a configuration that a server would take; empty when there is no TLS. */
  static List<Diagnosis> of(ZooCfg config, Clock clock) {
    TlsCheck check = new TlsCheck(config, clock);
    check.examine();
    return check.found;
  }

  /**
   * Examines a client's way to a server.
   *
   * @param file the client's properties, or a zoo.cfg with its stores
   * @param properties system properties as the client would have them
   */
  public static List<Diagnosis> client(
      String host, int port, Optional<Path> file, Map<String, String> properties) {
    Optional<ClientFile> client = Optional.empty();
    if (file.isPresent()) {
      try {
        client = Optional.of(ClientFile.read(file.get()));
      } catch (ConfigException e) {
        return List.of(
            Diagnosis.error("client", e.getMessage(), "correct the file that --tls names"));
      }
    }
    List<Diagnosis> found = new ArrayList<>();
    boolean fips =
        client
            .map(named -> named.tls().fips())
            .orElse(!"false".equals(properties.get("zookeeper.fips-mode")));
    found.addAll(login(Optional.of(host), fips, properties));
    found.addAll(new TlsClientCheck(host, port, client, Clock.systemUTC()).examine());
    return found;
  }

  /**
   * A client's login by SASL; empty when there is none.
   *
   * @param host that it will connect to, if that is known
   */
  static List<Diagnosis> login(
      Optional<String> host, boolean fips, Map<String, String> properties) {
    String jaas = properties.get(SaslConfig.JAAS_KEY);
    if (jaas == null) {
      return List.of();
    }
    String section = properties.getOrDefault("zookeeper.sasl.clientconfig", "Client");
    JaasCheck login = new JaasCheck(Path.of(jaas), fips);
    List<Diagnosis> found = new ArrayList<>(login.examine(section, "the client's login", true));
    if (host.isPresent() && login.asksKerberos(section)) {
      found.add(JaasCheck.asked(host.get(), properties));
    }
    return found;
  }

  private void examine() {
    config.clientTls().ifPresent(this::clients);
    config.membership().filter(m -> config.peerTls().takesTls()).ifPresent(this::peers);
    operators();
    superUser();
    logins();
  }

  // --- for clients
  // ------------------------------------------------------------------------------------

  private void clients(ClientTlsConfig tls) {
    StoreCheck stores = new StoreCheck("ssl.", StoreCheck.Side.FOR_CLIENTS, tls.tls(), clock);
    found.addAll(stores.examine());
    stores
        .contents()
        .filter(contents -> !contents.chain().isEmpty())
        .ifPresent(
            contents -> {
              clientsNames(contents.chain().get(0), tls);
              running(tls, contents);
            });
  }

  /** Clients most likely go by the names that the servers themselves use. */
  private void clientsNames(X509Certificate own, ClientTlsConfig tls) {
    CertificateNames names = CertificateNames.of(own);
    if (config.membership().isEmpty()) {
      if (StoreCheck.hasAlternativeNames(own) && !namesThisHost(names, tls)) {
        found.add(
            Diagnosis.warn(
                StoreCheck.Side.FOR_CLIENTS.subject,
                "the certificate "
                    + CertificateChain.name(own)
                    + " names "
                    + names
                    + ", and neither this machine nor any address of it",
                "clients refuse it unless they connect by such a name: have it made with the name"
                    + " that they use among its subject alternative names"));
      }
      return;
    }
    for (EnsembleServer.Address address : config.membership().get().self().addresses()) {
      if (!names.has(address.host())) {
        found.add(
            Diagnosis.warn(
                StoreCheck.Side.FOR_CLIENTS.subject,
                "the certificate "
                    + CertificateChain.name(own)
                    + " names "
                    + names
                    + ", and not "
                    + address.host()
                    + " as the line server."
                    + config.membership().get().myId(),
                "clients that connect by that name refuse it: have it made with "
                    + TlsClientCheck.san(address.host())));
      }
    }
  }

  private static boolean namesThisHost(CertificateNames names, ClientTlsConfig tls) {
    if (tls.host() != null && names.has(tls.host()) || names.has("localhost")) {
      return true;
    }
    try {
      String host = InetAddress.getLocalHost().getHostName();
      String canonical = InetAddress.getLocalHost().getCanonicalHostName();
      return names.has(host)
          || names.has(canonical)
          || NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .anyMatch(address -> names.has(address.getHostAddress().replaceFirst("%.*", "")));
    } catch (IOException e) {
      return true; // Nobody knows its name, so nothing can be said.
    }
  }

  /** Whether the server that runs shows what is in the file now. */
  private void running(ClientTlsConfig tls, StoreContents contents) {
    if (tls.port() <= 0) {
      return;
    }
    try {
      InetAddress host =
          tls.host() == null ? InetAddress.getLoopbackAddress() : InetAddress.getByName(tls.host());
      TlsAnswer answer =
          TlsAnswer.of(
              host, tls.port(), tls.tls().keyStore(), tls.tls().protocols(), "", TIMEOUT_MS);
      answer
          .certificate()
          .filter(shown -> !shown.equals(contents.chain().get(0)))
          .ifPresent(
              shown ->
                  found.add(
                      Diagnosis.warn(
                          StoreCheck.Side.FOR_CLIENTS.subject,
                          "the server that runs on port "
                              + tls.port()
                              + " shows another certificate than the file holds: "
                              + CertificateChain.name(shown)
                              + ", valid until "
                              + shown.getNotAfter().toInstant(),
                          "a Paddock server takes the file within 5 s, or its log says why not")));
    } catch (IOException | TlsException e) {
      // It does not run, which others tell.
    }
  }

  // --- between servers, and for operators
  // -----------------------------------------------------------

  private void peers(MembershipConfig membership) {
    PeerTlsConfig peers = config.peerTls();
    StoreCheck stores =
        new StoreCheck(PeerTlsConfig.PREFIX, StoreCheck.Side.FOR_SERVERS, peers.tls(), clock);
    found.addAll(stores.examine());
    stores
        .contents()
        .ifPresent(
            own ->
                found.addAll(
                    new PeerTlsCheck(
                            membership,
                            peers.tls(),
                            peers.sslQuorum(),
                            config.peerSasl().serverRequires(),
                            own,
                            clock)
                        .examine()));
  }

  private void operators() {
    boolean known = config.membership().isPresent() && config.peerTls().takesTls();
    Stream.of(config.admin().https(), config.metrics().https())
        .flatMap(Optional::stream)
        .filter(https -> !known || !https.prefix().equals(PeerTlsConfig.PREFIX))
        .collect(
            Collectors.toMap(
                HttpsConfig::prefix, HttpsConfig::tls, (one, other) -> one, LinkedHashMap::new))
        .forEach(
            (prefix, tls) ->
                found.addAll(
                    new StoreCheck(prefix, StoreCheck.Side.FOR_OPERATORS, tls, clock).examine()));
  }

  // --- identities and logins
  // --------------------------------------------------------------------------

  private void superUser() {
    config
        .auth()
        .x509SuperUser()
        .ifPresent(
            text -> {
              String right;
              try {
                right = new X500Principal(text).getName();
              } catch (IllegalArgumentException e) {
                found.add(
                    Diagnosis.error(
                        "x509",
                        "X509AuthenticationProvider.superUser=" + text + " is no subject",
                        "write it as whoami shows it, such as CN=root,O=Example"));
                return;
              }
              if (!right.equals(text)) {
                found.add(
                    Diagnosis.error(
                        "x509",
                        "X509AuthenticationProvider.superUser=" + text + " never matches",
                        "texts are compared, so write it in the form of RFC 2253: " + right));
              }
            });
  }

  /** Whether something in the configuration does nothing without a section for clients. */
  private boolean asksForSasl(SaslConfig sasl) {
    return sasl.sectionNamed()
        || sasl.inLists()
        || !sasl.superUsers().isEmpty()
        || config.auth().required().contains("sasl");
  }

  private void logins() {
    SaslConfig sasl = config.auth().sasl();
    if (config.membership().isPresent() && config.peerSasl().enabled()) {
      // The same file, which may have no section for clients.
      boolean must = sasl.sectionNamed() || config.auth().required().contains("sasl");
      Optional<JaasCheck.Wanted> clients =
          Optional.of(new JaasCheck.Wanted(sasl.section(), "clients", must, true))
              .filter(wanted -> asksForSasl(sasl));
      found.addAll(
          new PeerLoginCheck(config.membership().get(), config.peerSasl(), clients).examine());
      return;
    }
    sasl.jaasFile()
        .ifPresent(
            file ->
                found.addAll(
                    new JaasCheck(Path.of(file), sasl.fips())
                        .examine(sasl.section(), "clients", asksForSasl(sasl))));
  }
}
