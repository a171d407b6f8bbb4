package io.paddock.tasks;

/**
 * What stands in {@code /tasks/<task>/progress}: the worker's heartbeat for an attempt that runs.
 *
 * @param attempt its number
 * @param worker who runs it
 * @param started when, in milliseconds since 1970
 * @param at the time of this heartbeat, in milliseconds since 1970
 * @param fraction how far it says it is, 0 to 1
 * @param message what it says of itself, or null
 * @param output the tail of what it printed, or null
 * @param outputBytes how much it printed in all
 */
public record Progress(
    int attempt,
    String worker,
    long started,
    long at,
    double fraction,
    String message,
    String output,
    long outputBytes) {

  static Progress parse(byte[] data) {
    return JsonText.read(data, Progress.class, null);
  }
}
