package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Welcome;
import io.paddock.oracle.Workload.LeftOpen;
import io.paddock.testkit.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server process under write load is killed by kill -9 at random moments, again and again on
 * the same data: every acknowledged write is there after each restart, and none is half there. Ten
 * times, or {@code -Dcrash.kills=N}; {@code -Dcrash.seed=N} repeats the same moments.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("crash.kills", 10);
  private static final int STOPS = 4;
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
      List<NumberedWriter> writers = writers(server.port());
      LeftOpen session = new Workload(server.port()).leaveASession("/left-open");
      for (int kill = 1; kill <= KILLS; kill++) {
        int before = acknowledged(writers);
        loadAndKill(server, writers, random.nextInt(3000));
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

  @Test
  void everyAcknowledgedWriteSurvivesAStopUnderLoad() {
    try (EmbeddedServer server =
        EmbeddedServer.builder().set("snapCount", "400").set("preAllocSize", "64").start()) {
      List<NumberedWriter> writers = writers(server.port());
      for (int stop = 1; stop <= STOPS; stop++) {
        int before = acknowledged(writers);
        try (WriterThreads threads = new WriterThreads(writers, server.port(), writer -> false)) {
          threads.await(() -> acknowledged(writers) > before + 200);
          server.restart();
        }
        writers.forEach(writer -> writer.verify(server.port()));
      }
    }
  }

  private static List<NumberedWriter> writers(int port) {
    List<NumberedWriter> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      NumberedWriter writer = new NumberedWriter("/w" + i);
      writer.prepare(port);
      writers.add(writer);
    }
    return writers;
  }

  private static void loadAndKill(ProgramUnderTest server, List<NumberedWriter> writers, int more) {
    int before = acknowledged(writers);
    long start = System.nanoTime();
    try (WriterThreads threads = new WriterThreads(writers, server.port(), writer -> false)) {
      threads.await(
          () -> {
            int count = acknowledged(writers);
            boolean late = System.nanoTime() - start > LOAD_MAX_NANOS;
            return count > before && (late || count >= before + more);
          });
      assertThat(server.isAlive()).isTrue();
      server.kill();
    }
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
