package io.paddock.tasks;

/**
 * Runs tasks of one type inside a worker's process. One handler may be run by several slots at
 * once.
 *
 * <pre>
 *   Worker worker =
 *       Worker.builder("localhost:2181")
 *           .slots(8)
 *           .handler("resize", task -&gt; {
 *             resize(task.spec().payload());
 *             return TaskOutcome.done("resized");
 *           })
 *           .start();
 * </pre>
 *
 * <p>A task may run more than once, when a worker dies or is cut off, so a handler must bear it. A
 * handler that is to stop early is interrupted; what it does afterwards is not recorded.
 */
@FunctionalInterface
public interface TaskHandler {
  /**
   * Runs one attempt.
   *
   * @return how it ended; null for done
   * @throws Exception whatever fails it; the message is recorded, and the task is retried if it has
   *     retries left
   */
  TaskOutcome handle(TaskContext task) throws Exception;
}
