package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Welcome;
import io.paddock.oracle.Workload.LeftOpen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server process under write load is killed by kill -9 at random moments, again and again on
 * the same data: every acknowledged write is there after each restart, and none is half there. Ten
 * times, or {@code -Dcrash.kills=N}; {@code -Dcrash.seed=N} repeats the same moments.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("crash.kills", 10);
  private static final int WRITERS = 4;
  private static final long LOAD_MAX_NANOS = 3_000_000_000L;

  @TempDir Path dir;

  @Test
  void everyAcknowledgedWriteSurvivesKillNineAndNoneIsHalfThere() throws IOException {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("crash.seed=" + seed + " crash.kills=" + KILLS);
    Random random = new Random(seed);
    List<String> settings =
        List.of("snapCount=400", "preAllocSize=256", "maxSessionTimeout=900000");
    try (ProgramUnderTest server = new ProgramUnderTest(dir, dir.resolve("data"), settings)) {
      server.start();
      List<NumberedWriter> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(new NumberedWriter("/w" + i));
        writers.get(i).prepare(server.port());
      }
      LeftOpen session = new Workload(server.port()).leaveASession("/left-open");
      for (int kill = 1; kill <= KILLS; kill++) {
        int before = acknowledged(writers);
        loadAndKill(server, writers, before + random.nextInt(3000));
        server.start();
        for (NumberedWriter writer : writers) {
          writer.verify(server.port());
        }
        resume(server.port(), session);
        assertThat(acknowledged(writers)).as("writes before kill %d", kill).isGreaterThan(before);
      }
      System.out.println(KILLS + " kills survived by " + acknowledged(writers) + " writes");
      assertThat(server.terminate()).as("exit code after SIGTERM").isEqualTo(143);
      server.start();
      for (NumberedWriter writer : writers) {
        writer.verify(server.port());
      }
    }
  }

  private static void loadAndKill(
      ProgramUnderTest server, List<NumberedWriter> writers, int acknowledgedWanted) {
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (NumberedWriter writer : writers) {
      Thread thread = new Thread(() -> writer.write(server.port(), () -> false), "writer");
      thread.setUncaughtExceptionHandler((who, failure) -> failures.add(failure));
      thread.start();
      threads.add(thread);
    }
    long start = System.nanoTime();
    int before = acknowledged(writers);
    while (acknowledged(writers) <= Math.max(before, acknowledgedWanted)
        && (System.nanoTime() - start < LOAD_MAX_NANOS || acknowledged(writers) == before)
        && failures.isEmpty()) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(server.isAlive()).isTrue();
    server.kill();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    assertThat(failures).isEmpty();
  }

  private static int acknowledged(List<NumberedWriter> writers) {
    return writers.stream().mapToInt(NumberedWriter::acknowledged).sum();
  }

  /** A session from before the first kill goes on, with its ephemeral. */
  private static void resume(int port, LeftOpen session) {
    try (RawClient client = new RawClient(port)) {
      byte[] request =
          RawClient.connectRequest(0, Integer.MAX_VALUE, session.id(), session.password(), true);
      Welcome welcome = client.handshake(request);
      assertThat(welcome.accepted()).isTrue();
      assertThat(welcome.sessionId()).isEqualTo(session.id());
      assertThat(client.call(Op.exists(session.ephemeral(), false)).err()).isZero();
    }
  }
}
