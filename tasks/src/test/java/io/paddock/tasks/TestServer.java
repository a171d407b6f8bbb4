package io.paddock.tasks;

import io.paddock.testkit.EmbeddedServer;
import io.paddock.testkit.FreePorts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A server for a test: Paddock's or Apache's, in-process, on a free port. */
interface TestServer extends AutoCloseable {
  /** The ticks are short, so that sessions may be. */
  int TICK_MS = 100;

  /** So that a busy machine takes no session away whose end no test is about. */
  int SESSION_MS_MAX = 60_000;

  String connectString();

  /** Stops and starts on the same port and folder. */
  void restart();

  @Override
  void close();

  /** Which server. */
  enum Kind {
    PADDOCK {
      @Override
      TestServer start() {
        return new OfPaddock();
      }
    },
    APACHE {
      @Override
      TestServer start() {
        return new OfApache();
      }
    };

    abstract TestServer start();
  }

  /** Ours. */
  final class OfPaddock implements TestServer {
    private final EmbeddedServer server =
        EmbeddedServer.builder()
            .port(FreePorts.one())
            .tickTimeMs(TICK_MS)
            .set("maxSessionTimeout", Integer.toString(SESSION_MS_MAX))
            .set("maxClientCnxns", "0")
            .start();

    @Override
    public String connectString() {
      return server.connectString();
    }

    @Override
    public void restart() {
      server.restart();
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** Apache's. */
  final class OfApache implements TestServer {
    private final Path folder;
    private ZooKeeperServer server;
    private final int port = FreePorts.one();
    private NIOServerCnxnFactory factory;

    OfApache() {
      try {
        folder = Files.createTempDirectory("apache-");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      start();
    }

    private void start() {
      try {
        File data = folder.toFile();
        server = new ZooKeeperServer(data, data, TICK_MS);
        server.setMaxSessionTimeout(SESSION_MS_MAX);
        // Apache's may come back from its shutdown before the port is free.
        Await.until("port " + port + " is free", this::bind);
        factory.startup(server);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    private boolean bind() throws IOException {
      factory = new NIOServerCnxnFactory();
      factory.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      return true;
    }

    @Override
    public String connectString() {
      return "127.0.0.1:" + port;
    }

    @Override
    public void restart() {
      factory.shutdown();
      start();
    }

    @Override
    public void close() {
      factory.shutdown();
      TestFiles.delete(folder);
    }
  }
}
