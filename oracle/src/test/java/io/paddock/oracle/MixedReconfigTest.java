package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reconfigurations of ensembles of Apache's servers and Paddock's, with real processes. */
@Timeout(240)
class MixedReconfigTest {
  private static final Map<String, String> SETTINGS =
      Map.of("reconfigEnabled", "true", "skipACL", "yes");
  private static final long AWAIT_NANOS = 60_000_000_000L;

  private int written;

  @Test
  void aPaddockLeaderAddsApachesAndHandsOverToOne() throws Exception {
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0, 2, SETTINGS, Map.of())) {
      ensemble.start(3, PADDOCK);
      ensemble.start(2, APACHE);
      ensemble.await(3, "leader");
      ensemble.start(1, APACHE);
      ensemble.start(4, APACHE);
      ensemble.start(5, PADDOCK);
      ensemble.awaitServing(1, 2, 3, 4, 5);
      write(ensemble, 2);
      String config =
          reconfigure(
              ensemble,
              3,
              ensemble.line(4, "participant") + "," + ensemble.line(5, "observer"),
              null);
      agree(ensemble, config, 1, 2, 3, 4, 5);
      ensemble.await(5, "observer");
      ensemble.await(4, "follower");
      write(ensemble, 4);
      // The next leader is whoever has acknowledged most, Apache's all of them.
      reconfigure(ensemble, 2, null, "3");
      ensemble.awaitServing(1, 2, 4, 5);
      ensemble.await(3, "follower");
      write(ensemble, 5);
      write(ensemble, 3);
      ensemble.stop(3);
      write(ensemble, 5);
      config = reconfigure(ensemble, 5, ensemble.line(5, "participant"), null);
      ensemble.await(5, "follower");
      agree(ensemble, config, 1, 2, 4, 5);
      assertNothingLost(ensemble, 1, 5);
    }
  }

  @Test
  void anApacheLeaderAddsPaddocksAndHandsOverToOne() throws Exception {
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0, 1, SETTINGS, Map.of())) {
      ensemble.start(3, APACHE);
      ensemble.start(2, PADDOCK);
      ensemble.await(3, "leader");
      ensemble.start(1, PADDOCK);
      ensemble.start(4, PADDOCK);
      ensemble.awaitServing(1, 2, 3, 4);
      String config = reconfigure(ensemble, 1, ensemble.line(4, "observer"), null);
      ensemble.await(4, "observer");
      agree(ensemble, config, 1, 2, 3, 4);
      config = reconfigure(ensemble, 4, ensemble.line(4, "participant"), null);
      ensemble.await(4, "follower");
      agree(ensemble, config, 1, 2, 3, 4);
      write(ensemble, 4);
      config = reconfigure(ensemble, 2, null, "3");
      ensemble.awaitServing(1, 2, 4);
      ensemble.await(3, "follower");
      agree(ensemble, config, 1, 2, 3, 4);
      write(ensemble, 3);
      assertThat(Files.readString(dynamicFile(ensemble, 1)))
          .isEqualTo(Files.readString(dynamicFile(ensemble, 3)));
      ensemble.stop(3);
      // An Apache takes a Paddock's seat with the files that it wrote, and the other way round.
      ensemble.stop(4);
      ensemble.start(4, APACHE);
      ensemble.awaitServing(1, 2, 4);
      config = reconfigure(ensemble, 4, ensemble.line(4, "observer"), null);
      ensemble.await(4, "observer");
      ensemble.stop(4);
      ensemble.start(4, PADDOCK);
      ensemble.await(4, "observer");
      agree(ensemble, config, 1, 2, 4);
      assertNothingLost(ensemble, 1, 2, 4);
    }
  }

  private static Path dynamicFile(MixedEnsemble ensemble, int i) throws Exception {
    return Files.readAllLines(ensemble.config(i)).stream()
        .filter(line -> line.startsWith("dynamicConfigFile="))
        .map(line -> Path.of(line.substring(line.indexOf('=') + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** The new configuration; what was asked for may be done although the connection was cut. */
  private static String reconfigure(MixedEnsemble ensemble, int at, String joining, String leaving)
      throws Exception {
    long start = System.nanoTime();
    while (true) {
      try (ZooKeeperAdmin zk = connect(ensemble, at)) {
        return text(zk.reconfigure(joining, leaving, null, -1, null));
      } catch (KeeperException.ConnectionLossException | KeeperException.ReconfigInProgress e) {
        // To ask for it twice makes another version of the same.
        assertThat(System.nanoTime() - start).as("reconfiguration").isLessThan(AWAIT_NANOS);
      }
    }
  }

  /** Waits until all these show the same configuration and save it. */
  private static void agree(MixedEnsemble ensemble, String config, int... seats) throws Exception {
    String version = config.substring(config.lastIndexOf('=') + 1);
    for (int i : seats) {
      long start = System.nanoTime();
      String shown = "";
      while (!shown.equals(config) || !dynamicFile(ensemble, i).toString().endsWith(version)) {
        assertThat(System.nanoTime() - start)
            .as("server %d shows %s and not %s", i, shown, config)
            .isLessThan(AWAIT_NANOS);
        try (ZooKeeperAdmin zk = connect(ensemble, i)) {
          shown = text(zk.getConfig(false, null));
        } catch (KeeperException.ConnectionLossException e) {
          shown = "no connection";
        }
      }
    }
  }

  private void write(MixedEnsemble ensemble, int at) throws Exception {
    int end = written + 3;
    long start = System.nanoTime();
    while (written < end) {
      try (ZooKeeperAdmin zk = connect(ensemble, at)) {
        while (written < end) {
          zk.create(
              "/w" + written, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
          written++;
        }
      } catch (KeeperException.NodeExistsException e) {
        written++;
      } catch (KeeperException.ConnectionLossException e) {
        assertThat(System.nanoTime() - start).as("writes").isLessThan(AWAIT_NANOS);
      }
    }
  }

  private void assertNothingLost(MixedEnsemble ensemble, int... seats) throws Exception {
    for (int i : seats) {
      List<String> there = children(ensemble, i);
      for (int n = 0; n < written; n++) {
        assertThat(there).as("at server %d", i).contains("w" + n);
      }
    }
  }

  private static List<String> children(MixedEnsemble ensemble, int at) throws Exception {
    long start = System.nanoTime();
    while (true) {
      try (ZooKeeperAdmin zk = connect(ensemble, at)) {
        CountDownLatch synced = new CountDownLatch(1);
        zk.sync("/", (rc, path, context) -> synced.countDown(), null);
        assertThat(synced.await(60, TimeUnit.SECONDS)).as("sync").isTrue();
        return zk.getChildren("/", false);
      } catch (KeeperException.ConnectionLossException e) {
        assertThat(System.nanoTime() - start).as("a read").isLessThan(AWAIT_NANOS);
      }
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static ZooKeeperAdmin connect(MixedEnsemble ensemble, int i) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeperAdmin zk =
        new ZooKeeperAdmin(
            ensemble.connectString(i),
            30_000,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(60, TimeUnit.SECONDS)).as("connected to " + i).isTrue();
    return zk;
  }
}
