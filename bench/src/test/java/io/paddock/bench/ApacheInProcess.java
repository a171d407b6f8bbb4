package io.paddock.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** Apache's server inside the test's JVM, on a free port. */
final class ApacheInProcess implements AutoCloseable {
  private final ServerCnxnFactory connections;

  ApacheInProcess(Path folder) throws Exception {
    ZooKeeperServer server = new ZooKeeperServer(folder.toFile(), folder.toFile(), 2000);
    server.setMaxSessionTimeout(600_000);
    connections = new NIOServerCnxnFactory();
    connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    connections.startup(server);
  }

  Endpoint endpoint() {
    return Endpoint.plain(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), connections.getLocalPort()));
  }

  @Override
  public void close() {
    connections.shutdown();
  }
}
