package io.paddock.server;

import io.paddock.config.AuthConfig;
import io.paddock.config.SessionConfig;
import io.paddock.config.TreeConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.DataLoader;
import io.paddock.replica.ReplicaSettings;
import io.paddock.tree.AccessControl;
import io.paddock.tree.AccessSettings;
import io.paddock.tree.DigestScheme;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.ProvidedScheme;
import io.paddock.tree.SaslScheme;
import io.paddock.tree.X509Scheme;
import java.util.Map;
import java.util.Optional;

/** What the configuration means to tree and replica, which do not know it. */
final class CoreSettings {
  private CoreSettings() {}

  /** Members share the limit, so that what their leader has to do at once stays within it. */
  static int outstandingMax(ZooCfg config) {
    int voters = config.membership().map(member -> member.ensemble().quorum().size()).orElse(1);
    int sharers = voters > 2 ? voters - 1 : 1;
    return Math.max(1, config.limits().outstandingRequestsMax() / sharers);
  }

  static ReplicaSettings replica(ZooCfg config) {
    TreeConfig tree = config.tree();
    SessionConfig session = config.session();
    return new ReplicaSettings(
        config.session().tickTimeMs(),
        config.journal().snapCount(),
        config.journal().snapSizeLimitKiB() * 1024L,
        tree.reapIntervalMs(),
        tree.reapPerMinuteMax(),
        tree.containerNeverUsedMs(),
        session.readOnlyModeEnabled(),
        session.localSessionsEnabled(),
        session.localSessionsUpgradingEnabled(),
        session.keepClients());
  }

  /**
   * @param member whether of an ensemble
   */
  static Prep prep(ZooCfg config, AccessControl access, boolean member) {
    TreeConfig tree = config.tree();
    return new Prep(
        PrepSettings.DEFAULT
            .with(access)
            .with(PrepSettings.Switch.HARD_QUOTAS, tree.enforceQuota())
            .with(PrepSettings.Switch.DIGESTS, tree.digestEnabled())
            .with(PrepSettings.Switch.EPHEMERALS_LISTED, tree.closeSessionTxnEnabled())
            .with(PrepSettings.Switch.RECONFIG, tree.reconfigEnabled())
            .with(
                PrepSettings.Switch.LOCAL_SESSIONS,
                member && config.session().localSessionsEnabled())
            .withRecordBytesMax(DataLoader.recordBytesMax(config.limits())));
  }

  /**
   * @param provided schemes that others judge
   */
  static AccessControl access(AuthConfig auth, Map<String, ProvidedScheme> provided) {
    return new AccessControl(
        new AccessSettings(
            auth.skipAcl(),
            auth.digestEnabled()
                ? Optional.of(new DigestScheme(auth.digestAlgorithm(), auth.superDigest()))
                : Optional.empty(),
            auth.x509() ? Optional.of(new X509Scheme(auth.x509SuperUser())) : Optional.empty(),
            new SaslScheme(auth.sasl().inLists(), auth.sasl().superUsers(), auth.sasl().anybody()),
            provided));
  }
}
