package io.paddock.machine;

import io.netty.channel.EventLoop;
import io.paddock.metrics.CoreMetrics;
import io.paddock.tree.Tree;

/**
 * The core's thread, for those who bring it what a disk or a peer has to say. All of the core's
 * state belongs to it alone.
 */
public interface CoreThread {

  /** Takes what a peer or the disk has brought, in this thread, now. */
  void input(Runnable step);

  /** The same from any thread, or later. */
  void later(Runnable step);

  /** Something failed after which the server must not go on. Any thread. */
  void failed(Throwable cause);

  /** The event loop that is the thread. */
  EventLoop loop();

  /** Stands around whatever any thread of the server does. */
  Guard guard();

  /** The tree as committed. Any thread. */
  Tree tree();

  /** The figures of this thread, for those who run in it; null where none are kept. */
  CoreMetrics figures();
}
