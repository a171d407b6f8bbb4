package io.paddock.tasks;

/** Why an attempt is stopped before its end. */
enum StopReason {
  /** Its time is up; this is recorded. */
  TIMEOUT("its time is up", true, true),
  /** Its assignment was taken away; somebody else speaks for the task now. */
  FENCED("it was taken away", true, false),
  /** The worker's session is over; another worker may run the task already. */
  SESSION_LOST("the session is lost", false, false),
  /** The worker stops; the task is handed back. */
  SHUTDOWN("the worker stops", true, false);

  private final String said;
  private final boolean gentle;
  private final boolean recorded;

  StopReason(String said, boolean gentle, boolean recorded) {
    this.said = said;
    this.gentle = gentle;
    this.recorded = recorded;
  }

  /** For a person. */
  String said() {
    return said;
  }

  /** Whether a process gets time to clean up. */
  boolean gentle() {
    return gentle;
  }

  boolean recorded() {
    return recorded;
  }
}
