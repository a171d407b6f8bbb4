package io.paddock.tasks;

/**
 * What the master keeps of a task in memory; little, because there may be many.
 *
 * <p>The state diagram is in docs/tasks.md. For the master's thread only.
 */
final class TaskEntry {
  /** Where a task is, as far as the master knows. */
  enum State {
    /** Being read. */
    UNKNOWN,
    /** May be assigned, now or from its not-before time on. */
    WAITING,
    /** The assignment is on its way to the server. */
    ASSIGNING,
    /** A worker has it. */
    ASSIGNED,
    /** Its attempt is being ended by the master, because the worker is gone. */
    ENDING,
    /** It has a status. */
    FINISHED
  }

  private final String name;
  private State state = State.UNKNOWN;
  private Demand demand;
  private String key;
  private int priority;
  private long since;
  private long notBefore;
  private long zxid;
  private int fence = -1;
  private int attempts;
  private String worker;
  private long finished;
  private boolean dead;

  TaskEntry(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  State state() {
    return state;
  }

  void state(State value) {
    state = value;
  }

  Demand demand() {
    return demand;
  }

  String key() {
    return key;
  }

  long notBefore() {
    return notBefore;
  }

  /** The version at which the next end of an attempt writes the result. */
  int fence() {
    return fence;
  }

  /** How many attempts have ended. */
  int attempts() {
    return attempts;
  }

  /** Who has it; null when nobody. */
  String worker() {
    return worker;
  }

  void worker(String value) {
    worker = value;
  }

  /** When it ended, in milliseconds since 1970. */
  long finished() {
    return finished;
  }

  boolean dead() {
    return dead;
  }

  /** Takes over what its znode says. The demand is shared among tasks that ask for the same. */
  void describe(ZnodeData node, TaskSpec spec, Demand shared) {
    demand = shared;
    key = spec.key();
    priority = spec.priority();
    since = Math.max(spec.submittedAt(node.stat().getCtime()), spec.notBefore());
    notBefore = spec.notBefore();
    zxid = node.stat().getCzxid();
  }

  /** Takes over what its result says; null for none. */
  void history(ZnodeData node) {
    if (node == null) {
      fence = -1;
      attempts = 0;
    } else {
      TaskResult result = TaskResult.parse(node.data());
      fence = node.stat().getVersion();
      attempts = result.attemptsTotal();
      notBefore = Math.max(notBefore, result.notBefore());
    }
  }

  /** Takes over how it ended. */
  void finish(ZnodeData status) {
    state = State.FINISHED;
    finished = status.stat().getMtime();
    dead = TaskStatus.of(text(status.data())).dead();
  }

  private static String text(byte[] data) {
    return data == null ? "" : new String(data, java.nio.charset.StandardCharsets.UTF_8);
  }

  /**
   * Where it is in the queue: less is sooner. A step of priority counts as much as a minute of
   * waiting, so whoever waits long enough overtakes, and nobody starves.
   */
  long rank(long stepMs) {
    return since - priority * stepMs;
  }

  long zxid() {
    return zxid;
  }
}
