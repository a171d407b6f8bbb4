package io.paddock.testlib;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/** What the house logs from now on, at level INFO and above, until it is closed. Any thread. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.paddock");
  private final Level before = logger.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  public LogLines() {
    setContext(logger.getLoggerContext());
    start();
    logger.setLevel(Level.INFO);
    logger.addAppender(this);
    // The console has no need of what a test reads here.
    logger.setAdditive(false);
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(event.getFormattedMessage());
  }

  /** Waits for a line that holds all of these words, and returns it. */
  public String await(String... words) {
    Predicate<String> wanted = line -> List.of(words).stream().allMatch(line::contains);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (lines.stream().noneMatch(wanted) && System.nanoTime() < end) {
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(lines).as("%s", List.of(words)).anyMatch(wanted);
    return lines.stream().filter(wanted).findFirst().orElseThrow();
  }

  /** The lines so far that hold this. */
  public List<String> all(String words) {
    return lines.stream().filter(line -> line.contains(words)).toList();
  }

  /** How many lines hold this so far. */
  public long count(String words) {
    return lines.stream().filter(line -> line.contains(words)).count();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(before);
    logger.setAdditive(true);
    stop();
  }
}
