package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.doctor.Diagnosis;
import io.paddock.doctor.Doctor;
import io.paddock.server.PaddockServer;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.TestCertificates;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ensembles whose servers talk by TLS alone. */
@Timeout(240)
class EnsembleTlsTest {
  private static final TestCertificates CA = TestCertificates.authority("CN=Test CA");
  private static final int BIG_BYTES = 700_000;

  @TempDir Path directory;

  @BeforeEach
  void makeStores() throws Exception {
    CA.sign("CN=servers", "127.0.0.1").store(keys(), "PKCS12", "secret");
    Files.writeString(trust(), CA.certificatePem());
  }

  private Path keys() {
    return directory.resolve("keys.p12");
  }

  private Path trust() {
    return directory.resolve("ca.pem");
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("sslQuorum", "true");
    settings.put("ssl.quorum.keyStore.location", keys().toString());
    settings.put("ssl.quorum.keyStore.password", "secret");
    settings.put("ssl.quorum.trustStore.location", trust().toString());
    return settings;
  }

  private static ZooKeeper connect(String connectString) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zk =
        new ZooKeeper(
            connectString,
            30_000,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
    return zk;
  }

  private static void create(EmbeddedEnsemble ensemble, String path, int bytes) throws Exception {
    try (ZooKeeper zk = connect(ensemble.connectString())) {
      while (true) {
        try {
          zk.create(path, new byte[bytes], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
          return;
        } catch (KeeperException.ConnectionLossException e) {
          continue; // its server is still on its way
        } catch (KeeperException.NodeExistsException e) {
          return; // the answer was lost
        }
      }
    }
  }

  private static int read(EmbeddedEnsemble ensemble, int server, String path) throws Exception {
    try (ZooKeeper zk = connect(ensemble.connectString(server))) {
      CountDownLatch synced = new CountDownLatch(1);
      zk.sync(path, (code, synchronised, context) -> synced.countDown(), null);
      assertThat(synced.await(60, TimeUnit.SECONDS)).isTrue();
      return zk.getData(path, false, null).length;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void votersAndObserverServeLoseALeaderAndRefillAServerThatHasLostItsData(String fips)
      throws Exception {
    Map<String, String> settings = settings();
    settings.put("fips-mode", fips);
    try (LogLines log = new LogLines();
        EmbeddedEnsemble ensemble = EmbeddedEnsemble.of(3, 1, settings)) {
      int first = ensemble.awaitLeader();
      assertThat(log.count("Using TLS encrypted quorum communication")).isEqualTo(4);
      // Far more than a record, to the leader and from there.
      create(ensemble, "/big", BIG_BYTES);
      for (int i = 1; i <= 4; i++) {
        assertThat(read(ensemble, i, "/big")).isEqualTo(BIG_BYTES);
      }
      ensemble.stop(first);
      int second = ensemble.awaitLeader();
      for (int i = 0; i < 4; i++) {
        create(ensemble, "/more" + i, BIG_BYTES);
      }
      TemporaryFolder.delete(ensemble.dataDir(first).resolve("version-2"));
      ensemble.restart(first);
      ensemble.awaitServing(first);
      assertThat(read(ensemble, first, "/more3")).isEqualTo(BIG_BYTES);
      ensemble.isolate(second);
      ensemble.awaitNotServing(second);
      ensemble.healAll();
      ensemble.awaitLeader();
      create(ensemble, "/after", 1);
      assertThat(read(ensemble, 4, "/after")).isEqualTo(1);
      assertThat(log.count("said once an hour")).isZero();
    }
  }

  @Test
  void theDoctorAsksPeersByTlsAndSaysWhyOneIsNotBelieved() throws Exception {
    try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.of(3, 0, settings())) {
      ensemble.awaitLeader();
      assertThat(Doctor.examine(ensemble.config(1), Map.of()))
          .anyMatch(found -> found.toString().contains("for the other servers as CN=servers"))
          .anyMatch(
              found ->
                  found.toString().contains("server.2") && found.toString().contains("answers: it"))
          .noneMatch(found -> found.level() == Diagnosis.Level.ERROR);
      Path strange = directory.resolve("strange.pem");
      Files.writeString(strange, TestCertificates.authority("CN=Strange").certificatePem());
      Path doubting =
          Files.writeString(
              directory.resolve("doubting.cfg"),
              Files.readString(ensemble.config(1)).replace(trust().toString(), strange.toString()));
      assertThat(Doctor.examine(doubting, Map.of()))
          .anyMatch(
              found ->
                  found.level() == Diagnosis.Level.ERROR
                      && found.subject().equals("server.2")
                      && found.finding().contains("strange.pem lacks it"));
      Files.writeString(
          doubting, Files.readString(ensemble.config(1)).replace("secret", "another"));
      assertThat(Doctor.examine(doubting, Map.of()))
          .anyMatch(
              found ->
                  found.level() == Diagnosis.Level.ERROR
                      && found.toString().contains("keys.p12 does not open"));
    }
  }

  @Test
  void aServerAloneBecomesAMemberThatTakesTlsAlone() throws Exception {
    List<Integer> ports = FreePorts.take(3);
    Map<String, String> all = settings();
    all.put("dataDir", directory.resolve("data").toString());
    all.put("clientPort", Integer.toString(ports.get(2)));
    all.put("reconfigEnabled", "true");
    all.put("skipACL", "yes");
    all.put("admin.enableServer", "false");
    StringBuilder text = new StringBuilder();
    all.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    Path zooCfg = Files.writeString(directory.resolve("zoo.cfg"), text);
    String line = "server.1=127.0.0.1:" + ports.get(0) + ":" + ports.get(1) + ";" + ports.get(2);
    CountDownLatch connected = new CountDownLatch(1);
    try (LogLines log = new LogLines();
        PaddockServer server = PaddockServer.start(ZooCfg.load(zooCfg, Map.of()), () -> {});
        ZooKeeperAdmin zk =
            new ZooKeeperAdmin(
                "127.0.0.1:" + server.clientPort(), 30_000, event -> connected.countDown())) {
      assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(log.count("quorum communication")).isZero();
      zk.reconfigure(line, null, null, -1, null);
      log.await("Using TLS encrypted quorum communication", "TLS only");
      try (Socket plain = new Socket("127.0.0.1", ports.get(1))) {
        plain.getOutputStream().write(new byte[] {-1, -1, -1, -1, -1, -1, 0, 1});
        assertThat(plain.getInputStream().read()).isEqualTo(-1);
      }
      log.await("127.0.0.1 speaks plain text to the election port");
    }
  }

  @Test
  void aNewAuthorityIsTakenByServersThatRunAndTheirConnectionsStay() throws Exception {
    TestCertificates next = TestCertificates.authority("CN=Next CA");
    try (LogLines log = new LogLines();
        EmbeddedEnsemble ensemble = EmbeddedEnsemble.of(3, 0, settings())) {
      int leader = ensemble.awaitLeader();
      int follower = leader % 3 + 1;
      Files.writeString(trust(), CA.certificatePem() + next.certificatePem());
      awaitTaken(log, "still CN=servers");
      next.sign("CN=renewed", "127.0.0.1").store(keys(), "PKCS12", "secret");
      awaitTaken(log, "CN=renewed");
      Files.writeString(trust(), next.certificatePem());
      awaitTaken(log, "still CN=renewed");
      assertThat(ensemble.leader()).isEqualTo(leader);
      // It believes the new one alone.
      ensemble.restart(follower);
      ensemble.awaitServing(follower);
      create(ensemble, "/a", 1);
      assertThat(read(ensemble, follower, "/a")).isEqualTo(1);
      assertThat(ensemble.leader()).isEqualTo(leader);
    }
  }

  private static void awaitTaken(LogLines log, String what) throws InterruptedException {
    String line = "New connections are served by the new stores of ssl.quorum.*: " + what;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (log.count(line) < 3 && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertThat(log.count(line)).isEqualTo(3);
  }
}
