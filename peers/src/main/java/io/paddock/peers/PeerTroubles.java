package io.paddock.peers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * What goes wrong between a member and its peers, told so that a person reads it: each cause once,
 * again as a summary when it lasts, and one line when it is mended. A trouble that comes and goes
 * is told at most once a minute. Used by the core's thread.
 */
final class PeerTroubles {
  /** How long a cause that lasts stays unsaid. */
  static final long SUMMARY_MS = 300_000;

  /** How long something has to be well before its next trouble is news. */
  static final long STEADY_MS = 60_000;

  /** UnidentifiedChannels are many; those longest unheard of are forgotten. */
  private static final int SUBJECTS_MAX = 256;

  /** So many different things are told of one subject; garbage is never the same twice. */
  private static final int CAUSES_MAX = 8;

  private final Logger log;
  private final LongSupplier clockMs;
  private final Map<String, Trouble> troubles = new LinkedHashMap<>(16, 0.75f, true);

  /** One thing that does not work, or did not. */
  private static final class Trouble {
    /** By cause: when it was told, and how often it has happened since. */
    final Map<String, Told> told = new LinkedHashMap<>();

    String cause;
    long sinceMs;
    boolean lasts;
    boolean unsaid;
    long mendedMs = Long.MIN_VALUE / 2;
  }

  private static final class Told {
    long atMs;
    int times;
  }

  /**
   * @param clockMs monotonic milliseconds
   */
  PeerTroubles(Logger log, LongSupplier clockMs) {
    this.log = log;
    this.clockMs = clockMs;
  }

  /**
   * Something has failed.
   *
   * @param subject what: a key, the same each time
   * @param name what, as the user is told
   * @param cause in two or three words, the same each time
   * @param remedy the cause in full, and what to do
   */
  void failed(String subject, String name, String cause, String remedy) {
    failed(subject, name, cause, remedy, 0);
  }

  /**
   * The same, untold before it has lasted for a time in which it may be ordinary, such as while all
   * servers start.
   */
  void failed(String subject, String name, String cause, String remedy, long ordinaryMs) {
    long now = clockMs.getAsLong();
    Trouble trouble = troubles.computeIfAbsent(subject, key -> new Trouble());
    forgetOldest();
    if (!trouble.lasts) {
      trouble.lasts = true;
      trouble.sinceMs = now;
      if (now - trouble.mendedMs >= STEADY_MS) {
        trouble.told.clear();
      }
      trouble.unsaid = true;
    }
    trouble.cause = cause;
    Told told = trouble.told.get(cause);
    boolean enough = trouble.told.size() >= CAUSES_MAX;
    if (told == null && (enough || now - trouble.sinceMs < ordinaryMs)) {
      return;
    }
    if (told == null) {
      told = new Told();
      told.atMs = now;
      trouble.told.put(cause, told);
      trouble.unsaid = false;
      log.warn("{}: {}", name, remedy);
    } else if (now - told.atMs >= SUMMARY_MS) {
      log.warn(
          "{}: {} (still so, {} times in the last {})",
          name,
          remedy,
          told.times + 1,
          duration(now - told.atMs));
      told.atMs = now;
      told.times = 0;
      trouble.unsaid = false;
    } else {
      told.times++;
    }
  }

  /** It works; told if that it did not was. */
  void mended(String subject, String line) {
    Trouble trouble = troubles.get(subject);
    if (trouble == null || !trouble.lasts) {
      return;
    }
    long now = clockMs.getAsLong();
    trouble.lasts = false;
    if (!trouble.unsaid) {
      log.info("{}, after {} ({})", line, duration(now - trouble.sinceMs), trouble.cause);
    }
    trouble.mendedMs = now;
  }

  /** In two or three words, why this does not work; null when it does. */
  String cause(String subject) {
    Trouble trouble = troubles.get(subject);
    return trouble == null || !trouble.lasts ? null : trouble.cause;
  }

  private void forgetOldest() {
    if (troubles.size() > SUBJECTS_MAX) {
      troubles.remove(troubles.keySet().iterator().next());
    }
  }

  /** As in {@code 45 s}, {@code 3 min}, {@code 2 h}. */
  static String duration(long ms) {
    long seconds = ms / 1000;
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }
}
