package io.paddock.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One run of a task by one worker, as it ended.
 *
 * @param number 1 for the first
 * @param worker who ran it
 * @param run a name that no other run has
 * @param started when, in milliseconds since 1970; 0 when not known
 * @param ended when, in milliseconds since 1970
 * @param outcome the word of a {@link TaskStatus}
 * @param exitCode of the process; null when there was none or it was killed
 * @param message why, for a person, or null
 * @param output the tail of what it printed
 * @param outputBytes how much it printed in all
 */
public record Attempt(
    int number,
    String worker,
    String run,
    long started,
    long ended,
    String outcome,
    @JsonInclude(JsonInclude.Include.NON_NULL) Integer exitCode,
    String message,
    String output,
    long outputBytes) {

  private static final int OLD_OUTPUT_CHARS = 2_000;

  /** What a later attempt leaves of it: the end of its output is enough then. */
  Attempt cut() {
    if (output == null || output.length() <= OLD_OUTPUT_CHARS) {
      return this;
    }
    String tail = output.substring(output.length() - OLD_OUTPUT_CHARS);
    return new Attempt(
        number, worker, run, started, ended, outcome, exitCode, message, tail, outputBytes);
  }

  TaskStatus status() {
    return TaskStatus.of(outcome);
  }
}
