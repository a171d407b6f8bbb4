package io.paddock.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.metrics.LoopMetrics;
import io.paddock.replica.ZxidDigest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The four-letter words' answers, letter by letter as Apache's server 3.9.5 gave them. */
class FourLetterWordsTest {
  private static final BuildInfo BUILD =
      new BuildInfo("3.9.5", "0.1.0", Instant.parse("2026-01-02T03:04:05Z"));

  @TempDir Path directory;
  private FakeStatus status;
  private FourLetterWords words;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @BeforeEach
  void newServer() {
    status = new FakeStatus(directory);
    words = new FourLetterWords(status, BUILD, Runnable::run);
  }

  @AfterEach
  void endTimer() {
    timer.shutdownNow();
  }

  private String answer(String word) {
    return words.answer(word, 0, timer).join();
  }

  private void someTraffic() {
    LoopMetrics loop = status.metrics.newLoop();
    for (int i = 0; i < 3; i++) {
      loop.received();
    }
    loop.replied(false, 20, 200_000);
    loop.replied(false, 21, 1_400_000);
    loop.replied(true, 22, 7_900_000);
    loop.connections(2);
    loop.watches(6);
    status.connections.add(FakeStatus.connected());
    status.connections.add(FakeStatus.asking());
  }

  /** What probes ask is never answered from memory. */
  @ParameterizedTest
  @ValueSource(strings = {"ruok", "isro", "srvr", "stat"})
  void nothingIsSaidToAProbeWhenAThreadThatServesIsDeadOrStuck(String word) {
    assertThat(answer(word)).isNotNull();
    status.round = CompletableFuture.failedFuture(new IllegalStateException("ended"));
    assertThat(answer(word)).isNull();
    status.round = new CompletableFuture<>();
    assertThat(answer(word)).isNull();
  }

  @Test
  void wordsAreToldFromLengthsOfFrames() {
    assertThat(FourLetterWords.word(0x72756f6b)).isEqualTo("ruok");
    assertThat(FourLetterWords.word(0x73747666)).isNull();
    assertThat(FourLetterWords.word(44)).isNull();
    assertThat(FourLetterWords.word(0xfff4fffd)).isEqualTo("telnet close");
    assertThat(FourLetterWords.argumentBytes("stmk")).isEqualTo(8);
    assertThat(FourLetterWords.argumentBytes("ruok")).isZero();
  }

  @Test
  void onlySrvrIsAnsweredByDefault() {
    status.settings.remove("4lw.commands.whitelist");
    assertThat(answer("ruok"))
        .isEqualTo("ruok is not executed because it is not in the whitelist.\n");
    assertThat(answer("telnet close"))
        .isEqualTo("telnet close is not executed because it is not in the whitelist.\n");
    assertThat(answer("srvr")).startsWith("Zookeeper version: 3.9.5-paddock-0.1.0, built on ");
  }

  @Test
  void srvrShowsTheFigures() {
    someTraffic();
    assertThat(answer("srvr"))
        .isEqualTo(
            """
            Zookeeper version: 3.9.5-paddock-0.1.0, built on 2026-01-02 03:04 UTC
            Latency min/avg/max: 0/3.1667/7
            Received: 3
            Sent: 3
            Connections: 2
            Outstanding: 0
            Zxid: 0x86
            Mode: standalone
            Node count: 7
            """);
  }

  @Test
  void anIdleServersLatencyIsZero() {
    assertThat(answer("srvr")).contains("\nLatency min/avg/max: 0/0.0/0\n");
  }

  @Test
  void statListsTheConnectionsToo() {
    someTraffic();
    assertThat(answer("stat"))
        .startsWith(
            """
            Zookeeper version: 3.9.5-paddock-0.1.0, built on 2026-01-02 03:04 UTC
            Clients:
             /127.0.0.1:59406[1](queued=0,recved=137,sent=137)
             /127.0.0.1:59444[0](queued=0,recved=1,sent=0)

            Latency min/avg/max: 0/3.1667/7
            """);
  }

  @Test
  void consShowsAConnectionsSession() {
    someTraffic();
    assertThat(answer("cons"))
        .isEqualTo(
            " /127.0.0.1:59406[1](queued=0,recved=137,sent=137,sid=0x100000e358f0001,lop=EXIS,"
                + "est=1795172646189,to=30000,lcxid=0x88,lzxid=0x86,lresp=935101,llat=0,minlat=0,"
                + "avglat=0,maxlat=7)\n"
                + " /127.0.0.1:59444[0](queued=0,recved=1,sent=0)\n\n");
  }

