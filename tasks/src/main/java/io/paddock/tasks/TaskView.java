package io.paddock.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * A task as read at one time.
 *
 * @param task its name
 * @param state its status word; {@code waiting}, {@code delayed} or {@code running} before
 * @param worker who has it, or had it last; null for nobody
 * @param attempts how many attempts have ended
 * @param created when it was submitted, in milliseconds since 1970
 * @param notBefore the earliest next attempt, in milliseconds since 1970; 0 for at once
 * @param spec what it is to do
 * @param result how its attempts ended; null when none has
 * @param progress the heartbeat of the attempt that runs; null when there is none
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // a script wants its zeros
public record TaskView(
    String task,
    String state,
    String worker,
    int attempts,
    long created,
    long notBefore,
    TaskSpec spec,
    TaskResult result,
    Progress progress) {

  static final String WAITING = "waiting";
  static final String DELAYED = "delayed";
  static final String RUNNING = "running";

  /** Every state, in the order of a task's life. */
  static final List<String> STATES =
      List.of(
          WAITING,
          DELAYED,
          RUNNING,
          TaskStatus.DONE.word(),
          TaskStatus.FAILED.word(),
          TaskStatus.TIMED_OUT.word(),
          TaskStatus.CANCELLED.word());

  /** Whether it has ended. */
  public boolean over() {
    return !state.equals(WAITING) && !state.equals(DELAYED) && !state.equals(RUNNING);
  }

  static TaskView of(
      String task,
      ZnodeData node,
      ZnodeData status,
      ZnodeData result,
      ZnodeData progress,
      String worker,
      long now) {
    TaskSpec spec = TaskSpec.parse(node.data());
    TaskResult ended = result == null ? null : TaskResult.parse(result.data());
    long notBefore = Math.max(spec.notBefore(), ended == null ? 0 : ended.notBefore());
    String state = state(status, worker, notBefore > now);
    Attempt last = ended == null ? null : ended.last();
    return new TaskView(
        task,
        state,
        worker == null && last != null ? last.worker() : worker,
        ended == null ? 0 : ended.attemptsTotal(),
        spec.submittedAt(node.stat().getCtime()),
        notBefore,
        spec,
        ended,
        progress == null ? null : Progress.parse(progress.data()));
  }

  private static String state(ZnodeData status, String worker, boolean delayed) {
    if (status != null) {
      byte[] word = status.data() == null ? new byte[0] : status.data();
      return new String(word, java.nio.charset.StandardCharsets.UTF_8).strip();
    }
    if (worker != null) {
      return RUNNING;
    }
    return delayed ? DELAYED : WAITING;
  }
}
