package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.frontend.AuditEvent;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import io.paddock.testlib.LogLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The audit log's queue: who offers a line never waits, and what is lost is told. */
class AuditThreadTest {
  private static final int LINES = 100;
  private static final long BYTES_MAX = (long) LINES * event("x").bytes();

  private final LogLines log = new LogLines();
  private final ServerMetrics metrics = new ServerMetrics(1000);
  private final List<Throwable> halted = new CopyOnWriteArrayList<>();
  private final Disk disk = new Disk();
  private final AuditThread thread =
      new AuditThread(disk, "zookeeper", BYTES_MAX, metrics, new Guard(halted::add));

  /** Takes lines, fails, or hangs. */
  private static final class Disk implements AuditThread.Target {
    final List<String> lines = new CopyOnWriteArrayList<>();
    volatile boolean full;
    volatile boolean closed;
    volatile int tries;

    @Override
    public int write(List<AuditThread.Entry> entries) throws IOException {
      tries++;
      if (full) {
        throw new IOException("No space left on device");
      }
      // Not all at once, as at the end of a file.
      List<String> written = new ArrayList<>();
      for (AuditThread.Entry entry : entries.subList(0, Math.min(7, entries.size()))) {
        written.add(entry.event().line());
      }
      lines.addAll(written);
      return written.size();
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public String toString() {
      return "audit.log";
    }
  }

  @AfterEach
  void nothingHaltsTheServer() {
    disk.full = false;
    thread.close();
    log.close();
    assertThat(halted).isEmpty();
  }

  private static AuditEvent event(String operation) {
    return AuditEvent.ofServer("ann", operation, AuditEvent.Outcome.SUCCESS);
  }

  private static String line(int i) {
    return "user=ann\toperation=" + i + "\tresult=success";
  }

  private void offer(int from, int to) {
    for (int i = from; i < to; i++) {
      thread.offer(event(Integer.toString(i)));
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void linesComeInOrderAndTheEndWaitsForThem() {
    thread.start();
    offer(0, LINES);
    thread.close();
    assertThat(disk.lines).hasSize(LINES).startsWith(line(0)).endsWith(line(LINES - 1));
    assertThat(disk.closed).isTrue();
    assertThat(metrics.value(EventCounter.AUDIT_LINES_LOST)).isZero();
  }

  @Test
  void aFullDiskIsToldAndWhatFitsIntoTheBoundIsWrittenLater() {
    disk.full = true;
    thread.start();
    offer(0, 10);
    log.await("cannot be written", "No space left on device", "audit.log", "The server goes on");
    assertThat(thread.isBehind()).isFalse();
    disk.full = false;
    log.await("written again", "0 lines were lost");
    await(() -> disk.lines.size() == 10);
    assertThat(log.count("cannot be written")).isOne();
  }

  @Test
  void linesBeyondTheBoundAreLostCountedToldAndMarkedInTheirPlace() {
    // Not started yet: nothing is written.
    offer(0, LINES + 23);
    assertThat(metrics.value(EventCounter.AUDIT_LINES_LOST)).isEqualTo(23);
    log.await("loses lines", "audit.log");
    thread.start();
    await(() -> disk.lines.size() == LINES);
    offer(1000, 1001);
    thread.close();
    assertThat(disk.lines.subList(LINES - 1, LINES + 2))
        .containsExactly(
            line(LINES - 1),
            "user=zookeeper\toperation=auditLinesLost:23\tresult=failure",
            line(1000));
    assertThat(log.count("loses lines")).as("not for each of them").isOne();
  }

  @Test
  void clientsWaitForALogThatIsMerelySlow() {
    offer(0, LINES / 2 + 1);
    assertThat(thread.isBehind()).isTrue();
    thread.start();
    await(() -> !thread.isBehind());
  }

  @Test
  void nobodyWaitsForADiskThatCannotTakeAnything() {
    disk.full = true;
    offer(0, LINES / 2 + 1);
    thread.start();
    await(() -> disk.tries > 0 && !thread.isBehind());
  }

  @Test
  void theEndSaysWhatIsNotWritten() {
    disk.full = true;
    thread.start();
    offer(0, 5);
    await(() -> disk.tries > 0);
    thread.close();
    log.await("ends without 5 lines", "audit.log");
    assertThat(disk.closed).isTrue();
  }
}
