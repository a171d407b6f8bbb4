package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.doctor.Diagnosis;
import io.paddock.doctor.Diagnosis.Level;
import io.paddock.doctor.Doctor;
import io.paddock.server.PaddockServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The doctor at an ensemble that is well, and at what is wrong with one. */
@Timeout(240)
class DoctorTest {
  @TempDir static Path directory;
  private static EmbeddedEnsemble ensemble;
  private static int leader;

  @BeforeAll
  static void start() {
    ensemble = EmbeddedEnsemble.builder().servers(3).observers(1).tickTimeMs(3000).start();
    leader = ensemble.awaitLeader();
    ensemble.awaitServing(4);
  }

  @AfterAll
  static void stop() {
    ensemble.close();
  }

  /** The configuration of a server, with its own lines replaced. */
  private static Path config(int i, Map<String, String> other) throws IOException {
    PaddockServer server = ensemble.server(i);
    StringBuilder text = new StringBuilder();
    for (String line : server.status().config().text().split("\n")) {
      String key = line.substring(0, line.indexOf('='));
      text.append(other.containsKey(key) ? key + "=" + other.get(key) : line).append('\n');
    }
    other.forEach(
        (key, value) -> {
          if (text.indexOf(key + "=") < 0) {
            text.append(key).append('=').append(value).append('\n');
          }
        });
    return Files.writeString(Files.createTempFile(directory, "zoo", ".cfg"), text);
  }

  private static List<Diagnosis> examine(int i, Map<String, String> other) throws IOException {
    return Doctor.examine(config(i, other), Map.of());
  }

  private static String line(int i) {
    return "server." + i;
  }

  private static String value(int i) {
    return Stream.of(ensemble.server(leader).status().config().text().split("\n"))
        .filter(text -> text.startsWith(line(i) + "="))
        .findFirst()
        .orElseThrow()
        .substring(line(i).length() + 1);
  }

  private static void assertFound(List<Diagnosis> found, Level level, String subject, String text) {
    assertThat(found)
        .anySatisfy(
            diagnosis -> {
              assertThat(diagnosis.level()).isEqualTo(level);
              assertThat(diagnosis.subject()).isEqualTo(subject);
              assertThat(diagnosis.finding() + " " + diagnosis.remedy()).contains(text);
            });
  }

  /** But for the disk of whoever runs this test, which may be nearly full. */
  private static void assertAllWell(List<Diagnosis> found) {
    assertThat(found)
        // The limits of this machine, and its disk, are not the ensemble's.
        .filteredOn(d -> !List.of("dataDir", "machine").contains(d.subject()))
        .allSatisfy(d -> assertThat(d.level()).as("%s", d).isEqualTo(Level.OK));
  }

  private static int follower() {
    return leader == 1 ? 2 : 1;
  }

  @Test
  void anEnsembleThatIsWellIsFoundWell() throws IOException {
    List<Diagnosis> found = examine(follower(), Map.of());
    assertAllWell(found);
    assertFound(
        found,
        Level.OK,
        "configuration",
        "server." + follower() + " of an ensemble of 3 voters and 1 observer");
    assertFound(found, Level.OK, "server", "as follower");
    assertFound(found, Level.OK, "journal", "in use by a running server");
    assertFound(found, Level.OK, line(leader), "answers: it leads");
    assertFound(found, Level.OK, line(4), "it observes");
    assertFound(found, Level.OK, "ensemble", "server." + leader + " leads");
  }

  @Test
  void thePatientIsNotHurtByTheExamination() throws IOException {
    for (int i = 0; i < 3; i++) {
      examine(follower(), Map.of());
    }
    assertThat(ensemble.awaitLeader()).isEqualTo(leader);
  }

  @Test
  void aPeerWithOtherServerLinesIsToldApart() throws IOException {
    List<Diagnosis> found = examine(follower(), Map.of(line(4), "127.0.0.1:1:2:observer"));
    assertFound(
        found, Level.ERROR, line(leader), "its configuration differs: server.4 is 127.0.0.1:");
    assertFound(found, Level.WARN, line(4), "election port 127.0.0.1:2: refused");
  }

  @Test
  void aPeerWithAnotherIdIsTold() throws IOException {
    int other = 6 - leader - follower();
    List<Diagnosis> found =
        examine(follower(), Map.of(line(leader), value(other), line(other), value(leader)));
    assertFound(found, Level.ERROR, line(other), "who leads there is server " + leader);
  }

  @Test
  void aHostWithoutANameAndAWrongPortAreTold() throws IOException {
    int other = 6 - leader - follower();
    String clientPort = ensemble.connectString(leader).split(":")[1];
    List<Diagnosis> found =
        examine(
            follower(),
            Map.of(
                line(other),
                "no-such-host.invalid:1:2",
                line(leader),
                "127.0.0.1:1:" + clientPort));
    assertFound(found, Level.ERROR, line(other), "no such host: no-such-host.invalid");
    assertFound(
        found,
        Level.ERROR,
        line(leader),
        "somebody listens there and hangs up; it is a client port");
    assertFound(found, Level.ERROR, line(leader), "correct the second port");
  }

