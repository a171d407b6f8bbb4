package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import io.paddock.zab.EnsembleServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes a {@link ZooCfg} of the written settings; one method per group. */
final class ZooCfgReader {
  private static final int INT_MAX = Integer.MAX_VALUE;
  private static final int PORT_MAX = 65535;

  private final ConfigSource source;
  private final String text;
  private final UnsupportedKeys unsupported;
  private Optional<MembershipConfig> membership = Optional.empty();
  private Optional<ClientTlsConfig> clientTls = Optional.empty();

  ZooCfgReader(ConfigSource source, String text) {
    this.source = source;
    this.text = text;
    this.unsupported = new UnsupportedKeys(source);
  }

  ZooCfg read() throws ConfigException {
    tellUnknownKeys();
    tellExposedPasswords();
    unsupported.check();
    JournalConfig journal = journal();
    TlsReader tls = new TlsReader(source);
    OperatorsReader operators = new OperatorsReader(source);
    clientTls = tls.clients();
    membership = new MembershipReader(source).read(journal.dataDir(), session().tickTimeMs());
    boolean grows = source.file().isPresent() && source.flag("reconfigEnabled", false);
    boolean member = membership.isPresent() || grows;
    PeerTlsConfig peerTls = tls.peers(member);
    PeerSaslConfig peerSasl = new PeerSaslReader(source).read(member);
    return new ZooCfg(
        clientPort(),
        clientTls,
        peerTls,
        peerSasl,
        session(),
        journal,
        purge(),
        fourLetterWords(),
        operators.admin(),
        operators.metrics(),
        pause(),
        tree(),
        new AuthReader(source, clientTls.isPresent()).read(),
        limits(),
        new ThrottleReader(source).read(),
        audit(),
        membership,
        Redaction.text(text),
        Redaction.properties(source.properties()),
        source.warnings(),
        source.file());
  }

  private void tellUnknownKeys() {
    for (Setting setting : source.fileSettings()) {
      if (source.keys().origin(setting.key()).isPresent()
          || MembershipReader.isMembership(setting.key())) {
        continue;
      }
      String what = setting.place() + ": unknown key " + setting.key();
      source.warn(
          source
              .keys()
              .nearest(setting.key())
              .map(near -> what + "; did you mean " + near + "?")
              .orElse(what + " is ignored"));
    }
  }

  private void tellExposedPasswords() {
    Optional<Path> file = source.file();
    if (file.isEmpty() || !isReadByOthers(file.get())) {
      return;
    }
    for (Setting setting : source.fileSettings()) {
      boolean known = source.keys().origin(setting.key()).isPresent();
      if (known && Redaction.isPassword(setting.key()) && !setting.value().isEmpty()) {
        source.warn(
            setting.place()
                + ": "
                + setting.key()
                + " can be read by every user of this machine: chmod o-r "
                + file.get()
                + (setting.key().startsWith("ssl.")
                    ? ", or keep it in a file of its own, " + setting.key() + "Path"
                    : ""));
      }
    }
  }

