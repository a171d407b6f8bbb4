package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.MembershipConfig;
import io.paddock.config.ZooCfg;
import io.paddock.zab.ZabSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A leader whose epoch has no zxids left (quorum sheet, section 3.9). An epoch has four thousand
 * million of them; here it is made to have fewer.
 */
@Timeout(240)
class RollOverTest {
  private static final long COUNTER_MAX = 60;
  private static final int WRITES = 150;

  @Test
  void whenAnEpochIsUsedUpTheNextOneGoesOnAndNothingIsLost() throws Exception {
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0)) {
      ensemble.adaptPaddocks(RollOverTest::withShortEpochs);
      ensemble.start(2, PADDOCK);
      ensemble.start(3, PADDOCK);
      ensemble.await(3, "leader");
      ensemble.start(1, APACHE);
      ensemble.await(1, "follower");
      String all = String.join(",", ensemble.connectString(2), ensemble.connectString(3));
      try (ZooKeeper zk = connect(all)) {
        write(zk);
      }
      for (int seat : List.of(1, 2, 3)) {
        try (ZooKeeper zk = connect(ensemble.connectString(seat))) {
          CountDownLatch synced = new CountDownLatch(1);
          zk.sync("/n", (rc, path, context) -> synced.countDown(), null);
          assertThat(synced.await(60, TimeUnit.SECONDS)).isTrue();
          assertThat(new String(zk.getData("/n", false, null), StandardCharsets.UTF_8))
              .as("at seat %d", seat)
              .isEqualTo("" + (WRITES - 1));
        }
      }
    }
  }

  private static void write(ZooKeeper zk) throws Exception {
    zk.create("/n", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    long last = 0;
    long firstEpoch = zk.exists("/n", false).getCzxid() >>> 32;
    for (int i = 0; i < WRITES; i++) {
      long zxid = set(zk, "" + i);
      assertThat(zxid).isGreaterThan(last);
      assertThat(zxid & 0xffffffffL).isBetween(1L, COUNTER_MAX);
      last = zxid;
    }
    assertThat(last >>> 32).as("epochs").isGreaterThanOrEqualTo(firstEpoch + 2);
  }

  /** Sets it, however often the connection is lost meanwhile. */
  private static long set(ZooKeeper zk, String value) throws Exception {
    while (true) {
      try {
        return zk.setData("/n", value.getBytes(StandardCharsets.UTF_8), -1).getMzxid();
      } catch (KeeperException.ConnectionLossException e) {
        // once more
      }
    }
  }

  private static ZooKeeper connect(String to) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zk =
        new ZooKeeper(
            to,
            30_000,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
    return zk;
  }

  private static ZooCfg withShortEpochs(ZooCfg config) {
    MembershipConfig member = config.membership().orElseThrow();
    ZabSettings zab = member.zab();
    ZabSettings small =
        new ZabSettings(
            zab.tickMs(),
            zab.initLimit(),
            zab.syncLimit(),
            zab.connectLimit(),
            zab.finalizeWaitMs(),
            zab.notificationMinMs(),
            zab.notificationMaxMs(),
            zab.dialTriesMax(),
            zab.dialRetryMs(),
            zab.commitLogTxnsMax(),
            zab.commitLogBytesMax(),
            COUNTER_MAX,
            zab.reconfigEnabled());
    return new ZooCfg(
        config.clientPort(),
        config.clientTls(),
        config.peerTls(),
        config.peerSasl(),
        config.session(),
        config.journal(),
        config.purge(),
        config.fourLetterWords(),
        config.admin(),
        config.metrics(),
        config.pause(),
        config.tree(),
        config.auth(),
        config.limits(),
        config.throttles(),
        config.audit(),
        Optional.of(
            new MembershipConfig(
                member.myId(),
                member.ensemble(),
                member.lastSeen(),
                member.votersMin(),
                member.severalAddresses(),
                member.zooCfg(),
                member.ownFile(),
                small,
                member.peers(),
                member.leaderServes())),
        config.text(),
        config.systemProperties(),
        config.warnings(),
        config.file());
  }
}