  @Test
  void confListsTheSettings() throws Exception {
    Files.createDirectories(directory.resolve("version-2"));
    Files.write(directory.resolve("version-2/log.1"), new byte[1000]);
    assertThat(answer("conf"))
        .isEqualTo(
            """
            clientPort=23181
            secureClientPort=-1
            dataDir=DIR/version-2
            dataDirSize=1000
            dataLogDir=DIR/version-2
            dataLogSize=1000
            tickTime=2000
            maxClientCnxns=60
            minSessionTimeout=4000
            maxSessionTimeout=40000
            clientPortListenBacklog=-1
            serverId=0
            """
                .replace("DIR", directory.toString()));
    assertThat(answer("dirs")).isEqualTo("datadir_size: 1000\nlogdir_size: 1000\n");
  }

  @Test
  void enviListsTheMachine() {
    assertThat(answer("envi"))
        .startsWith(
            "Environment:\n"
                + "zookeeper.version=3.9.5-paddock-0.1.0, built on 2026-01-02 03:04 UTC\n"
                + "host.name=")
        .contains("\njava.version=17.0.15\n", "\nuser.name=zk\n", "\njava.compiler=<NA>\n")
        .containsPattern("os\\.memory\\.max=\\d+MB\n");
  }

  @Test
  void watchesAreListedByPathAndBySession() {
    status.watched.put(1L, List.of("/locks", "/locks/a"));
    status.watched.put(0x2fL, List.of("/locks/a"));
    assertThat(answer("wchs")).isEqualTo("2 connections watching 2 paths\nTotal watches:3\n");
    assertThat(answer("wchc")).isEqualTo("0x1\n\t/locks\n\t/locks/a\n0x2f\n\t/locks/a\n\n");
    assertThat(answer("wchp")).isEqualTo("/locks\n\t0x1\n/locks/a\n\t0x1\n\t0x2f\n\n");
  }

  @Test
  void dumpListsSessionsEphemeralsAndConnections() {
    someTraffic();
    status.sessions.put(1795172686000L, List.of(FakeStatus.SESSION, 5L));
    status.ephemerals.put(FakeStatus.SESSION, List.of("/locks/a"));
    assertThat(answer("dump"))
        .isEqualTo(
            ("SessionTracker dump:\nSession Sets (1)/(2):\n2 expire at LATER:\n"
                    + "\t0x100000e358f0001\n\t0x5\n"
                    + "ephemeral nodes dump:\nSessions with Ephemerals (1):\n"
                    + "0x100000e358f0001:\n\t/locks/a\n"
                    + "Connections dump:\nConnections Sets (2)/(2):\n1 expire at SOON:\n"
                    + "\tip: /127.0.0.1:59444 sessionId: 0x0\n1 expire at LATER:\n"
                    + "\tip: /127.0.0.1:59406 sessionId: 0x100000e358f0001\n")
                .replace("LATER", new Date(1795172686000L).toString())
                .replace("SOON", new Date(1795172660000L).toString()));
  }

  @Test
  void digestsAreHexAndDecimal() {
    status.digests.add(new ZxidDigest(128, 4609969532L));
    status.digests.add(new ZxidDigest(256, 7));
    assertThat(answer("hash")).isEqualTo("80: 4609969532\n100: 7\n");
  }

  @Test
  void statisticsCanBeReset() {
    someTraffic();
    status.metrics.forced(3_000_000);
    assertThat(answer("srst")).isEqualTo("Server stats reset.\n");
    assertThat(answer("srvr"))
        .contains("Latency min/avg/max: 0/0.0/0\nReceived: 0\nSent: 0\nConnections: 2\n");
    assertThat(answer("mntr")).contains("zk_cnt_fsynctime\t0\n", "zk_watch_count\t6\n");
    assertThat(answer("crst")).isEqualTo("Connection stats reset.\n");
    assertThat(status.connectionResets).isEqualTo(1);
  }

  @Test
  void theTraceMaskIsKept() {
    assertThat(answer("gtmk")).isEqualTo("306");
    assertThat(words.answer("stmk", 11, timer).join()).isEqualTo("11");
    assertThat(answer("gtmk")).isEqualTo("11");
  }

  @Test
  void ruokAndIsroHaveNoNewline() {
    assertThat(answer("ruok")).isEqualTo("imok");
    assertThat(answer("isro")).isEqualTo("rw");
    status.mode = ServerMode.READ_ONLY;
    assertThat(answer("isro")).isEqualTo("ro");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "srvr", "stat", "mntr", "conf", "cons", "wchs", "wchp", "wchc", "dump", "crst", "srst",
        "dirs", "hash"
      })
  void aServerThatDoesNotServeSaysSo(String word) {
    status.serving = false;
    assertThat(answer(word))
        .isEqualTo("This ZooKeeper instance is not currently serving requests\n");
  }

  @Test
  void someWordsAreAnsweredEvenThen() {
    status.serving = false;
    assertThat(answer("ruok")).isEqualTo("imok");
    assertThat(answer("isro")).isEqualTo("null");
    assertThat(answer("gtmk")).isEqualTo("306");
    assertThat(answer("envi")).startsWith("Environment:\n");
  }
}
