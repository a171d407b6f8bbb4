package io.paddock.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of one server: a zoo.cfg and the system properties, read once, checked, and
 * grouped by who uses them (client protocol sheet, section 13). Immutable.
 *
 * <p>Nothing else in the server reads a system property. Errors are one line each, with the place,
 * the cause and the remedy; {@link #warnings()} holds what the user should hear although the server
 * starts.
 *
 * @param clientPort where clients connect
 * @param clientTls where they connect by TLS; empty for nowhere
 * @param peerTls TLS between servers, and the stores of AdminServer's
 * @param peerSasl how servers prove to each other who they are
 * @param session the session clock
 * @param journal log and snapshots
 * @param purge retention
 * @param fourLetterWords the whitelist
 * @param admin the HTTP server for operators
 * @param metrics the Prometheus endpoint
 * @param pause the watch over pauses of the process
 * @param tree switches of the znode tree
 * @param auth identities and permissions
 * @param limits bounds
 * @param throttles what holds clients back
 * @param audit the audit log
 * @param membership the ensemble; empty for a server alone
 * @param text the configuration as it was written but for passwords, for the command
 *     initial_configuration
 * @param systemProperties the snapshot of the system properties, without passwords, for envi and
 *     system_properties
 * @param warnings one line each, to be logged at the start
 * @param file where it was read from; empty when a program gave the settings
 */
public record ZooCfg(
    ClientPortConfig clientPort,
    Optional<ClientTlsConfig> clientTls,
    PeerTlsConfig peerTls,
    PeerSaslConfig peerSasl,
    SessionConfig session,
    JournalConfig journal,
    PurgeConfig purge,
    FourLetterConfig fourLetterWords,
    AdminConfig admin,
    MetricsConfig metrics,
    PauseConfig pause,
    TreeConfig tree,
    AuthConfig auth,
    LimitsConfig limits,
    ThrottleConfig throttles,
    AuditConfig audit,
    Optional<MembershipConfig> membership,
    String text,
    Map<String, String> systemProperties,
    List<String> warnings,
    Optional<Path> file) {

  /** The one line that tells how the server is started. */
  public static final String USAGE =
      "Usage: server configfile | port datadir [ticktime] [maxcnxns]";

  /**
   * Reads a zoo.cfg.
   *
   * @param file the file
   * @param systemProperties a snapshot of the system properties
   * @throws ConfigException when the server cannot start with it
   */
  public static ZooCfg load(Path file, Map<String, String> systemProperties)
      throws ConfigException {
    ConfigSource source = source(file, systemProperties);
    Optional<Path> dynamic = JournalPaths.path(source, "dynamicConfigFile");
    if (dynamic.isPresent()) {
      addDynamic(source, dynamic.get());
    } else if (source.find("dynamicConfigFile").isPresent()) {
      throw ConfigSource.wrong(
          source.find("dynamicConfigFile").get(), "names no file: name one, or remove the line");
    }
    return new ZooCfgReader(source, new String(read(file), StandardCharsets.UTF_8)).read();
  }

  /** The settings of the file itself, not looked at yet. */
  public static ConfigSource source(Path file, Map<String, String> systemProperties)
      throws ConfigException {
    // Java properties files are Latin-1, and Apache's server reads them so; a directory name that
    // is not ASCII must lead to the directory that it led to there.
    String text = new String(read(file), StandardCharsets.ISO_8859_1);
    String name = String.valueOf(file.getFileName());
    ConfigSource source = ConfigSource.ofText(name, text, systemProperties);
    source.file(file);
    return source;
  }

  private static void addDynamic(ConfigSource source, Path file) throws ConfigException {
    String name = String.valueOf(file.getFileName());
    String text = new String(read(file), StandardCharsets.ISO_8859_1);
    for (ConfigSource.Setting setting : source.fileSettings()) {
      if (MembershipReader.isMembership(setting.key())) {
        throw new ConfigException(
            setting.place()
                + ": "
                + setting.key()
                + " must stand in the file that dynamicConfigFile names, "
                + file
                + ", or the line dynamicConfigFile must go");
      }
    }
    source.addText(name, text);
    for (ConfigSource.LogicalLine line : ConfigSource.logicalLines(text)) {
      for (String key : line.keys()) {
        checkDynamic(name, line.number(), key);
      }
    }
  }

  private static void checkDynamic(String name, int line, String key) throws ConfigException {
    if (key.equals("version")) {
      throw new ConfigException(
          name
              + ":"
              + line
              + ": a version does not belong here: it is the last part of the file's name, as in "
              + name
              + ".100000000");
    }
    if (!MembershipReader.isMembership(key)) {
      throw new ConfigException(
          name
              + ":"
              + line
              + ": "
              + key
              + " does not belong into a dynamic file, which has lines server.N, group.N and"
              + " weight.N only: move it to the file that names this one");
    }
  }

  private static byte[] read(Path file) throws ConfigException {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (ByteOrderMark.wide(bytes).isPresent()) {
        throw new ConfigException(file + " is written in UTF-16: save it as UTF-8");
      }
      return ByteOrderMark.without(bytes);
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          file + ": there is no such file; conf/zoo_sample.cfg is a start for one");
    } catch (IOException e) {
      String why =
          Files.isDirectory(file)
              ? "is a directory, not a file"
              : "cannot be read: " + CauseWords.of(e);
      throw new ConfigException(file + ": " + why);
    }
  }

  /** The same on another client port. */
  public ZooCfg withClientPort(int port) {
    return with(clientPort.at(clientPort.host(), port), membership);
  }

  /** The same as a member of an ensemble. */
  public ZooCfg withMembership(MembershipConfig member) {
    return with(clientPort, Optional.of(member));
  }

  private ZooCfg with(ClientPortConfig otherPort, Optional<MembershipConfig> otherMembership) {
    return new ZooCfg(
        otherPort,
        clientTls,
        peerTls,
        peerSasl,
        session,
        journal,
        purge,
        fourLetterWords,
        admin,
        metrics,
        pause,
        tree,
        auth,
        limits,
        throttles,
        audit,
        otherMembership,
        text,
        systemProperties,
        warnings,
        file);
  }

  /** Settings given by a program, with the keys of a zoo.cfg. */
  public static ZooCfg of(Map<String, String> settings, Map<String, String> systemProperties)
      throws ConfigException {
    StringBuilder text = new StringBuilder();
    settings.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    ConfigSource source = ConfigSource.ofMap(settings, systemProperties);
    return new ZooCfgReader(source, text.toString()).read();
  }

  /**
   * What the command line says: one configuration file, or {@code port datadir [ticktime]
   * [maxcnxns]} as Apache's standalone main takes them.
   */
  public static ZooCfg ofArguments(List<String> arguments, Map<String, String> systemProperties)
      throws ConfigException {
    if (arguments.size() == 1) {
      return load(Path.of(arguments.get(0)), systemProperties);
    }
    if (arguments.isEmpty() || arguments.size() > 4) {
      throw new ConfigException("wrong number of arguments: " + arguments.size() + ". " + USAGE);
    }
    List<String> keys = List.of("clientPort", "dataDir", "tickTime", "maxClientCnxns");
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      settings.put(keys.get(i), arguments.get(i));
    }
    return of(settings, systemProperties);
  }
}
