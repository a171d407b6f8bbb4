package io.paddock.server;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that a zoo.cfg can have (client protocol sheet, sections 11, 12 and 13.2), each with
 * where its value may come from. Keys that steer parts of Apache's server which have no counterpart
 * here are known too, so that a file that works there gives no warning here.
 */
final class ConfigKeys {
  /** Where a key's value comes from. */
  enum Origin {
    /** Only the file, as Apache's parser reads it. */
    FILE,
    /** The file, else the system property {@code zookeeper.<key>}. */
    FILE_OR_PROPERTY,
    /** The system property of just this name, else the file (which Apache's server ignores). */
    PROPERTY_OR_FILE,
    /** Known to Apache's server, without meaning here. */
    MEANINGLESS
  }

  private static final List<String> FILE_KEYS =
      List.of(
          "dataDir dataLogDir clientPort clientPortAddress secureClientPort",
          "secureClientPortAddress clientPortListenBacklog tickTime minSessionTimeout",
          "maxSessionTimeout maxClientCnxns autopurge.snapRetainCount autopurge.purgeInterval",
          "initLimit syncLimit connectToLearnerMasterLimit quorumListenOnAllIPs",
          "localSessionsEnabled localSessionsUpgradingEnabled observerMasterPort",
          "peerType standaloneEnabled reconfigEnabled dynamicConfigFile sslQuorum",
          "portUnification quorum.auth.enableSasl metricsProvider.className",
          "metricsProvider.httpHost metricsProvider.httpPort metricsProvider.httpsPort",
          "metricsProvider.exportJvmInfo electionAlg jvm.pause.monitor",
          "jvm.pause.info-threshold.ms jvm.pause.warn-threshold.ms jvm.pause.sleep.time.ms");

  private static final List<String> FILE_OR_PROPERTY_KEYS =
      List.of(
          "commitLogCount leaderServes multiAddress.enabled",
          "fastleader.maxNotificationInterval",
          "cnxTimeout maxCnxns snapCount snapSizeLimitInKb txnLogSizeLimitInKb preAllocSize forceSync",
          "fsync.warningthresholdms snapshot.compression.method snapshot.trust.empty",
          "serializeLastProcessedZxid.enabled globalOutstandingLimit 4lw.commands.whitelist",
          "admin.enableServer admin.serverAddress admin.serverPort admin.commandURL",
          "admin.idleTimeout admin.maxLineBytes admin.maxHeaderBytes admin.maxBodyBytes",
          "admin.maxCnxns admin.maxClientCnxns",
          "admin.portUnification admin.forceHttps admin.needClientAuth",
          "admin.snapshot.enabled admin.rateLimiterIntervalInMS client.portUnification",
          "DigestAuthenticationProvider.enabled DigestAuthenticationProvider.superDigest",
          "DigestAuthenticationProvider.digestAlg sessionRequireClientSASLAuth",
          "enforce.auth.enabled skipACL extendedTypesEnabled",
          "emulate353TTLNodes enforceQuota digest.enabled closeSessionTxn.enabled audit.enable",
          "clientTcpKeepAlive datadir.autocreate nio.sessionlessCnxnTimeout",
          "request_throttle_max_requests throttled_op_wait_time largeRequestThreshold",
          "connection_throttle_tokens",
          // Paddock's own.
          "paddock.unsentBytesMax paddock.requestBytesMax paddock.learnerUnsentBytesMax");

  private static final List<String> PROPERTY_OR_FILE_KEYS =
      List.of(
          "jute.maxbuffer readonlymode.enabled znode.container.checkIntervalMs",
          "znode.container.maxPerMinute znode.container.maxNeverUsedIntervalMs");

  private static final List<String> MEANINGLESS_KEYS =
      List.of(
          "syncEnabled tcpKeepAlive fips-mode oraclePath",
          "sslQuorumReloadCertFiles client.certReload letAnySaslUserDoX superUser",
          "X509AuthenticationProvider.superUser allowSaslFailedClients enforce.auth.schemes",
          "kerberos.removeHostFromPrincipal kerberos.removeRealmFromPrincipal",
          "electionPortBindRetry quorumCnxnTimeoutMs fastleader.minNotificationInterval",
          "leaderConnectDelayDuringRetryMs snapshotSizeFactor",
          "quorum.cnxn.threads.size flushDelay maxBatchSize",
          "maxWriteQueuePollTime maxResponseCacheSize maxGetChildrenResponseCacheSize",
          "serverCnxnFactory watchManagerName nio.numSelectorThreads nio.numWorkerThreads",
          "nio.directBufferBytes nio.shutdownTimeout commitProcessor.numWorkerThreads",
          "commitProcessor.shutdownTimeout commitProcessor.maxReadBatchSize",
          "commitProcessor.maxCommitBatchSize netty.server.outstandingHandshake.limit",
          "netty.advancedFlowControl.enabled admin.restore.enabled admin.httpVersion",
          "leader.maxConcurrentSnapSyncs leader.maxConcurrentDiffSyncs snapsyncdelay jmx.disable",
          "request_throttler.shutdownTimeout shuttingDownTimeout audit.impl.class",
          "intBufferStartingSizeBytes ensembleAuthName enableEagerACLCheck largeRequestMaxBytes",
          "request_throttle_stall_time request_throttle_drop_stale",
          "request_stale_connection_check request_stale_latency_check");

  private static final List<String> MEANINGLESS_PREFIXES =
      List.of(
          "ssl.",
          "quorum.auth.",
          "multiAddress.",
          "superUser.",
          "metricsProvider.",
          "learner.",
          "leader.",
          "observer.",
          "connection_throttle_",
          "netty.",
          "server.",
          "group.",
          "weight.",
          "authProvider.");

  private final Map<String, Origin> origins = new HashMap<>();

  ConfigKeys() {
    add(FILE_KEYS, Origin.FILE);
    add(FILE_OR_PROPERTY_KEYS, Origin.FILE_OR_PROPERTY);
    add(PROPERTY_OR_FILE_KEYS, Origin.PROPERTY_OR_FILE);
    add(MEANINGLESS_KEYS, Origin.MEANINGLESS);
  }

  private void add(List<String> lines, Origin origin) {
    for (String line : lines) {
      for (String key : line.split(" ")) {
        origins.put(key, origin);
      }
    }
  }

  /** Where the value of a key comes from; empty for a key that nobody knows. */
  Optional<Origin> origin(String key) {
    Origin origin = origins.get(key);
    if (origin == null && MEANINGLESS_PREFIXES.stream().anyMatch(key::startsWith)) {
      origin = Origin.MEANINGLESS;
    }
    return Optional.ofNullable(origin);
  }

  /** The known key that an unknown one was probably meant to be. */
  Optional<String> nearest(String unknown) {
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String known : origins.keySet()) {
      int distance = distance(unknown.toLowerCase(Locale.ROOT), known.toLowerCase(Locale.ROOT));
      boolean better =
          distance < bestDistance || distance == bestDistance && known.compareTo(best) < 0;
      if (distance <= slips(known) && better) {
        best = known;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** How many slips of the keyboard a key of this length may hold and still be recognised. */
  private static int slips(String known) {
    return known.length() < 6 ? 1 : known.length() < 12 ? 2 : 3;
  }

  /** Edit distance in which two swapped neighbours count once. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
        least = Math.min(least, cost[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
