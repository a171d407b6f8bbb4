package io.paddock.oracle;

import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.zookeeper.server.ContainerManager;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.RequestProcessor;
import org.apache.zookeeper.server.ServerMetrics;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.admin.AdminServer.AdminServerException;
import org.apache.zookeeper.server.admin.JettyAdminServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.util.ServiceUtils;

/**
 * Apache ZooKeeper's standalone server inside this process. Settings that Apache freezes when its
 * classes load can only have their standard values here; {@link #start} takes a child process for
 * others.
 */
final class ApacheServer implements ServerUnderTest {

  /** Settings read anew by each server, or passed to its constructor. */
  private static final Set<String> PER_SERVER =
      Set.of(
          "tickTime",
          "minSessionTimeout",
          "maxSessionTimeout",
          "maxClientCnxns",
          "snapCount",
          "znode.container.checkIntervalMs",
          "admin.enableServer",
          "admin.serverAddress",
          "admin.serverPort",
          "admin.rateLimiterIntervalInMS");

  private final Path temporary;
  private final NIOServerCnxnFactory factory;
  private final Opened server;
  private final ContainerManager reaper;
  private final JettyAdminServer admin;
  private final int adminPort;

  static ServerUnderTest start(ServerSpec spec) {
    Map<String, String> frozen = new TreeMap<>(spec.settings());
    frozen.keySet().removeAll(PER_SERVER);
    Map<String, String> usual = new TreeMap<>(ServerSpec.STANDARD);
    usual.keySet().removeAll(PER_SERVER);
    return frozen.equals(usual) && hasStandardClasses()
        ? inThisProcess(spec)
        : ServerProcess.start("apache", spec);
  }

  /**
   * Whether Apache's classes have the standard settings in this process: they have not when a test
   * with a server of its own has loaded them before.
   */
  private static boolean hasStandardClasses() {
    synchronized (ApacheServer.class) {
      set(ServerSpec.STANDARD);
      return ZooKeeperServer.enforceQuota;
    }
  }

  private static void set(Map<String, String> settings) {
    settings.forEach((key, value) -> System.setProperty(property(key), value));
  }

  static ApacheServer inThisProcess(ServerSpec spec) {
    synchronized (ApacheServer.class) {
      set(spec.settings());
      if (!spec.settings().containsKey("snapCount")) {
        System.clearProperty("zookeeper.snapCount");
      }
      System.setProperty("zookeeper.admin.enableServer", "false");
      ServiceUtils.setSystemExitProcedure(ServiceUtils.LOG_ONLY);
      try {
        return new ApacheServer(spec);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Apache's rule: a few properties stand alone, all others have the prefix. */
  static String property(String key) {
    boolean bare = key.startsWith("znode.container.") || key.equals("jute.maxbuffer");
    return bare ? key : "zookeeper." + key;
  }

  /** How often Apache's servers in this process found another digest than the one written down. */
  static long digestMismatches() {
    return ServerMetrics.getMetrics().DIGEST_MISMATCHES_COUNT.get();
  }

  private ApacheServer(ServerSpec spec) throws IOException, InterruptedException {
    temporary = spec.dataDir() == null ? Files.createTempDirectory("apache") : null;
    Path dir = spec.dataDir() == null ? temporary : spec.dataDir();
    FileTxnSnapLog files = new FileTxnSnapLog(dir.toFile(), dir.toFile());
    server =
        new Opened(
            files,
            spec.number("tickTime", 3000),
            spec.number("minSessionTimeout", -1),
            spec.number("maxSessionTimeout", -1));
    factory = new NIOServerCnxnFactory();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    factory.configure(anyPort, spec.number("maxClientCnxns", 60), -1, false);
    factory.startup(server);
    int interval = spec.number("znode.container.checkIntervalMs", 0);
    reaper = interval > 0 ? server.reaper(interval) : null;
    boolean withAdmin = spec.get("admin.enableServer", "false").equals("true");
    adminPort = withAdmin ? FreePorts.one() : -1;
    admin = withAdmin ? admin() : null;
  }

  private JettyAdminServer admin() throws IOException {
    try {
      JettyAdminServer http =
          new JettyAdminServer(
              "127.0.0.1", adminPort, 30_000, "/commands", 11, false, false, false);
      http.setZooKeeperServer(server);
      http.start();
      return http;
    } catch (GeneralSecurityException | AdminServerException e) {
      throw new IOException(e);
    }
  }

  @Override
  public int adminPort() {
    return adminPort;
  }

  @Override
  public int port() {
    return factory.getLocalPort();
  }

  @Override
  public void close() {
    if (admin != null) {
      try {
        admin.shutdown();
      } catch (AdminServerException e) {
        throw new IllegalStateException(e);
      }
    }
    if (reaper != null) {
      reaper.stop();
    }
    try {
      factory.shutdown();
    } catch (IllegalArgumentException e) {
      // On closing, Apache replays its log and can trip over a transaction it should have refused.
      System.err.println("Apache's own log does not replay: " + e.getMessage());
    }
    server.closeDatabase();
    if (temporary != null) {
      deleteTree(temporary);
    }
  }

  static void deleteTree(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shows what Apache keeps from other packages. */
  private static final class Opened extends ZooKeeperServer {
    Opened(FileTxnSnapLog files, int tickTimeMs, int minTimeoutMs, int maxTimeoutMs) {
      super(files, tickTimeMs, minTimeoutMs, maxTimeoutMs, -1, new ZKDatabase(files), "");
    }

    ContainerManager reaper(int intervalMs) {
      RequestProcessor first = firstProcessor;
      ContainerManager manager =
          new ContainerManager(getZKDatabase(), first, intervalMs, 10_000, 0L);
      manager.start();
      return manager;
    }

    void closeDatabase() {
      try {
        getZKDatabase().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
