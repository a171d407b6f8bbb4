package io.paddock.server;

import io.paddock.config.AuditConfig;
import io.paddock.config.CauseWords;
import io.paddock.config.ConfigException;
import io.paddock.frontend.AuditEvent;
import io.paddock.frontend.AuditTrail;
import io.paddock.machine.AuditFile;
import io.paddock.machine.AuditThread;
import io.paddock.machine.Guard;
import io.paddock.machine.StartException;
import io.paddock.metrics.ServerMetrics;
import io.paddock.replica.FeedItem;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log of one server, from its start to its end. It goes where logback.xml sends the
 * logger of Apache's name, if that has an appender there; else to a file of its own.
 */
final class ServerAudit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerAudit.class);

  private final AuditTrail trail;
  private final AuditThread thread;
  private final String serverUser;
  private volatile boolean started;

  private ServerAudit(AuditThread thread, String serverUser) {
    this.thread = thread;
    this.serverUser = serverUser;
    this.trail = new AuditTrail(serverUser);
  }

  /**
   * Opens the log; null where none is wanted.
   *
   * @throws StartException when it cannot be written: whoever wants one is not served without
   */
  static ServerAudit open(AuditConfig config, ServerMetrics metrics, Guard guard)
      throws StartException {
    if (!config.enabled()) {
      return null;
    }
    AuditThread.Target target = target(config);
    LOG.info("ZooKeeper audit is enabled: {}", target);
    long queueBytesMax =
        Math.min(AuditThread.QUEUE_BYTES_MAX, Runtime.getRuntime().maxMemory() / 32);
    AuditThread thread =
        new AuditThread(target, config.serverUser(), queueBytesMax, metrics, guard);
    thread.start();
    return new ServerAudit(thread, config.serverUser());
  }

  private static AuditThread.Target target(AuditConfig config) throws StartException {
    Optional<AuditThread.Target> logger = LogbackAudit.ifConfigured();
    if (logger.isPresent()) {
      return logger.get();
    }
    try {
      return new AuditFile(config.file(), config.fileBytesMax(), config.filesMax());
    } catch (IOException e) {
      throw new StartException(
          "The audit log "
              + config.file().toAbsolutePath()
              + " cannot be opened: "
              + CauseWords.of(e)
              + "; let "
              + AuditConfig.FILE_KEY
              + " name a file that can, or set audit.enable=false",
          ConfigException.EXIT_UNEXPECTED,
          e);
    }
  }

  /** An item of the feed, in its order. Called in the core's loop; never waits. */
  void follow(FeedItem item) {
    trail.tell(item, thread::offer);
  }

  /** Whether clients should wait for the log. Any thread. */
  boolean isBehind() {
    return thread.isBehind();
  }

  /** The server serves. */
  void started() {
    started = true;
    tell("serverStart", AuditEvent.Outcome.SUCCESS);
  }

  /** The server stops, or could not start. */
  @Override
  public void close() {
    if (started) {
      tell("serverStop", AuditEvent.Outcome.INVOKED);
    } else {
      tell("serverStart", AuditEvent.Outcome.FAILURE);
    }
    thread.close();
  }

  private void tell(String operation, AuditEvent.Outcome outcome) {
    thread.offer(AuditEvent.ofServer(serverUser, operation, outcome));
  }
}
