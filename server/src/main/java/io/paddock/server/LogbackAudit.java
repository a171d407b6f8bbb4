package io.paddock.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import io.paddock.config.CauseWords;
import io.paddock.frontend.AuditEvent;
import io.paddock.machine.AuditThread;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * The audit log as a logger, for those whose logback.xml has an appender for the one that Apache's
 * server writes to. Logback does not tell who asks it to write whether it could, and drops lines
 * while a disk is full; what it says of that to its listeners goes to the server's log.
 */
final class LogbackAudit implements AuditThread.Target {
  static final String NAME = "org.apache.zookeeper.audit.Slf4jAuditLogger";

  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogbackAudit.class);
  private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger logger;
  private final StatusListener listener = this::onStatus;

  /** Of logback, while lines are written; null while there is none. */
  private Throwable failure;

  private long toldNanos = System.nanoTime() - TELL_NANOS;

  private LogbackAudit(Logger logger) {
    this.logger = logger;
    logger.getLoggerContext().getStatusManager().add(listener);
  }

  /** Present when logback.xml has an appender for that very logger. */
  static Optional<AuditThread.Target> ifConfigured() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && context.exists(NAME) != null
        && context.getLogger(NAME).iteratorForAppenders().hasNext()) {
      return Optional.of(new LogbackAudit(context.getLogger(NAME)));
    }
    return Optional.empty();
  }

  @Override
  public int write(List<AuditThread.Entry> lines) throws IOException {
    failure = null;
    for (AuditThread.Entry entry : lines) {
      log(entry);
    }
    if (failure != null && System.nanoTime() - toldNanos > TELL_NANOS) {
      toldNanos = System.nanoTime();
      LOG.error(
          "The audit log may lack lines, logback could not write them: {}. It does not say which; a file that {} names says",
          CauseWords.of(failure),
          io.paddock.config.AuditConfig.FILE_KEY);
    }
    return lines.size();
  }

  private void log(AuditThread.Entry entry) {
    Level level = entry.event().outcome() == AuditEvent.Outcome.FAILURE ? Level.ERROR : Level.INFO;
    if (logger.isEnabledFor(level)) {
      LoggingEvent event =
          new LoggingEvent(
              LogbackAudit.class.getName(), logger, level, entry.event().line(), null, null);
      event.setInstant(Instant.ofEpochMilli(entry.timeMs()));
      try {
        logger.callAppenders(event);
      } catch (RuntimeException e) {
        failure = e;
      }
    }
  }

  private void onStatus(Status status) {
    if (status.getLevel() == Status.ERROR && status.getThrowable() instanceof IOException cause) {
      failure = cause;
    }
  }

  @Override
  public void close() {
    logger.getLoggerContext().getStatusManager().remove(listener);
  }

  @Override
  public String toString() {
    return "logger " + NAME;
  }
}
