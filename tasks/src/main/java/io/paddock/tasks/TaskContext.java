package io.paddock.tasks;

import java.util.function.Consumer;

/** What a handler knows of the attempt it runs, and what it may say. Any thread may call it. */
public final class TaskContext {
  private final String task;
  private final String worker;
  private final int attempt;
  private final TaskSpec spec;
  private final OutputTail output;

  private double fraction;
  private String message;
  private Consumer<StopReason> stopper;
  private StopReason stopped;

  TaskContext(String task, String worker, int attempt, TaskSpec spec, OutputTail output) {
    this.task = task;
    this.worker = worker;
    this.attempt = attempt;
    this.spec = spec;
    this.output = output;
  }

  /** The task's name, {@code task-NNNNNNNNNN}. */
  public String task() {
    return task;
  }

  /** The id of the worker that runs it. */
  public String worker() {
    return worker;
  }

  /** 1 for the first attempt. */
  public int attempt() {
    return attempt;
  }

  /** What is to be done. */
  public TaskSpec spec() {
    return spec;
  }

  /** Prints; the tail of it is kept with the result. */
  public void print(String text) {
    output.append(text);
  }

  /**
   * Says how far it is; shown with the next heartbeat.
   *
   * @param done from 0 to 1
   * @param saying for a person, or null
   */
  public synchronized void progress(double done, String saying) {
    fraction = Math.max(0, Math.min(1, done));
    message = saying;
  }

  /** Whether the attempt is to end early; it is then interrupted, too. */
  public synchronized boolean stopping() {
    return stopped != null;
  }

  OutputTail output() {
    return output;
  }

  synchronized double fraction() {
    return fraction;
  }

  synchronized String message() {
    return message;
  }

  /** Sets who is told to stop; told at once if that was asked already. */
  void onStop(Consumer<StopReason> told) {
    StopReason already;
    synchronized (this) {
      stopper = told;
      already = stopped;
    }
    if (already != null) {
      told.accept(already);
    }
  }

  /** Asks for the end; only the first reason counts. */
  void stop(StopReason reason) {
    Consumer<StopReason> told;
    synchronized (this) {
      if (stopped != null) {
        return;
      }
      stopped = reason;
      told = stopper;
    }
    if (told != null) {
      told.accept(reason);
    }
  }

  synchronized StopReason stopped() {
    return stopped;
  }
}
