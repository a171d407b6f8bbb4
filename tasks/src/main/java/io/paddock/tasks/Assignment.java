package io.paddock.tasks;

/**
 * What stands in {@code /assign/<worker>/<task>}. A person's assignment holds nothing of it, and
 * the worker then looks for itself.
 *
 * @param attempt the number of the attempt, from 1; 0 when not said
 * @param fence the version at which the attempt's end may write the result; -1 to create it
 * @param epoch the term of the master who assigned it
 */
record Assignment(int attempt, int fence, int epoch) {
  static final Assignment UNSAID = new Assignment(0, 0, 0);

  static Assignment parse(byte[] data) {
    return JsonText.read(data, Assignment.class, UNSAID);
  }

  byte[] bytes() {
    return JsonText.bytes(this);
  }

  boolean said() {
    return attempt > 0;
  }
}
