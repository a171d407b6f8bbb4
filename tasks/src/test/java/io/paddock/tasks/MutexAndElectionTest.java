package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Elections and locks, on both servers. */
class MutexAndElectionTest {
  private static final String PATH = "/recipes/queue";
  private static final int AT_ONCE_MS = 0;
  private static final int TIMEOUT_MS = 20_000;
  private static final int SESSION_MS = 3_000;

  /** So long that an eighth of it is time enough on a busy machine. */
  private static final int LONG_SESSION_MS = 8_000;

  @TempDir Path folder;
  private TaskSystem system;

  private void on(TestServer.Kind kind) {
    system = new TaskSystem(kind);
  }

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  private LeaderElection candidate(int masters) {
    return system.keep(
        LeaderElection.connect(system.connect(), PATH, "someone", masters, SESSION_MS));
  }

  /** The session ends as if it had expired: the server says so to its owner. */
  private void takeSession(QueuedZnode held) throws Exception {
    byte[] password = held.zk().getSessionPasswd();
    try (ZooKeeper thief =
        new ZooKeeper(
            system.connect(), SESSION_MS, event -> {}, held.zk().getSessionId(), password)) {
      Await.until("the session is taken over", () -> thief.getState().isConnected());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFirstHasItAndWhoeverIsNextHasItAfterwards(TestServer.Kind kind) {
    on(kind);
    LeaderElection first = candidate(1);
    LeaderElection second = candidate(1);
    LeaderElection third = candidate(1);
    assertThat(first.await(TIMEOUT_MS)).isTrue();
    assertThat(second.await(AT_ONCE_MS)).isFalse();
    assertThat(third.await(AT_ONCE_MS)).isFalse();
    first.close();
    assertThat(second.await(TIMEOUT_MS)).isTrue();
    assertThat(third.await(AT_ONCE_MS)).isFalse();
    assertThat(second.fence()).isGreaterThan(first.fence());
  }

  @ParameterizedTest
  @EnumSource
  void whenOneInTheMiddleLeavesTheOneBehindItStillWaitsAndIsWokenLater(TestServer.Kind kind) {
    on(kind);
    LeaderElection first = candidate(1);
    assertThat(first.await(TIMEOUT_MS)).isTrue();
    LeaderElection second = candidate(1);
    LeaderElection third = candidate(1);
    CompletableFuture<Boolean> waiting =
        CompletableFuture.supplyAsync(() -> third.await(TIMEOUT_MS));
    second.close();
    assertThat(waiting).isNotDone();
    first.close();
    assertThat(waiting.join()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void ofFiveCandidatesTwoAreElectedAndEachThatGoesIsReplacedByTheNext(TestServer.Kind kind)
      throws Exception {
    on(kind);
    List<LeaderElection> candidates = new ArrayList<>();
    List<CompletableFuture<Boolean>> elected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      LeaderElection candidate = candidate(2);
      candidates.add(candidate);
      elected.add(CompletableFuture.supplyAsync(() -> candidate.await(TIMEOUT_MS)));
    }
    // In turn the one just elected, which the next does not stand right behind, and the eldest.
    int[] leaving = {1, 0, 2};
    for (int i = 0; i < leaving.length; i++) {
      int master = leaving[i];
      assertThat(elected.get(master).get(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isTrue();
      int next = i + 2;
      assertThat(elected.get(next)).as("candidate %d before %d left", next, master).isNotDone();
      candidates.get(master).close();
      assertThat(elected.get(next).get(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isTrue();
    }
    assertThat(system.person().getChildren(PATH, false)).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void whoLosesTheSessionIsToldAndTheNextIsElected(TestServer.Kind kind) throws Exception {
    on(kind);
    LeaderElection first = candidate(1);
    LeaderElection second = candidate(1);
    assertThat(first.await(TIMEOUT_MS)).isTrue();
    takeSession(first);
    assertThat(first.lost().get(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isNotEmpty();
    assertThat(second.await(TIMEOUT_MS)).isTrue();
    assertThat(first.await(AT_ONCE_MS)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void whoseZnodeAPersonRemovesIsNoLongerElected(TestServer.Kind kind) throws Exception {
    on(kind);
    LeaderElection leader = candidate(1);
    assertThat(leader.await(TIMEOUT_MS)).isTrue();
    system.person().delete(leader.znode(), -1);
    assertThat(leader.lost().get(TIMEOUT_MS, TimeUnit.MILLISECONDS)).contains("removed");
  }

  @ParameterizedTest
  @EnumSource
  void aRestartOfTheServerKeepsTheLock(TestServer.Kind kind) {
    on(kind);
    try (TestServer patient = kind.start();
        Mutex second = restarted(patient)) {
      assertThat(second.await(TIMEOUT_MS)).isTrue();
    }
  }

  /** The second in line, after the first was restarted under and has left. */
  private static Mutex restarted(TestServer server) {
    Mutex first = Mutex.connect(server.connectString(), PATH, "first", 10_000);
    Mutex second = Mutex.connect(server.connectString(), PATH, "second", 10_000);
    assertThat(first.await(TIMEOUT_MS)).isTrue();
    assertThat(second.await(AT_ONCE_MS)).isFalse();
    server.restart();
    Await.until("it is back", () -> first.zk().exists(first.znode(), false) != null);
    assertThat(first.lost()).isNotDone();
    assertThat(second.await(AT_ONCE_MS)).isFalse();
    first.close();
    return second;
  }

  @ParameterizedTest
  @EnumSource
  void whoReachesNoServerGivesUpBeforeTheServerCouldGiveItToAnother(TestServer.Kind kind)
      throws Exception {
    on(kind);
    TestServer other = kind.start();
    try (Mutex lock = Mutex.connect(other.connectString(), PATH, "cut off", LONG_SESSION_MS)) {
      assertThat(lock.await(TIMEOUT_MS)).isTrue();
      int agreed = lock.zk().getSessionTimeout();
      long from = System.nanoTime();
      other.close();
      assertThat(lock.lost().get(TIMEOUT_MS, TimeUnit.MILLISECONDS)).contains("no server answered");
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from)).isLessThan(agreed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCuratorMutexStandsInTheSameQueueAsALock(TestServer.Kind kind) throws Exception {
    on(kind);
    var curator = system.keep(EnsembleConnection.connect(system.connect(), 10_000, TIMEOUT_MS));
    InterProcessMutex mutex = new InterProcessMutex(curator, PATH);
    mutex.acquire();
    Mutex ours = system.keep(Mutex.connect(system.connect(), PATH, "ours", SESSION_MS));
    assertThat(ours.await(AT_ONCE_MS)).isFalse();
    mutex.release();
    assertThat(ours.await(TIMEOUT_MS)).isTrue();
    assertThat(mutex.acquire(100, TimeUnit.MILLISECONDS)).isFalse();
    ours.close();
    assertThat(mutex.acquire(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aCommandAndWhatItStartedAreKilledWhenTheSessionIsLost(TestServer.Kind kind)
      throws Exception {
    on(kind);
    Mutex lock = system.keep(Mutex.connect(system.connect(), PATH, "holder", SESSION_MS));
    assertThat(lock.await(TIMEOUT_MS)).isTrue();
    Path pids = folder.resolve("pids");
    // It would not end by TERM, and it has a child.
    String line =
        "trap '' TERM; sleep 600 & echo $! $$ > "
            + pids
            + ".new; mv "
            + pids
            + ".new "
            + pids
            + "; wait; sleep 600";
    HeldCommand command = new HeldCommand(100);
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return command.run(lock, List.of(line), Map.of());
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    Await.until("it runs", () -> Files.exists(pids));
    takeSession(lock);
    assertThat(code.get(TIMEOUT_MS, TimeUnit.MILLISECONDS)).isEqualTo(ExitCode.LOST.number());
    for (String pid : Files.readString(pids).strip().split(" ")) {
      Await.until("process " + pid + " is gone", () -> gone(Long.parseLong(pid)));
    }
  }

  /** Gone, or dead and only not yet reaped by whoever inherited it. */
  private static boolean gone(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
    } catch (java.io.IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoPathOrNoNumberOfMastersIsRefused(TestServer.Kind kind) {
    on(kind);
    assertThatThrownBy(() -> Mutex.connect(system.connect(), "locks/a", "x"))
        .isInstanceOf(TasksException.class)
        .hasMessageContaining("no path: locks/a");
    assertThatThrownBy(() -> Mutex.connect(system.connect(), "/", "x"))
        .hasMessageContaining("the root is no place");
    assertThatThrownBy(() -> LeaderElection.connect(system.connect(), PATH, "x", 0))
        .hasMessageContaining("at least one");
  }
}
