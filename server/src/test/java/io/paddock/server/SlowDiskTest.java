package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.journal.Storage;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Interop risk 23: while the disk of a leader or of a follower stands still, pings go on. */
@Timeout(240)
class SlowDiskTest {
  private static final int TICK_MS = 400;
  private static final int SYNC_LIMIT = 5;

  /** Longer than either gives the other up after. */
  private static final int STILL_MS = 2 * TICK_MS * SYNC_LIMIT + 1000;

  @TempDir Path directory;

  @Test
  void risk23AnEnsembleOutlivesADiskThatStandsStill() throws Exception {
    int[] ports = {LowPorts.free(), LowPorts.free(), LowPorts.free(), LowPorts.free()};
    AtomicBoolean stands = new AtomicBoolean();
    try (LogLines log = new LogLines();
        PaddockServer follower = start(1, ports, stands);
        PaddockServer leader = start(2, ports, stands)) {
      log.await("This server is LEADING");
      log.await("This server is FOLLOWING");
      // Of two voters both are needed for a write, so it waits for the one whose disk comes first.
      stands.set(true);
      long start = System.nanoTime();
      try (PlainClient client = new PlainClient(follower.clientPort())) {
        assertThat(client.create("/waited")).isZero();
      }
      assertThat((System.nanoTime() - start) / 1_000_000).isGreaterThanOrEqualTo(STILL_MS);
      assertThat(log.count("This server is LOOKING")).isZero();
      assertThat(leader.status().serving()).isTrue();
    }
  }

  private PaddockServer start(int id, int[] ports, AtomicBoolean stands) throws Exception {
    Path dataDir = Files.createDirectories(directory.resolve("data" + id));
    Files.writeString(dataDir.resolve("myid"), id + "\n");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("server.1", "127.0.0.1:" + ports[0] + ":" + ports[1]);
    settings.put("server.2", "127.0.0.1:" + ports[2] + ":" + ports[3]);
    settings.put("dataDir", dataDir.toString());
    settings.put("clientPort", "0");
    settings.put("clientPortAddress", "127.0.0.1");
    settings.put("admin.enableServer", "false");
    settings.put("preAllocSize", "64");
    settings.put("tickTime", Integer.toString(TICK_MS));
    settings.put("initLimit", "100");
    settings.put("syncLimit", Integer.toString(SYNC_LIMIT));
    UnaryOperator<Storage> disk =
        id == 2
            ? files -> new InterleavedStorage(files, () -> standStill(stands))
            : UnaryOperator.identity();
    return PaddockServer.start(ZooCfg.of(settings, Map.of()), () -> {}, disk);
  }

  private static void standStill(AtomicBoolean stands) throws InterruptedIOException {
    if (stands.compareAndSet(true, false)) {
      try {
        Thread.sleep(STILL_MS);
      } catch (InterruptedException e) {
        throw new InterruptedIOException("stopped while the disk stood still");
      }
    }
  }
}
