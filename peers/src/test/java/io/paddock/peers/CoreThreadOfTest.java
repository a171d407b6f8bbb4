package io.paddock.peers;

import io.netty.channel.EventLoop;
import io.paddock.machine.CoreThread;
import io.paddock.machine.Guard;
import io.paddock.metrics.CoreMetrics;
import io.paddock.tree.Tree;
import java.util.function.Consumer;

/** An event loop with a guard and nothing in it. */
record CoreThreadOfTest(EventLoop loop, Guard guard) implements CoreThread {

  CoreThreadOfTest(EventLoop loop, Consumer<Throwable> halt) {
    this(loop, new Guard(halt));
  }

  @Override
  public void input(Runnable step) {
    guard.run(step);
  }

  @Override
  public void later(Runnable step) {
    loop.execute(guard.of(step));
  }

  @Override
  public void failed(Throwable cause) {
    guard.halt(cause);
  }

  @Override
  public Tree tree() {
    throw new IllegalStateException("no tree here");
  }

  @Override
  public CoreMetrics figures() {
    return null;
  }
}
