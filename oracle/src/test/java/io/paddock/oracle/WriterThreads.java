package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Writers at work, each on a thread, until their connections end or they have enough. */
final class WriterThreads implements AutoCloseable {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closing;

  WriterThreads(List<NumberedWriter> writers, int port, Predicate<NumberedWriter> enough) {
    for (NumberedWriter writer : writers) {
      BooleanSupplier done = () -> closing || enough.test(writer);
      // Here and not on the thread: a server killed early must not find a writer still connecting.
      RawClient client = RawClient.session(port);
      Thread thread = new Thread(() -> writer.write(client, done), "writer");
      thread.setUncaughtExceptionHandler((who, failure) -> failures.add(failure));
      thread.start();
      threads.add(thread);
    }
  }

  /** Waits for something that comes of their work. */
  void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean() && failures.isEmpty()) {
      assertThat(System.nanoTime() - start).as("the writers get on").isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Waits for the end of all. */
  void join() {
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    assertThat(failures).isEmpty();
  }

  /** Has them come to an end, whatever they still wanted. */
  @Override
  public void close() {
    closing = true;
    join();
  }
}
