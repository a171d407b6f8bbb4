package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.InvalidConfigException;
import io.paddock.zab.ZabSettings;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads what makes a server a member of an ensemble: server, group and weight lines, the file myid
 * and the limits (quorum sheet, sections 1.1 and 1.2).
 */
final class MembershipReader {
  private static final List<String> LIMITS =
      List.of("initLimit", "syncLimit", "connectToLearnerMasterLimit", "observerMasterPort");
  private static final String MYID = "myid";
  private static final int PORT_MAX = 65_535;

  private final ConfigSource source;

  MembershipReader(ConfigSource source) {
    this.source = source;
  }

  /** Whether a key says who belongs to the ensemble. */
  static boolean isMembership(String key) {
    return EnsembleConfig.isMembership(key);
  }

  /** The membership; empty when the configuration is that of a server alone. */
  Optional<MembershipConfig> read(Path dataDir, int tickMs) throws ConfigException {
    // Also where they have no effect: who alone starts with a wrong one, trips over it later.
    for (String key : LIMITS) {
      source.integer(key, 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    source.flag("quorumListenOnAllIPs", false);
    source.flag("multiAddress.enabled", false);
    Map<String, String> lines = new LinkedHashMap<>();
    String place = "";
    Optional<Setting> dynamicFile = dynamicFile();
    for (Setting setting : source.fileSettings()) {
      if (isMembership(setting.key())) {
        lines.put(setting.key(), setting.value());
        place = place.isEmpty() ? setting.place() : place;
      }
    }
    boolean standaloneEnabled = source.flag("standaloneEnabled", true);
    long version = version(dynamicFile);
    if (lines.isEmpty() && standaloneEnabled) {
      return Optional.empty();
    }
    EnsembleConfig ensemble = parse(lines, version, place);
    checkAddresses(ensemble);
    if (standaloneEnabled && ensemble.quorum().size() <= 1) {
      return Optional.empty();
    }
    warnOfObserverMaster();
    EnsembleServer self = self(dataDir, ensemble);
    warnOfRole(self);
    new MembershipAdvice(source).give(ensemble, self.sid());
    ZabSettings defaults =
        ZabSettings.of(tickMs, limit("initLimit", "10"), limit("syncLimit", "5"), false);
    ZabSettings zab =
        new ZabSettings(
            defaults.tickMs(),
            defaults.initLimit(),
            defaults.syncLimit(),
            source.integer("connectToLearnerMasterLimit", 0, 0, Integer.MAX_VALUE),
            defaults.finalizeWaitMs(),
            source.integer(
                "fastleader.minNotificationInterval",
                defaults.notificationMinMs(),
                1,
                Integer.MAX_VALUE),
            source.integer(
                "fastleader.maxNotificationInterval",
                defaults.notificationMaxMs(),
                1,
                Integer.MAX_VALUE),
            defaults.dialTriesMax(),
            source.integer(
                "leaderConnectDelayDuringRetryMs", defaults.dialRetryMs(), 1, Integer.MAX_VALUE),
            commitLogTxnsMax(defaults.commitLogTxnsMax()),
            // Kept for learners that come back: a share of the heap, on a small one.
            (int) Math.min(defaults.commitLogBytesMax(), Runtime.getRuntime().maxMemory() / 16),
            counterMax(defaults.counterMax()),
            source.flag("reconfigEnabled", false));
    return Optional.of(
        new MembershipConfig(
            self.sid(),
            ensemble,
            lastSeen(ensemble, zab.reconfigEnabled()),
            standaloneEnabled ? 2 : 1,
            source.flag("multiAddress.enabled", false),
            source.file(),
            dynamicFile.isPresent(),
            zab,
            peers(zab),
            leaderServes()));
  }

  private PeerConfig peers(ZabSettings zab) throws ConfigException {
    int handshakeMs =
        source.integer("quorumCnxnTimeoutMs", -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return new PeerConfig(
        source.integer("cnxTimeout", 5000, 1, Integer.MAX_VALUE),
        handshakeMs > 0 ? handshakeMs : (long) zab.tickMs() * zab.syncLimit(),
        source.bindRetry(),
        source.flag("tcpKeepAlive", false),
        source.flag("quorumListenOnAllIPs", false));
  }

  /**
   * Apache's key for trying the roll-over, with the same effect: its counters begin there, these
   * end as much sooner.
   */
  private long counterMax(long last) throws ConfigException {
    long first = source.number("testingonly.initialZxid", 0, 0, last - 1);
    if (first > 0) {
      source.warn(
          "testingonly.initialZxid is for tests: an epoch has " + (last - first) + " zxids");
    }
    return last - first;
  }

  /** Fewer than Apache's standard would only send more learners a snapshot. */
  private int commitLogTxnsMax(int least) throws ConfigException {
    int wanted = source.integer("commitLogCount", least, Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (wanted < least) {
      source.warn("commitLogCount=" + wanted + " is below " + least + "; " + least + " is used");
    }
    return Math.max(wanted, least);
  }

  private boolean leaderServes() {
    boolean serves = !source.text("leaderServes", "yes").equals("no");
    if (!serves) {
      source.warn("leaderServes=no: while this server leads, clients are turned away from it");
    }
    return serves;
  }

  private void warnOfObserverMaster() throws ConfigException {
    if (source.integer("observerMasterPort", 0, Integer.MIN_VALUE, PORT_MAX) > 0) {
      source.warn(
          source.find("observerMasterPort").orElseThrow().place()
              + ": observerMasterPort has no effect: this server takes observers in when it leads,"
              + " not when it follows; leave the key out on the observers, so that they connect to"
              + " the leader");
    }
  }

  private void checkAddresses(EnsembleConfig ensemble) throws ConfigException {
    boolean allowed = source.flag("multiAddress.enabled", false);
    for (EnsembleServer server : ensemble.servers()) {
      if (!allowed && server.addresses().size() > 1) {
        throw new ConfigException(
            "server."
                + server.sid()
                + " has several addresses, which needs multiAddress.enabled=true on every server");
      }
    }
  }

  /**
   * The configuration's version: what the dynamic file's name ends with, or without such a file the
   * key. A negative one is refused, though Apache's servers begin with it: they write it into what
   * they tell each other as a number that they then do not read.
   */
  private long version(Optional<Setting> dynamicFile) throws ConfigException {
    Optional<Setting> key = source.find("version");
    long version = 0;
    try {
      if (dynamicFile.isPresent()) {
        version = ConfigFiles.version(Path.of(dynamicFile.get().value()));
      } else if (key.isPresent()) {
        version = Long.parseLong(key.get().value(), 16);
      }
    } catch (NumberFormatException e) {
      throw ConfigSource.wrong(key.get(), "is not a hexadecimal number");
    }
    if (version < 0) {
      throw ConfigSource.wrong(dynamicFile.or(() -> key).orElseThrow(), "has a negative version");
    }
    return version;
  }

  private Optional<Setting> dynamicFile() {
    return source.find("dynamicConfigFile").filter(file -> !file.value().isEmpty());
  }

  /** What was proposed when this server stopped. */
  private EnsembleConfig lastSeen(EnsembleConfig ensemble, boolean reconfigEnabled) {
    if (!reconfigEnabled) {
      return ensemble;
    }
    return source
        .file()
        .flatMap(file -> new ConfigFiles(file).proposed())
        .filter(proposed -> proposed.version() > ensemble.version())
        .orElse(ensemble);
  }

  private static EnsembleConfig parse(Map<String, String> lines, long version, String place)
      throws ConfigException {
    try {
      return EnsembleConfig.parse(lines, version);
    } catch (InvalidConfigException e) {
      throw new ConfigException((place.isEmpty() ? "" : place + ": ") + e.getMessage());
    }
  }

  private int limit(String key, String example) throws ConfigException {
    if (source.find(key).isEmpty()) {
      throw new ConfigException(
          key + " is missing, which an ensemble needs: add a line such as " + key + "=" + example);
    }
    return source.integer(key, 0, 1, Integer.MAX_VALUE);
  }

  private EnsembleServer self(Path dataDir, EnsembleConfig ensemble) throws ConfigException {
    Path file = dataDir.resolve(MYID);
    String servers =
        ensemble.servers().stream()
            .map(server -> "server." + server.sid())
            .collect(Collectors.joining(", "));
    String text;
    try {
      text = text(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          file
              + " is missing: it must hold this server's number, one of "
              + servers
              + ", and on each server another: echo NUMBER > "
              + file
              + notMounted(dataDir),
          ConfigException.EXIT_INVALID_CONFIG,
          notMounted(dataDir).isEmpty() ? BindRetry.NONE : source.bindRetry());
    } catch (IOException e) {
      throw new ConfigException(
          CauseWords.ofReading(file, e) + "; it must be a file with this server's number");
    }
    String first =
        text.lines().map(String::trim).filter(line -> !line.isEmpty()).findFirst().orElse("");
    long sid;
    try {
      sid = Long.parseLong(first);
    } catch (NumberFormatException e) {
      throw new ConfigException(
          file + " holds '" + first + "', which is no number; it must be one of " + servers);
    }
    EnsembleServer self = ensemble.server(sid);
    if (self == null) {
      throw new ConfigException(
          file
              + " says "
              + sid
              + ", but the configuration has no line server."
              + sid
              + ", only "
              + servers
              + (ensemble.version() == 0
                  ? ": correct the one or the other"
                  : ": a reconfiguration has removed it. To let it join again, bring zoo.cfg back"
                      + " from zoo.cfg.bak with the servers of now, start it, and add it by"
                      + " reconfig"));
    }
    return self;
  }

  /** PowerShell's {@code echo 1 > myid} writes UTF-16. */
  private static String text(byte[] bytes) {
    Charset charset = ByteOrderMark.wide(bytes).orElse(StandardCharsets.UTF_8);
    String text = new String(ByteOrderMark.without(bytes), charset);
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** Why myid may be missing although somebody has written it. */
  private static String notMounted(Path dataDir) {
    return MountPoints.ofMachine()
        .missing(dataDir)
        .map(place -> ". " + place + ", which /etc/fstab names, is not mounted")
        .orElse(
            Files.exists(dataDir) ? "" : ". The whole dataDir is missing: is its disk mounted?");
  }

  private void warnOfRole(EnsembleServer self) {
    Optional<Setting> peerType = source.find("peerType");
    boolean says = peerType.isPresent();
    if (says && peerType.get().value().equalsIgnoreCase("observer") != self.observer()) {
      source.warn(
          peerType.get().place()
              + ": peerType="
              + peerType.get().value()
              + " does not agree with the line server."
              + self.sid()
              + ", which counts");
    }
  }
}
