package io.paddock.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that a zoo.cfg can have (client protocol sheet, sections 11, 12 and 13.2), each with
 * where its value may come from. Keys that steer parts of Apache's server which have no counterpart
 * here are known too: who sets one is told that it does nothing. docs/configuration.md says of each
 * key what it does here, and a test holds the two together.
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
    /** Known to Apache's server, without effect here. */
    NO_EFFECT
  }

  private static final List<String> FILE_KEYS =
      List.of(
          "dataDir dataLogDir clientPort clientPortAddress secureClientPort",
          "secureClientPortAddress clientPortListenBacklog tickTime minSessionTimeout",
          "maxSessionTimeout maxClientCnxns autopurge.snapRetainCount autopurge.purgeInterval",
          "initLimit syncLimit connectToLearnerMasterLimit quorumListenOnAllIPs",
          "localSessionsEnabled localSessionsUpgradingEnabled observerMasterPort",
          "peerType standaloneEnabled reconfigEnabled dynamicConfigFile sslQuorum",
          "portUnification sslQuorumReloadCertFiles metricsProvider.className",
          "quorum.auth.enableSasl quorum.auth.learnerRequireSasl quorum.auth.serverRequireSasl",
          "quorum.auth.learner.saslLoginContext quorum.auth.server.saslLoginContext",
          "quorum.auth.kerberos.servicePrincipal quorum.cnxn.threads.size",
          "metricsProvider.httpHost metricsProvider.httpPort metricsProvider.httpsPort",
          "metricsProvider.exportJvmInfo electionAlg version jvm.pause.monitor",
          "jvm.pause.info-threshold.ms jvm.pause.warn-threshold.ms jvm.pause.sleep.time.ms");

  private static final List<String> FILE_OR_PROPERTY_KEYS =
      List.of(
          "commitLogCount leaderServes multiAddress.enabled testingonly.initialZxid",
          "fastleader.minNotificationInterval fastleader.maxNotificationInterval",
          "electionPortBindRetry quorumCnxnTimeoutMs leaderConnectDelayDuringRetryMs tcpKeepAlive",
          "db.autocreate",
          "cnxTimeout maxCnxns snapCount snapSizeLimitInKb txnLogSizeLimitInKb preAllocSize"
              + " forceSync",
          "fsync.warningthresholdms snapshot.compression.method snapshot.trust.empty",
          "serializeLastProcessedZxid.enabled globalOutstandingLimit 4lw.commands.whitelist",
          "admin.enableServer admin.serverAddress admin.serverPort admin.commandURL",
          "admin.idleTimeout admin.maxLineBytes admin.maxHeaderBytes admin.maxBodyBytes",
          "admin.maxCnxns admin.maxClientCnxns",
          "admin.portUnification admin.forceHttps admin.needClientAuth",
          "admin.snapshot.enabled admin.rateLimiterIntervalInMS client.portUnification",
          "DigestAuthenticationProvider.enabled DigestAuthenticationProvider.superDigest",
          "DigestAuthenticationProvider.digestAlg sessionRequireClientSASLAuth",
          "enforce.auth.enabled enforce.auth.schemes ensembleAuthName letAnySaslUserDoX",
          "allowSaslFailedClients superUser SASLAuthenticationProvider.superPassword",
          "sasl.serverconfig kerberos.removeHostFromPrincipal kerberos.removeRealmFromPrincipal",
          "kerberos.minReLoginTimeMs kerberos.canonicalizeHostNames security.auth_to_local skipACL extendedTypesEnabled",
          "emulate353TTLNodes enforceQuota digest.enabled closeSessionTxn.enabled audit.enable",
          "clientTcpKeepAlive datadir.autocreate nio.sessionlessCnxnTimeout",
          // Throttles.
          "request_throttle_max_requests throttled_op_wait_time largeRequestThreshold",
          "request_throttle_stall_time request_throttle_drop_stale request_stale_connection_check",
          "request_stale_latency_check largeRequestMaxBytes connection_throttle_tokens",
          "connection_throttle_fill_time connection_throttle_fill_count",
          "connection_throttle_freeze_time connection_throttle_drop_increase",
          "connection_throttle_drop_decrease connection_throttle_decrease_ratio",
          "connection_throttle_weight_enabled connection_throttle_global_session_weight",
          "connection_throttle_local_session_weight connection_throttle_renew_session_weight",
          // TLS for clients.
          "client.certReload fips-mode X509AuthenticationProvider.superUser",
          "netty.server.outstandingHandshake.limit",
          "netty.server.earlyDropSecureConnectionHandshakes",
          "ssl.keyStore.location ssl.keyStore.password ssl.keyStore.passwordPath ssl.keyStore.type",
          "ssl.trustStore.location ssl.trustStore.password ssl.trustStore.passwordPath",
          "ssl.trustStore.type ssl.enabledProtocols ssl.ciphersuites ssl.context.supplier.class",
          "ssl.hostnameVerification ssl.clientHostnameVerification ssl.allowReverseDnsLookup",
          "ssl.crl ssl.ocsp ssl.clientAuth ssl.sslProvider ssl.authProvider",
          // TLS between servers, and the stores of AdminServer's.
          "ssl.quorum.keyStore.location ssl.quorum.keyStore.password",
          "ssl.quorum.keyStore.passwordPath ssl.quorum.keyStore.type",
          "ssl.quorum.trustStore.location ssl.quorum.trustStore.password",
          "ssl.quorum.trustStore.passwordPath ssl.quorum.trustStore.type",
          "ssl.quorum.protocol ssl.quorum.enabledProtocols ssl.quorum.ciphersuites",
          "ssl.quorum.context.supplier.class ssl.quorum.hostnameVerification",
          "ssl.quorum.clientHostnameVerification ssl.quorum.allowReverseDnsLookup",
          "ssl.quorum.crl ssl.quorum.ocsp ssl.quorum.clientAuth",
          "ssl.quorum.handshakeDetectionTimeoutMillis",
          // Paddock's own.
          "paddock.unsentBytesMax paddock.requestBytesMax paddock.learnerUnsentBytesMax",
          "paddock.audit.file paddock.audit.fileBytesMax paddock.audit.filesMax",
          "paddock.throughputQuotas paddock.keepClients");

  private static final List<String> PROPERTY_OR_FILE_KEYS =
      List.of(
          "jute.maxbuffer java.security.auth.login.config readonlymode.enabled",
          "znode.container.checkIntervalMs",
          "znode.container.maxPerMinute znode.container.maxNeverUsedIntervalMs");

  private static final List<String> NO_EFFECT_KEYS =
      List.of(
          "ssl.protocol ssl.handshakeDetectionTimeoutMillis kinit",
          // Pipelines, thread pools and caches that are not built so here.
          "serverCnxnFactory nio.numSelectorThreads nio.numWorkerThreads nio.directBufferBytes",
          "nio.shutdownTimeout netty.advancedFlowControl.enabled advancedFlowControlEnabled",
          "commitProcessor.numWorkerThreads commitProcessor.shutdownTimeout",
          "commitProcessor.maxReadBatchSize commitProcessor.maxCommitBatchSize",
          "maxResponseCacheSize maxGetChildrenResponseCacheSize bitHashCacheSize",
          "flushDelay maxBatchSize maxWriteQueuePollTime intBufferStartingSizeBytes",
          "jute.maxbuffer.extrasize enableEagerACLCheck shuttingDownTimeout",
          "watchManagerName watcherCleanThreadsNum watcherCleanThreshold",
          "watcherCleanIntervalInSeconds maxInProcessingDeadWatchers",
          "pathStats.enabled pathStats.slotCapacity pathStats.slotDuration pathStats.maxDepth",
          "pathStats.sampleRate pathStats.initialDelay pathStats.delay pathStats.topPathMax",
          "messageTracker.BufferSize messageTracker.Enabled jmx.disable jmx.log4j.disable",
          // Throttles: one that has nothing to do here, and names that only the documentation has.
          "request_throttler.shutdownTimeout",
          "requestThrottleLimit requestThrottleStallTime requestThrottleDropStale",
          "requestStaleLatencyCheck requestStaleConnectionCheck throttledOpWaitTime",
          "connectionMaxTokens connectionTokenFillTime connectionTokenFillCount",
          "connectionFreezeTime connectionDropIncrease connectionDropDecrease",
          "connectionDecreaseRatio",
          // Ensembles.
          "syncEnabled observer.syncEnabled oraclePath snapshotSizeFactor forceSnapshotSync",
          "snapsyncdelay leader.maxConcurrentSnapSyncs leader.maxConcurrentDiffSyncs",
          "maxConcurrentSnapSyncs maxConcurrentDiffSyncs leader.maxTimeToWaitForEpoch",
          "maxTimeToWaitForEpoch leader.closeSocketAsync leader.ackLoggingFrequency",
          "leader.nodelay follower.nodelay learner.closeSocketAsync learner.asyncSending",
          "observer.reconnectDelayMs observer.election.DelayMs observerMaster.sizeLimit",
          "follower.skipLearnerRequestToNextProcessor",
          "forward_learner_requests_to_commit_processor_disabled",
          "multiAddress.reachabilityCheckTimeoutMs multiAddress.reachabilityCheckEnabled",
          // Operators.
          "admin.restore.enabled admin.httpVersion audit.impl.class",
          "IPAuthenticationProvider.usexforwardedfor metricsProvider.numWorkerThreads",
          "metricsProvider.maxQueueSize metricsProvider.workerShutdownTimeoutMs");

  /** Families of keys of which only some are listed. */
  private static final Map<String, Origin> PREFIXES =
      Map.of(
          "server.", Origin.FILE,
          "group.", Origin.FILE,
          "weight.", Origin.FILE,
          "authProvider.", Origin.FILE_OR_PROPERTY,
          "superUser.", Origin.FILE_OR_PROPERTY,
          "metricsProvider.ssl.", Origin.FILE);

  private final Map<String, Origin> origins = new HashMap<>();

  ConfigKeys() {
    add(FILE_KEYS, Origin.FILE);
    add(FILE_OR_PROPERTY_KEYS, Origin.FILE_OR_PROPERTY);
    add(PROPERTY_OR_FILE_KEYS, Origin.PROPERTY_OR_FILE);
    add(NO_EFFECT_KEYS, Origin.NO_EFFECT);
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
    if (origin == null) {
      return PREFIXES.keySet().stream().filter(key::startsWith).findFirst().map(PREFIXES::get);
    }
    return Optional.of(origin);
  }

  /** All that are known by their whole name. */
  Set<String> all() {
    return Set.copyOf(origins.keySet());
  }

  /** The beginnings by which families of keys are known. */
  Set<String> prefixes() {
    return PREFIXES.keySet();
  }

  /** The known key that an unknown one was probably meant to be. */
  Optional<String> nearest(String unknown) {
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String known : origins.keySet()) {
      if (Math.abs(known.length() - unknown.length()) > slips(known)) {
        continue;
      }
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
