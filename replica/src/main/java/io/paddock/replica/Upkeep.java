package io.paddock.replica;

import io.paddock.tree.Reaper;
import io.paddock.tree.Tree;
import io.paddock.wire.Op;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What whoever leads does as time passes, alone or in an ensemble: expires sessions, removes empty
 * containers and TTL znodes whose time is over. Soft state: it begins with every session of the
 * tree at its full timeout. One thread.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  /** With a shorter tick than this an ordinary delay of the thread is not taken for a pause. */
  private static final long PAUSE_MS_MIN = 100;

  /** Who proposes what time brings. */
  interface Owner {
    Tree prospective();

    void propose(Submission submission);
  }

  private final ReplicaSettings settings;
  private final Clock clock;
  private final Owner owner;
  private SessionClock sessions;
  private long lastTickMs;
  private long nextReapMs;
  private long expired;

  Upkeep(ReplicaSettings settings, Clock clock, Owner owner) {
    this.settings = settings;
    this.clock = clock;
    this.owner = owner;
    this.sessions = new SessionClock(settings.tickMs());
  }

  void begin(Tree tree) {
    long now = clock.monotonicMs();
    end();
    lastTickMs = now;
    nextReapMs = now + settings.reapIntervalMs();
    tree.forEachSession((id, timeoutMs) -> sessions.touch(id, timeoutMs, now));
  }

  void end() {
    sessions = new SessionClock(settings.tickMs());
  }

  Map<Long, List<Long>> byDeadline() {
    return sessions.byDeadline();
  }

  /** How many sessions have expired. */
  long expired() {
    return expired;
  }

  /** A session's client was heard. */
  void touch(long sessionId, int timeoutMs) {
    if (sessions.knows(sessionId)) {
      sessions.touch(sessionId, timeoutMs, clock.monotonicMs());
    }
  }

  /** A client comes with its session; whether it lives in {@code tree}. */
  boolean renew(long sessionId, int timeoutMs, Tree tree) {
    boolean alive = tree.sessionTimeoutMs(sessionId) >= 0;
    if (alive) {
      sessions.touch(sessionId, timeoutMs, clock.monotonicMs());
    }
    return alive;
  }

  /** A session is about to be created. */
  void opens(long sessionId, int timeoutMs) {
    sessions.touch(sessionId, timeoutMs, clock.monotonicMs());
  }

  /** A session is about to be closed. */
  void closes(long sessionId) {
    sessions.remove(sessionId);
  }

  /** Proposals were lost: sessions that were to be made are not there, those to be closed are. */
  void align(Tree tree) {
    long now = clock.monotonicMs();
    sessions.retain(id -> tree.sessionTimeoutMs(id) >= 0);
    tree.forEachSession(
        (id, timeoutMs) -> {
          if (!sessions.knows(id)) {
            sessions.touch(id, timeoutMs, now);
          }
        });
  }

  /**
   * Whether time went on as usual since the last call. After a pause of the process itself, what
   * clients sent meanwhile is still in the sockets: they are to be heard first.
   */
  boolean isOnTime() {
    long now = clock.monotonicMs();
    boolean paused = now - lastTickMs > Math.max(settings.tickMs(), PAUSE_MS_MIN);
    lastTickMs = now;
    if (paused) {
      LOG.warn("The server stood still for a tick or more; session expiry waits for another round");
    }
    return !paused;
  }

  /** Proposes what is due. */
  void work() {
    long now = clock.monotonicMs();
    for (long sessionId : sessions.expired(now)) {
      LOG.info(
          "Session 0x{} expired: its client was not heard in time", Long.toHexString(sessionId));
      expired++;
      owner.propose(Submission.write(sessionId, 0, new Op.CloseSession(), List.of(), null));
    }
    if (now < nextReapMs) {
      return;
    }
    nextReapMs = now + settings.reapIntervalMs();
    for (String path :
        Reaper.due(
            owner.prospective(), clock.wallMs(), settings.reapsMax(), settings.neverUsedMaxMs())) {
      owner.propose(Submission.write(0, 0, new Op.DeleteContainer(path), List.of(), null));
    }
  }
}
