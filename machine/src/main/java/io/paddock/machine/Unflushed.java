package io.paddock.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The connections that have something to send when their loop has done with what is at hand. Each
 * is added once; while they are flushed they gather anew. Used by one loop.
 *
 * @param <C> a connection
 */
public final class Unflushed<C> {
  private List<C> gathering = new ArrayList<>();
  private List<C> flushing = new ArrayList<>();

  public boolean isEmpty() {
    return gathering.isEmpty();
  }

  /** The one that was added last; there must be one. */
  public C last() {
    return gathering.get(gathering.size() - 1);
  }

  public void add(C connection) {
    gathering.add(connection);
  }

  /** Flushes all in the order in which they were added. */
  public void flush(Consumer<C> flush) {
    List<C> batch = gathering;
    gathering = flushing;
    flushing = batch;
    // By number: a flush within this one adds to the very list.
    for (int i = 0; i < batch.size(); i++) {
      flush.accept(batch.get(i));
    }
    batch.clear();
  }
}
