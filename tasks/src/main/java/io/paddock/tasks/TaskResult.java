package io.paddock.tasks;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in {@code /tasks/<task>/result}: how the attempts ended that have ended.
 *
 * <p>It is also the fence. Ending an attempt writes this znode with a check: the first end creates
 * it, each further one sets it at the version that the assignment named. So of all who want to end
 * the same attempt (its worker, a second worker, the master that thinks the worker dead, a person
 * who cancels) one succeeds.
 *
 * @param status how the task ended; null while it may still be attempted
 * @param attempts the latest attempts, oldest first, at most 16
 * @param attemptsTotal how many have ended
 * @param failures how many of them failed since the task was submitted or redriven
 * @param lost how many of them lost their worker since then
 * @param notBefore the earliest next attempt, in milliseconds since 1970
 */
public record TaskResult(
    String status,
    List<Attempt> attempts,
    int attemptsTotal,
    int failures,
    int lost,
    long notBefore) {

  static final TaskResult NONE = new TaskResult(null, List.of(), 0, 0, 0, 0);

  private static final int ATTEMPTS_KEPT = 16;

  /** Takes a copy of the attempts. */
  public TaskResult {
    attempts = attempts == null ? List.of() : List.copyOf(attempts);
  }

  static TaskResult parse(byte[] data) {
    return JsonText.read(data, TaskResult.class, NONE);
  }

  byte[] bytes() {
    return JsonText.bytes(this);
  }

  /** The attempt that ended last, or null. */
  @JsonIgnore
  public Attempt last() {
    return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
  }

  boolean holds(String run) {
    return attempts.stream().anyMatch(attempt -> run.equals(attempt.run()));
  }

  /**
   * The result after one more attempt: the task is over, or waits for the next.
   *
   * @param draw from 0 to 1, for the jitter of the pause
   */
  TaskResult after(TaskSpec spec, Attempt attempt, double draw) {
    TaskStatus outcome = attempt.status();
    boolean failed = outcome == TaskStatus.FAILED || outcome == TaskStatus.TIMED_OUT;
    int failuresNow = failures + (failed ? 1 : 0);
    boolean again = failed && failuresNow <= spec.retries() && spec.error() == null;
    String end = again ? null : outcome.word();
    long next = again ? attempt.ended() + Backoff.pauseMs(spec.backoffMs(), failuresNow, draw) : 0;
    return new TaskResult(end, with(attempt), attemptsTotal + 1, failuresNow, lost, next);
  }

  /** The result after an attempt whose worker went away: attempted again, but not without end. */
  TaskResult afterLoss(Attempt attempt, TaskLimits limits) {
    String end = lost + 1 >= limits.lostMax() ? TaskStatus.FAILED.word() : null;
    return new TaskResult(end, with(attempt), attemptsTotal + 1, failures, lost + 1, 0);
  }

  /** The result of a task that is to be attempted anew, with its history. */
  TaskResult redriven() {
    return new TaskResult(null, attempts, attemptsTotal, 0, 0, 0);
  }

  private List<Attempt> with(Attempt attempt) {
    List<Attempt> kept = new ArrayList<>();
    int from = Math.max(0, attempts.size() - ATTEMPTS_KEPT + 1);
    for (Attempt old : attempts.subList(from, attempts.size())) {
      kept.add(old.cut());
    }
    kept.add(attempt);
    return kept;
  }
}
