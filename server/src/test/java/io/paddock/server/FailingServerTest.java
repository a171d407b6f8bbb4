package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.journal.Storage;
import io.paddock.testlib.LowPorts;
import io.paddock.testlib.QuietLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole server with threads, sockets and files, whose disk fails under it. */
@ExtendWith(QuietLog.class)
class FailingServerTest {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  @TempDir Path dir;

  private final Map<String, String> settings = new LinkedHashMap<>();

  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicInteger changesWhenBroken = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFailedForceEndsTheServerThroughItsHookOnceAndARestartHasWhatWasAcknowledged(
      boolean ofEnsemble) throws Exception {
    if (ofEnsemble) {
      Files.writeString(dir.resolve("myid"), "1\n");
      settings.put("server.1", "127.0.0.1:" + LowPorts.free() + ":" + LowPorts.free());
      settings.put("standaloneEnabled", "false");
      settings.put("initLimit", "10");
      settings.put("syncLimit", "5");
    }
    PaddockServer server = start(storage -> new InterleavedStorage(storage, this::breakHere));
    try (PlainClient client = new PlainClient(server.clientPort())) {
      assertThat(client.create("/acknowledged")).isZero();
      broken.set(true);
      assertThat(client.create("/never-acknowledged")).as("the connection ends").isNull();
    }
    server.awaitTermination();
    assertThat(failures).as("calls of the hook").hasValue(1);
    assertThat(changesWhenBroken).as("attempts on the broken disk").hasValue(1);
    server.close();

    broken.set(false);
    try (PaddockServer next = start(UnaryOperator.identity());
        PlainClient client = new PlainClient(next.clientPort())) {
      assertThat(client.create("/acknowledged")).isEqualTo(-110);
      assertThat(client.create("/goes-on")).isZero();
    }
    assertThat(failures).hasValue(1);
  }

  private void breakHere() throws IOException {
    if (broken.get()) {
      changesWhenBroken.incrementAndGet();
      throw new IOException("Input/output error");
    }
  }

  private PaddockServer start(UnaryOperator<Storage> files) throws Exception {
    settings.put("dataDir", dir.toString());
    settings.put("clientPort", "0");
    settings.put("clientPortAddress", "127.0.0.1");
    settings.put("admin.enableServer", "false");
    settings.put("preAllocSize", "64");
    PaddockServer server =
        PaddockServer.start(ZooCfg.of(settings, Map.of()), failures::incrementAndGet, files);
    long start = System.nanoTime();
    while (!server.status().serving() && System.nanoTime() - start < PATIENCE_NANOS) {
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(server.status().serving()).isTrue();
    return server;
  }
}
