package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load generator against Apache's server. */
class DriverTest {
  private static final int ZNODES = 50;
  private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long WARM_UP = TimeUnit.MILLISECONDS.toNanos(100);

  @TempDir private static Path folder;
  private static ApacheInProcess server;

  @BeforeAll
  static void startServerWithZnodes() throws Exception {
    server = new ApacheInProcess(folder);
    try (Driver driver = connect(1)) {
      create(driver, 1, i -> "/d");
      create(driver, ZNODES, DriverTest::path);
    }
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void everyGetOfManySessionsIsAnsweredRight() throws Exception {
    try (Driver driver = connect(20)) {
      LoadResult result =
          driver.closed(Frames.gets(ZNODES, DriverTest::path), 8, WARM_UP, WINDOW, () -> 0);
      assertThat(result.errors()).isZero();
      assertThat(result.replies()).isGreaterThan(100);
      assertThat(result.latencies().getTotalCount()).isEqualTo(result.replies());
      assertThat(result.nanos()).isGreaterThanOrEqualTo(WINDOW);
    }
  }

  @Test
  void sessionsOnSeveralServersGoToThemInTurn() throws Exception {
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress dead = new InetSocketAddress("127.0.0.1", nobody.getLocalPort());
      nobody.close();
      assertThatThrownBy(
              () -> Driver.connect(List.of(server.endpoint(), Endpoint.plain(dead)), 2, 60_000))
          .isInstanceOf(IOException.class);
    }
    List<Endpoint> twice = List.of(server.endpoint(), server.endpoint());
    try (Driver driver = Driver.connect(twice, 3, 60_000)) {
      LoadResult result = driver.counted(Frames.gets(ZNODES, DriverTest::path), 1, 30, () -> 0);
      assertThat(result.replies()).isEqualTo(30);
    }
  }

  @Test
  void everySetOfALoneSessionIsAnsweredRight() throws Exception {
    try (Driver driver = connect(1)) {
      LoadResult result =
          driver.closed(Frames.sets(ZNODES, DriverTest::path), 1, WARM_UP, WINDOW, () -> 0);
      assertThat(result.errors()).isZero();
      assertThat(result.replies()).isGreaterThan(10);
    }
  }

  @Test
  void repliesWithUnexpectedDataAreErrorsAndNotReplies() throws Exception {
    Frames wrong =
        new Frames(
            ZNODES,
            i -> RequestFrames.getData(path(i), false),
            (in, at, length, number) -> Znodes.isGetReply(in, at, length, number + 1));
    try (Driver driver = connect(2)) {
      LoadResult result = driver.counted(wrong, 4, 100, () -> 0);
      assertThat(result.errors()).isEqualTo(100);
      assertThat(result.replies()).isZero();
    }
  }

  @Test
  void refusedRequestsAreErrors() throws Exception {
    try (Driver driver = connect(1)) {
      LoadResult result = driver.counted(Frames.gets(10, i -> "/missing" + i), 2, 10, () -> 0);
      assertThat(result.errors()).isEqualTo(10);
    }
  }

  @Test
  void anOpenLoopSendsAtItsRate() throws Exception {
    try (Driver driver = connect(4)) {
      LoadResult result =
          driver.open(Frames.gets(ZNODES, DriverTest::path), 1000, WARM_UP, WINDOW * 2, () -> 0);
      assertThat(result.errors()).isZero();
      assertThat(result.perSecond()).isBetween(700.0, 1300.0);
    }
  }

  @Test
  void anOpenLoopCountsTheTimeFromWhenARequestWasDue() throws Exception {
    long[] calls = {0};
    Frames gets = Frames.gets(ZNODES, DriverTest::path);
    try (Driver driver = connect(1)) {
      LoadResult result =
          driver.openWhile(
              gets,
              1000,
              () -> {
                if (calls[0]++ == 0) {
                  stall();
                }
                return calls[0] < 200;
              },
              new LatencyTimeline(System.nanoTime(), TimeUnit.SECONDS.toNanos(5)),
              () -> 0);
      assertThat(result.latencies().getMaxValue())
          .as("the request due at the start of a stall of 100 ms, in nanoseconds")
          .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(90));
    }
  }

  @Test
  void aReplyLargerThanTheReadBufferArrivesWhole() throws Exception {
    int children = 30_000;
    try (Driver driver = connect(1)) {
      create(driver, 1, i -> "/wide");
      create(driver, children, WideChildren::child);
      Frames load =
          new Frames(
              1,
              i -> RequestFrames.getChildren("/wide"),
              (in, at, length, i) -> WideChildren.isAllChildren(in, at, length, children));
      LoadResult result = driver.counted(load, 1, 5, () -> 0);
      assertThat(result.replies()).isEqualTo(5);
    }
  }

  @Test
  void everyWatcherSeesOneSet() throws Exception {
    Frames arm = new Frames(1, i -> RequestFrames.getData(path(0), true), Znodes::isGetReply);
    try (Driver watchers = connect(30);
        Driver setter = connect(1)) {
      assertThat(watchers.counted(arm, 1, 30, () -> 0).replies()).isEqualTo(30);
      setter.post(Frames.sets(1, DriverTest::path));
      watchers.awaitEvents(30);
      assertThat(setter.collect()).isZero();
    }
  }

  @Test
  void aServerThatNeverAnswersAHandshakeIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) silent.getLocalSocketAddress();
      assertThatThrownBy(() -> Driver.probe(Endpoint.plain(address)))
          .isInstanceOf(IOException.class);
    }
  }

  private static void stall() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Driver connect(int sessions) throws IOException {
    return Driver.connect(server.endpoint(), sessions, 60_000);
  }

  private static void create(Driver driver, int count, IntFunction<String> path)
      throws IOException {
    int firstXid = driver.sessions().get(0).nextXid();
    LoadResult result = driver.counted(Sequence.creates(firstXid, path), 64, count, () -> 0);
    assertThat(result.replies()).isEqualTo(count);
  }

  private static String path(int number) {
    return "/d/n" + number;
  }
}
