package io.paddock.tasks;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * One ZooKeeper session, with requests as futures so that many can be under way.
 *
 * <p>It never turns into another session: once expired, everything fails. That is what makes a
 * write of somebody who has lost his session impossible. Futures fail with {@link KeeperException};
 * they complete on the client's event thread, in request order.
 */
final class AsyncZooKeeper {
  private final ZooKeeper zk;

  AsyncZooKeeper(ZooKeeper zk) {
    this.zk = zk;
  }

  ZooKeeper zk() {
    return zk;
  }

  long id() {
    return zk.getSessionId();
  }

  /** The znode, or null when there is none. */
  CompletableFuture<ZnodeData> get(String path) {
    CompletableFuture<ZnodeData> future = new CompletableFuture<>();
    AsyncCallback.DataCallback done =
        (rc, p, context, data, stat) ->
            settle(future, rc, p, rc == 0 ? new ZnodeData(data, stat) : null);
    zk.getData(path, false, done, null);
    return future;
  }

  /** The names of the children, or null when there is no such znode. */
  CompletableFuture<List<String>> children(String path) {
    CompletableFuture<List<String>> future = new CompletableFuture<>();
    AsyncCallback.Children2Callback done =
        (rc, p, context, names, stat) -> settle(future, rc, p, names);
    zk.getChildren(path, false, done, null);
    return future;
  }

  /** The stat, or null when there is no such znode. */
  CompletableFuture<Stat> exists(String path) {
    CompletableFuture<Stat> future = new CompletableFuture<>();
    AsyncCallback.StatCallback done = (rc, p, context, stat) -> settle(future, rc, p, stat);
    zk.exists(path, false, done, null);
    return future;
  }

  /** All of the operations or none; a refusal's {@code getResults} tells which was refused. */
  CompletableFuture<List<OpResult>> multi(List<Op> ops) {
    CompletableFuture<List<OpResult>> future = new CompletableFuture<>();
    AsyncCallback.MultiCallback done =
        (rc, p, context, results) -> {
          if (rc == 0) {
            future.complete(results);
          } else {
            future.completeExceptionally(new RefusedMulti(Code.get(rc), results));
          }
        };
    zk.multi(ops, done, null);
    return future;
  }

  private static <T> void settle(CompletableFuture<T> future, int rc, String path, T value) {
    Code code = Code.get(rc);
    if (code == Code.OK) {
      future.complete(value);
    } else if (code == Code.NONODE) {
      future.complete(null);
    } else {
      future.completeExceptionally(KeeperException.create(code, path));
    }
  }

  /** The value, once it is there; a failure as the {@link KeeperException} it is. */
  static <T> T await(CompletableFuture<T> future) throws KeeperException {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KeeperException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** What refused a multi: the code, and which operation it was. */
  static final class RefusedMulti extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final int index;

    RefusedMulti(Code code, List<OpResult> results) {
      this(code, firstRefused(results));
    }

    private RefusedMulti(Code code, int index) {
      super(code.toString(), null, false, false);
      this.code = code;
      this.index = index;
    }

    /** The same as seen by somebody who does not know of the first operations. */
    RefusedMulti without(int first) {
      return new RefusedMulti(code, index - first);
    }

    Code code() {
      return code;
    }

    /** The place of the refused operation; -1 when the whole request failed. */
    int index() {
      return index;
    }

    private static int firstRefused(List<OpResult> results) {
      if (results == null) {
        return -1;
      }
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i) instanceof OpResult.ErrorResult error
            && error.getErr() != Code.OK.intValue()
            && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
          return i;
        }
      }
      return -1;
    }
  }
}