  private static boolean isReadByOthers(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private ClientPortConfig clientPort() throws ConfigException {
    Optional<EnsembleServer> lone = unsupported.loneServer();
    String host = source.text("clientPortAddress", "");
    int port;
    if (source.find("clientPort").isPresent()) {
      port = source.integer("clientPort", 0, 0, PORT_MAX);
      host = ownHost(host, port);
    } else if (!host.isEmpty()) {
      throw ConfigSource.wrong(
          source.find("clientPortAddress").orElseThrow(), "needs clientPort beside it");
    } else if (lone.isPresent() && lone.get().clientHost() != null) {
      port = lone.get().clientPort();
      host = lone.get().clientHost();
    } else if (membership.isPresent() && membership.get().self().clientPort() > 0) {
      port = membership.get().self().clientPort();
      host = membership.get().self().clientHost();
    } else if (clientTls.isPresent() && clientTls.get().hasPort()) {
      port = -1;
    } else {
      throw source.missing("clientPort", "2181");
    }
    return new ClientPortConfig(
        host.isEmpty() ? null : host,
        port,
        source.integer("clientPortListenBacklog", -1, Integer.MIN_VALUE, INT_MAX),
        source.integer("maxClientCnxns", 60, Integer.MIN_VALUE, INT_MAX),
        source.integer("maxCnxns", 0, Integer.MIN_VALUE, INT_MAX),
        source.flag("clientTcpKeepAlive", false),
        source.integer("nio.sessionlessCnxnTimeout", 10_000, 1, INT_MAX),
        source.bindRetry());
  }

  /** The own server line may say the same, or more; not something else. */
  private String ownHost(String host, int port) throws ConfigException {
    if (membership.isEmpty() || membership.get().self().clientHost() == null) {
      return host;
    }
    EnsembleServer self = membership.get().self();
    boolean sameHost = host.isEmpty() || isAny(host) || host.equals(self.clientHost());
    if (port != self.clientPort() || !sameHost) {
      throw new ConfigException(
          "server."
              + self.sid()
              + " says that clients connect to "
              + self.clientHost()
              + ":"
              + self.clientPort()
              + ", clientPort and clientPortAddress say "
              + (host.isEmpty() ? "" : host + ":")
              + port
              + ": remove the latter");
    }
    return self.clientHost();
  }

  private static boolean isAny(String host) {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  private SessionConfig session() throws ConfigException {
    int tick = source.integer("tickTime", 3000, 1, INT_MAX / 20);
    // Apache takes -1 as "not given".
    int min = source.integer("minSessionTimeout", -1, -1, INT_MAX);
    int max = source.integer("maxSessionTimeout", -1, -1, INT_MAX);
    min = min == -1 ? 2 * tick : min;
    max = max == -1 ? 20 * tick : max;
    if (min > max) {
      throw new ConfigException(
          "minSessionTimeout ("
              + min
              + " ms) is larger than maxSessionTimeout ("
              + max
              + " ms): raise the one or lower the other (unset they are 2 and 20 times tickTime)");
    }
    return new SessionConfig(
        tick,
        min,
        max,
        source.flag("readonlymode.enabled", false),
        source.flag("localSessionsEnabled", false),
        source.flag("localSessionsUpgradingEnabled", false),
        source.flag("paddock.keepClients", true));
  }

  private JournalConfig journal() throws ConfigException {
    JournalPaths paths = JournalPaths.of(source);
    int snapCount = source.integer("snapCount", 100_000, Integer.MIN_VALUE, INT_MAX);
    if (snapCount < 2) {
      source.warn("snapCount=" + snapCount + " is below 2; 2 is used");
      snapCount = 2;
    }
    return new JournalConfig(
        paths.dataDir(),
        paths.dataLogDir(),
        source.flag("datadir.autocreate", true),
        snapCount,
        source.number("snapSizeLimitInKb", 4_194_304, Long.MIN_VALUE, Long.MAX_VALUE >> 10),
        source.number("txnLogSizeLimitInKb", -1, Long.MIN_VALUE, Long.MAX_VALUE >> 10),
        source.integer("preAllocSize", 65_536, 0, INT_MAX >> 10),
        forceSync(),
        source.integer("fsync.warningthresholdms", 1000, 0, INT_MAX),
        compression(),
        source.flag("snapshot.trust.empty", false),
        source.flag("serializeLastProcessedZxid.enabled", true));
  }

  private boolean forceSync() throws ConfigException {
    String value = source.text("forceSync", "yes");
    if (value.equals("no")) {
      source.warn(
          "forceSync=no: transactions are answered before they are on the disk, so a power cut"
              + " loses acknowledged writes");
      return false;
    }
    if (!value.equals("yes")) {
      throw ConfigSource.wrong(source.find("forceSync").orElseThrow(), "must be yes or no");
    }
    return true;
  }

  private JournalConfig.Compression compression() throws ConfigException {
    return switch (source.text("snapshot.compression.method", "")) {
      case "" -> JournalConfig.Compression.NONE;
      case "gz" -> JournalConfig.Compression.GZIP;
      case "snappy" -> JournalConfig.Compression.SNAPPY;
      default ->
          throw ConfigSource.wrong(
              source.find("snapshot.compression.method").orElseThrow(),
              "must be gz, snappy or empty");
    };
  }

  private PurgeConfig purge() throws ConfigException {
    int retain = source.integer("autopurge.snapRetainCount", 3, Integer.MIN_VALUE, INT_MAX);
    if (retain < 3) {
      source.warn("autopurge.snapRetainCount=" + retain + " is below 3; 3 is used");
      retain = 3;
    }
    return new PurgeConfig(
        retain, source.integer("autopurge.purgeInterval", 1, Integer.MIN_VALUE, INT_MAX));
  }

  private FourLetterConfig fourLetterWords() throws ConfigException {
    Set<String> words = new LinkedHashSet<>();
    for (String word : source.text("4lw.commands.whitelist", "").split(",")) {
      if (!word.isBlank()) {
        words.add(word.trim());
      }
    }
    words.add("srvr");
    if (source.flag("readonlymode.enabled", false)) {
      words.add("isro");
    }
    return new FourLetterConfig(words.contains("*"), words);
  }

  private PauseConfig pause() throws ConfigException {
    return new PauseConfig(
        source.flag("jvm.pause.monitor", false),
        source.number("jvm.pause.sleep.time.ms", 500, 1, Long.MAX_VALUE >> 20),
        source.number("jvm.pause.info-threshold.ms", 1000, 0, Long.MAX_VALUE),
        source.number("jvm.pause.warn-threshold.ms", 10_000, 0, Long.MAX_VALUE));
  }

  private TreeConfig tree() throws ConfigException {
    return new TreeConfig(
        source.flag("extendedTypesEnabled", false),
        source.flag("emulate353TTLNodes", false),
        source.flag("enforceQuota", false),
        source.flag("digest.enabled", true),
        source.flag("closeSessionTxn.enabled", true),
        source.flag("reconfigEnabled", false),
        source.number("znode.container.checkIntervalMs", 60_000, 1, Long.MAX_VALUE),
        source.integer("znode.container.maxPerMinute", 10_000, 1, INT_MAX),
        source.number("znode.container.maxNeverUsedIntervalMs", 0, 0, Long.MAX_VALUE));
  }

  private LimitsConfig limits() throws ConfigException {
    return new LimitsConfig(
        Math.min(source.integer("jute.maxbuffer", 0xfffff, 1, INT_MAX), INT_MAX - 1024),
        source.integer("globalOutstandingLimit", 1000, 1, INT_MAX),
        source.number("paddock.unsentBytesMax", 0, 0, Long.MAX_VALUE / 4),
        source.number("paddock.requestBytesMax", 0, 0, Long.MAX_VALUE / 4),
        source.number("paddock.learnerUnsentBytesMax", 0, 0, Long.MAX_VALUE / 4));
  }

  private AuditConfig audit() throws ConfigException {
    Map<String, String> properties = source.properties();
    Path directory = Path.of(properties.getOrDefault("zookeeper.log.dir", "."));
    return new AuditConfig(
        source.flag("audit.enable", false),
        JournalPaths.path(source, AuditConfig.FILE_KEY)
            .orElse(directory.resolve("zookeeper_audit.log")),
        source.number("paddock.audit.fileBytesMax", 10 << 20, 64 << 10, Long.MAX_VALUE / 4),
        source.integer("paddock.audit.filesMax", 10, 1, 10_000),
        properties.getOrDefault("user.name", "unknown"));
  }
}
