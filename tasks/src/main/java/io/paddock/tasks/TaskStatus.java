package io.paddock.tasks;

import java.util.Locale;

/** How a task or an attempt ended; {@link #word} is what stands in {@code /tasks/<task>/status}. */
public enum TaskStatus {
  /** The command exited with 0, or the handler returned. */
  DONE("done"),
  /** It ended otherwise. */
  FAILED("failed"),
  /** It was stopped because its time was up. */
  TIMED_OUT("timed out"),
  /** Somebody asked for it to end. */
  CANCELLED("cancelled"),
  /** Of an attempt only: its worker went away, so how it ended is not known. */
  LOST("lost");

  private final String word;

  TaskStatus(String word) {
    this.word = word;
  }

  /** The word in the tree. */
  public String word() {
    return word;
  }

  /** Whether a task that ended so is in the dead-letter list. */
  boolean dead() {
    return this == FAILED || this == TIMED_OUT || this == LOST;
  }

  /**
   * What a word means. Blanks around it and its case do not matter, as people write it too; a word
   * that is none of ours is a person's, and means that the task is done.
   */
  static TaskStatus of(String word) {
    String trimmed = word.strip().toLowerCase(Locale.ROOT);
    for (TaskStatus status : values()) {
      if (status.word.equals(trimmed)) {
        return status;
      }
    }
    return DONE;
  }
}
