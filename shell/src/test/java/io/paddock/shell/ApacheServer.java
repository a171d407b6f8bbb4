package io.paddock.shell;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** An Apache ZooKeeper server in this JVM, on a free port of the loopback. */
final class ApacheServer implements AutoCloseable {
  static {
    // Read by Apache's classes when they are loaded, hence here and once.
    System.setProperty("zookeeper.extendedTypesEnabled", "true");
    System.setProperty("zookeeper.enforceQuota", "true");
    System.setProperty("zookeeper.admin.enableServer", "false");
    System.setProperty(
        "zookeeper.DigestAuthenticationProvider.superDigest", "super:0bX78nEegDzJM3ju0iLBEJdWzjg=");
  }

  private final ZooKeeperServer server;
  private final NIOServerCnxnFactory connections = new NIOServerCnxnFactory();

  ApacheServer(Path folder) throws IOException, InterruptedException {
    server = new ZooKeeperServer(folder.toFile(), folder.toFile(), 2000);
    connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    connections.startup(server);
  }

  String connectString() {
    return "localhost:" + connections.getLocalPort();
  }

  /** Ends a session as if its client had not been heard of for too long. */
  void expire(long sessionId) {
    server.closeSession(sessionId);
  }

  @Override
  public void close() {
    connections.shutdown();
    server.shutdown();
  }
}
