package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testlib.LogLines;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private static final long PATIENCE_SECONDS = 60;
  private static final Guard GUARD = new Guard(cause -> {});

  private final AtomicBoolean exhausted = new AtomicBoolean();

  @Test
  void workThatBlocksDoesNotKeepOtherWorkWaiting() throws InterruptedException {
    try (Workers workers = new Workers("test", GUARD)) {
      CountDownLatch all = new CountDownLatch(5);
      CountDownLatch done = new CountDownLatch(5);
      for (int i = 0; i < 5; i++) {
        workers.execute(
            () -> {
              all.countDown();
              await(all);
              done.countDown();
            });
      }
      assertThat(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whereNoThreadIsToBeHadWorkWaitsForOneThatIsThereAndThatIsSaidOnce() throws Exception {
    try (LogLines log = new LogLines();
        Workers workers = new Workers("test", GUARD, this::start)) {
      exhausted.set(true);
      CountDownLatch go = new CountDownLatch(1);
      CountDownLatch done = new CountDownLatch(4);
      for (int i = 0; i < 4; i++) {
        workers.execute(
            () -> {
              await(go);
              done.countDown();
            });
      }
      go.countDown();
      assertThat(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(log.count("No further thread test could be started")).isOne();
      assertThat(log.count("ulimit -u")).isOne();
    }
  }

  @Test
  void aThreadWhoseWorkFailedIsReplaced() throws InterruptedException {
    try (Workers workers = new Workers("test", GUARD)) {
      CountDownLatch done = new CountDownLatch(1);
      workers.execute(
          () -> {
            throw new IllegalStateException("of this test");
          });
      workers.execute(done::countDown);
      assertThat(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void start(Thread thread) {
    if (exhausted.get()) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    thread.start();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
