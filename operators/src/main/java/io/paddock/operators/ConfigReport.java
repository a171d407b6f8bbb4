package io.paddock.operators;

import io.paddock.config.JournalPaths;
import io.paddock.config.MembershipConfig;
import io.paddock.config.ZooCfg;
import io.paddock.zab.EnsembleServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The settings in effect, as conf and the command configuration list them. */
final class ConfigReport {
  private ConfigReport() {}

  /** Keys and values of conf, in its order. Reads the file system. */
  static Map<String, Object> fourLetter(ServerStatus status) {
    ZooCfg config = status.config();
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("clientPort", status.clientPort());
    report.put("secureClientPort", status.secureClientPort());
    report.put("dataDir", versioned(config.journal().dataDir()));
    report.put("dataDirSize", size(config.journal().dataDir()));
    report.put("dataLogDir", versioned(config.journal().dataLogDir()));
    report.put("dataLogSize", size(config.journal().dataLogDir()));
    report.put("tickTime", config.session().tickTimeMs());
    report.put("maxClientCnxns", config.clientPort().perAddressMax());
    report.put("minSessionTimeout", config.session().minTimeoutMs());
    report.put("maxSessionTimeout", config.session().maxTimeoutMs());
    report.put("clientPortListenBacklog", config.clientPort().backlog());
    report.put("serverId", serverId(config));
    config
        .membership()
        .ifPresent(
            membership -> {
              EnsembleServer self = membership.self();
              report.put("initLimit", membership.zab().initLimit());
              report.put("syncLimit", membership.zab().syncLimit());
              report.put("electionAlg", 3);
              report.put("electionPort", self.addresses().get(0).electionPort());
              report.put("quorumPort", self.addresses().get(0).quorumPort());
              report.put("peerType", self.observer() ? 1 : 0);
            });
    return report;
  }

  /** Keys and values of the command configuration. */
  static Map<String, Object> admin(ServerStatus status) {
    ZooCfg config = status.config();
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("client_port", status.clientPort());
    report.put("data_dir", versioned(config.journal().dataDir()).toString());
    report.put("data_log_dir", versioned(config.journal().dataLogDir()).toString());
    report.put("tick_time", config.session().tickTimeMs());
    report.put("max_client_cnxns", config.clientPort().perAddressMax());
    report.put("min_session_timeout", config.session().minTimeoutMs());
    report.put("max_session_timeout", config.session().maxTimeoutMs());
    report.put("server_id", serverId(config));
    report.put("client_port_listen_backlog", config.clientPort().backlog());
    return report;
  }

  private static long serverId(ZooCfg config) {
    return config.membership().map(MembershipConfig::myId).orElse(0L);
  }

  private static Path versioned(Path directory) {
    return directory.toAbsolutePath().normalize().resolve(JournalPaths.VERSION);
  }

  /** Bytes of all files in the version-2 directory; files that vanish meanwhile are not counted. */
  static long size(Path directory) {
    try (Stream<Path> files = Files.list(versioned(directory))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      return 0;
    }
  }
}
