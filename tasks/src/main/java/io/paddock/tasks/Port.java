package io.paddock.tasks;

import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.Op;

/** What a {@link Dispatcher} asks of the server. Answers come on the dispatcher's thread. */
interface Port {
  /** What was read of a task; null where there is no such znode. */
  record TaskNodes(ZnodeData task, ZnodeData result, ZnodeData status) {}

  /** How a transaction went: null when it was made, or what refused it. */
  @FunctionalInterface
  interface Answer {
    void refused(AsyncZooKeeper.RefusedMulti refusal);
  }

  /** The time in milliseconds since 1970. */
  long now();

  /** Reads a task. */
  void read(String task, Consumer<TaskNodes> then);

  /** The names below a znode; null when there is none. */
  void children(String path, Consumer<List<String>> then);

  /** Reads a znode; null when there is none. */
  void get(String path, Consumer<ZnodeData> then);

  /**
   * Makes a transaction, if this term still stands. The indices in a refusal are those of {@code
   * ops}. A loss of the connection or of the term is not answered: everything is read anew then.
   */
  void write(List<Op> ops, Answer then);
}
