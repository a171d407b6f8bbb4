package io.paddock.tasks;

/** Why an attempt is stopped before its end. */
enum StopReason {
  /** Its time is up; this is recorded. */
  TIMEOUT(true, true),
  /** Its assignment was taken away; somebody else speaks for the task now. */
  FENCED(true, false),
  /** The worker's session is over; another worker may run the task already. */
  SESSION_LOST(false, false),
  /** The worker stops; the task is handed back. */
  SHUTDOWN(true, false);

  private final boolean gentle;
  private final boolean recorded;

  StopReason(boolean gentle, boolean recorded) {
    this.gentle = gentle;
    this.recorded = recorded;
  }

  /** Whether a process gets time to clean up. */
  boolean gentle() {
    return gentle;
  }

  boolean recorded() {
    return recorded;
  }
}
