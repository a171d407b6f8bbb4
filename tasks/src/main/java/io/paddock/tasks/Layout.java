package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Where everything of the task system is in the tree.
 *
 * <p>The classic part, which a person may play by hand: {@code /master}, {@code /workers/<id>},
 * {@code /assign/<id>/<task>}, {@code /tasks/<task>} with {@code status}, {@code result} and {@code
 * progress} below it. What only programs need is below {@code /paddock}.
 */
final class Layout {
  static final String MASTER = "/master";
  static final String WORKERS = "/workers";
  static final String ASSIGN = "/assign";
  static final String TASKS = "/tasks";

  /** What the sequence number is appended to. */
  static final String TASK_PREFIX = TASKS + "/task-";

  static final String OWN = "/paddock";

  /** Its version is the number of the master's term; every write of a master checks it. */
  static final String EPOCH = OWN + "/epoch";

  /** One znode for each task that failed for good. */
  static final String DEAD = OWN + "/dead";

  /** Idempotency keys by the first byte of their hash. */
  static final String KEYS = OWN + "/keys";

  /** Tasks that do not fit into {@code /tasks} yet, in buckets. */
  static final String BACKLOG = OWN + "/backlog";

  /** What {@link TaskLimits} a submitter keeps to, as JSON; absent for the defaults. */
  static final String LIMITS = OWN + "/limits";

  /** The persistent parents, in the order in which they are created. */
  static final List<String> PARENTS =
      List.of(WORKERS, ASSIGN, TASKS, OWN, EPOCH, DEAD, KEYS, BACKLOG);

  private Layout() {}

  static String task(String task) {
    return TASKS + "/" + task;
  }

  static String status(String task) {
    return TASKS + "/" + task + "/status";
  }

  static String result(String task) {
    return TASKS + "/" + task + "/result";
  }

  static String progress(String task) {
    return TASKS + "/" + task + "/progress";
  }

  static String worker(String id) {
    return WORKERS + "/" + id;
  }

  static String assignments(String worker) {
    return ASSIGN + "/" + worker;
  }

  static String assignment(String worker, String task) {
    return ASSIGN + "/" + worker + "/" + task;
  }

  static String dead(String task) {
    return DEAD + "/" + task;
  }

  static String keyBucket(String key) {
    return KEYS + "/" + hash(key).substring(0, 2);
  }

  /** The znode of an idempotency key; hashed, because a key may hold any character. */
  static String key(String key) {
    return keyBucket(key) + "/" + hash(key);
  }

  /** The last element of a path. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String hash(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
