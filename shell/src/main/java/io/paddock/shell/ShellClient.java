package io.paddock.shell;

import java.io.IOException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.client.ZKClientConfig;

/** The official client, which can also go away without ending its session. */
@SuppressWarnings("try") // the official client's close() throws InterruptedException
final class ShellClient extends ZooKeeperAdmin {

  ShellClient(
      String server, int timeoutMillis, Watcher watcher, boolean readOnly, ZKClientConfig config)
      throws IOException {
    super(server, timeoutMillis, watcher, readOnly, config);
  }

  /**
   * Drops the connection and leaves the session to its timeout, as zkCli does after a single
   * command: an ephemeral node made by a script outlives it for a while.
   */
  void abandon() {
    cnxn.disconnect();
  }
}