  @Test
  void anAddressOfAnotherMachineIsTold() throws IOException {
    int port = FreePorts.one();
    List<Diagnosis> found =
        examine(
            follower(),
            Map.of(line(follower()), "192.0.2.1:1025:1026", "clientPort", Integer.toString(port)));
    assertFound(
        found, Level.ERROR, line(follower()), "192.0.2.1 (192.0.2.1) is not this machine's");
    assertFound(found, Level.OK, line(leader), "quorum port 127.0.0.1:");
  }

  @Test
  void aPortThatSomethingElseHoldsIsTold() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Thread hangsUp = new Thread(() -> hangUp(other));
      hangsUp.start();
      List<Diagnosis> found =
          examine(follower(), Map.of("clientPort", Integer.toString(other.getLocalPort())));
      assertFound(found, Level.ERROR, "ports", "clientPort " + other.getLocalPort() + " is in use");
    }
  }

  private static void hangUp(ServerSocket socket) {
    try {
      while (true) {
        socket.accept().close();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @Test
  void aConfigurationThatCannotBeUsedIsAllThatIsTold() throws IOException {
    assertThat(Doctor.examine(directory.resolve("missing.cfg"), Map.of()))
        .singleElement()
        .satisfies(d -> assertThat(d.level()).isEqualTo(Level.ERROR))
        .satisfies(d -> assertThat(d.finding()).contains("there is no such file"));
    Path empty = Files.createDirectory(directory.resolve("no-myid"));
    assertThat(examine(follower(), Map.of("dataDir", empty.toString())))
        .singleElement()
        .satisfies(d -> assertThat(d.finding()).contains("myid is missing", "echo NUMBER > "));
  }

  @Test
  void aDirectoryThatIsAFileIsTold() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    List<Diagnosis> found = examine(follower(), Map.of("dataLogDir", file.toString()));
    assertFound(found, Level.ERROR, "dataLogDir", "is a file, not a directory");
  }

  @Test
  void filesAreReadAndNotChangedAndDamageIsTold(@TempDir Path data) throws Exception {
    try (EmbeddedServer server = EmbeddedServer.builder().dataDir(data).start()) {
      write(server.connectString());
    }
    Path config =
        Files.writeString(
            directory.resolve("alone.cfg"),
            "dataDir="
                + data
                + "\nclientPort="
                + FreePorts.one()
                + "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\npreAllocSize=1024\n");
    Map<String, ByteBuffer> before = files(data);
    List<Diagnosis> well = Doctor.examine(config, Map.of());
    assertAllWell(well);
    assertFound(well, Level.OK, "journal", "25 znodes at zxid 0x");
    assertThat(files(data)).isEqualTo(before);

    Path log = log(data);
    long end = endOfRecords(log);
    // As a write that broke off leaves it.
    zero(log, end - 8, end);
    before = files(data);
    List<Diagnosis> torn = Doctor.examine(config, Map.of());
    assertFound(torn, Level.WARN, "journal", "the next start mends it");
    assertThat(files(data)).isEqualTo(before);

    flip(log, end / 2);
    before = files(data);
    List<Diagnosis> damaged = Doctor.examine(config, Map.of());
    assertFound(damaged, Level.ERROR, "journal", "the server refuses to start");
    assertThat(files(data)).isEqualTo(before);
  }

  private static void write(String connect) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    try (ZooKeeper zk =
        new ZooKeeper(
            connect,
            30_000,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            })) {
      assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 20; i++) {
        zk.create("/node" + i, new byte[100], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      }
    }
  }

  private static Path log(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("version-2"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log."))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  @Test
  void loginsBySaslAreExaminedAsAStartWouldFindThem() throws IOException {
    String key = "java.security.auth.login.config";
    Path jaas =
        Files.writeString(
            directory.resolve("jaas.conf"),
            "Server { a.DigestLoginModule required user_a=\"b\"; };");
    int i = follower();
    assertFound(
        examine(i, Map.of(key, jaas.toString(), "fips-mode", "false")),
        Level.OK,
        "SASL",
        "on: clients log in by DIGEST-MD5 as one of 1 users");
    assertFound(examine(i, Map.of(key, jaas.toString())), Level.WARN, "SASL", "fips-mode=false");
    assertFound(
        examine(i, Map.of(key, jaas.toString(), "sasl.serverconfig", "Mine")),
        Level.ERROR,
        "SASL",
        "has no section Mine, it has Server");
    assertFound(examine(i, Map.of(key, "none.conf")), Level.ERROR, "SASL", "no such file");
  }

  /** The zeros behind it do not count. */
  private static long endOfRecords(Path log) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private static void flip(Path file, long position) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(position);
      int value = bytes.read();
      bytes.seek(position);
      bytes.write(~value);
    }
  }

  private static void zero(Path file, long from, long to) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(from);
      bytes.write(new byte[(int) (to - from)]);
    }
  }

  private static Map<String, ByteBuffer> files(Path directory) throws IOException {
    Map<String, ByteBuffer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        contents.put(file.toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}
