package io.paddock.tasks;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;

/** Requests whose caller waits for the answer; repeated while the connection is away. */
final class RetryingRequests {
  private final CuratorFramework curator;

  RetryingRequests(CuratorFramework curator) {
    this.curator = curator;
  }

  /** The session of now; waits for one while there is none. */
  AsyncZooKeeper session() {
    RetryDelay delay = new RetryDelay();
    while (true) {
      try {
        return new AsyncZooKeeper(EnsembleConnection.handle(curator));
      } catch (KeeperException e) {
        delay.pause(e);
      }
    }
  }

  /** The answer to a question, asked until there is one. */
  <T> T ask(Function<AsyncZooKeeper, CompletableFuture<T>> question) {
    RetryDelay delay = new RetryDelay();
    while (true) {
      try {
        return AsyncZooKeeper.await(question.apply(session()));
      } catch (KeeperException.ConnectionLossException
          | KeeperException.SessionExpiredException e) {
        delay.pause(e);
      } catch (KeeperException e) {
        throw failed(e);
      }
    }
  }

  ZnodeData get(String path) {
    return ask(session -> session.get(path));
  }

  static TasksException failed(KeeperException e) {
    return new TasksException(ExitCode.FAILED, "the server refused: " + e.getMessage(), e);
  }
}
