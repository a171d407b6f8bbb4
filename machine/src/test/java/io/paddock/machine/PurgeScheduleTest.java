package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.PurgeConfig;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When old files are removed. */
class PurgeScheduleTest {
  private static final Guard GUARD = new Guard(failure -> {});

  @Test
  void theFirstPurgeIsAtTheStart() throws Exception {
    CountDownLatch purged = new CountDownLatch(1);
    try (PurgeSchedule schedule =
        PurgeSchedule.start(
            new PurgeConfig(3, 1),
            () -> {
              purged.countDown();
              return List.of("log.1");
            },
            GUARD)) {
      assertThat(schedule).isNotNull();
      assertThat(purged.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void nothingIsPurgedWhenItIsSwitchedOff() {
    AtomicInteger purges = new AtomicInteger();
    PurgeSchedule schedule =
        PurgeSchedule.start(
            new PurgeConfig(3, 0),
            () -> {
              purges.incrementAndGet();
              return List.of();
            },
            GUARD);
    schedule.close();
    assertThat(purges).hasValue(0);
  }

  @Test
  void aFailureDoesNotEndTheSchedule() {
    AtomicInteger purges = new AtomicInteger();
    PurgeSchedule schedule =
        PurgeSchedule.start(
            new PurgeConfig(3, 1),
            () -> {
              if (purges.incrementAndGet() % 2 == 0) {
                throw new IllegalStateException("broken");
              }
              throw new IOException("disk");
            },
            GUARD);
    schedule.run();
    schedule.run();
    schedule.close();
    assertThat(purges.get()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void anErrorIsNotSwallowedByTheSchedule() throws Exception {
    CompletableFuture<Throwable> halted = new CompletableFuture<>();
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    PurgeSchedule schedule =
        PurgeSchedule.start(
            new PurgeConfig(3, 1),
            () -> {
              throw error;
            },
            new Guard(halted::complete));
    assertThat(halted.get(60, TimeUnit.SECONDS)).isSameAs(error);
    schedule.close();
  }
}
