package io.paddock.machine;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * What stands around everything that a thread of the server does: whatever is thrown there ends the
 * server through its one hook. An event loop or a pool would log it and go on with half of the work
 * undone, and a schedule would end without a word. Any thread.
 */
public final class Guard implements Thread.UncaughtExceptionHandler {
  private final Consumer<Throwable> halt;

  /**
   * @param halt the hook; called for each failure, of which it takes the first
   */
  public Guard(Consumer<Throwable> halt) {
    this.halt = halt;
  }

  /** The task, guarded. */
  public Runnable of(Runnable task) {
    return () -> run(task);
  }

  public void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      halt.accept(e);
    }
  }

  /** Something was thrown, and nobody can tell what it has left undone. */
  public void halt(Throwable cause) {
    halt.accept(cause);
  }

  /** A daemon thread under this guard. */
  public Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler(this);
    return thread;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable cause) {
    halt.accept(cause);
  }

  /**
   * Whether what Netty met on one connection, outside of any code of ours, concerns that connection
   * only: it broke, or there was no direct memory for what it would send or receive.
   */
  public static boolean isOfOneConnection(Throwable cause) {
    return cause instanceof IOException
        || cause instanceof RuntimeException
        || isOutOfDirectMemory(cause);
  }

  /** Netty's own count of direct memory, or the virtual machine's, has come to its end. */
  public static boolean isOutOfDirectMemory(Throwable cause) {
    return cause instanceof OutOfMemoryError
        && cause.getMessage() != null
        && cause.getMessage().contains("direct");
  }
}
