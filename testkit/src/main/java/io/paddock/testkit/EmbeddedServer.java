package io.paddock.testkit;

import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.server.PaddockServer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A coordination server in this process, on a loopback port, in a temporary or a given folder.
 *
 * <pre>
 *   try (EmbeddedServer server = EmbeddedServer.builder().start()) {
 *     var zk = new ZooKeeper(server.connectString(), 10_000, event -> {});
 *   }
 * </pre>
 *
 * <p>Several may run at once. It serves when {@code start} returns and has let go of port and
 * folder when {@code close} returns. Any thread may call its methods.
 */
public final class EmbeddedServer implements AutoCloseable {
  /** So many ports in a row that others take just then are no accident any more. */
  private static final int PORT_TRIES = 10;

  private final ZooCfg config;
  private final Path dataDir;
  private final boolean deleteOnClose;
  private PaddockServer server;
  private int port;

  private EmbeddedServer(ZooCfg config, Path dataDir, boolean deleteOnClose) {
    this.config = config;
    this.dataDir = dataDir;
    this.deleteOnClose = deleteOnClose;
  }

  /** A server with defaults: a free port, a temporary folder that goes with it. */
  public static Builder builder() {
    return new Builder();
  }

  /** What clients connect to: {@code 127.0.0.1:port}. */
  public String connectString() {
    return FreePorts.LOOPBACK + ":" + port();
  }

  /** The port it listens on. */
  public synchronized int port() {
    return port;
  }

  /** Where its files are. */
  public Path dataDir() {
    return dataDir;
  }

  /** The server inside, for those who want to look at it; null while it is stopped. */
  public synchronized PaddockServer server() {
    return server;
  }

  /** Stops serving and starts again on the same port and folder: what clients see of a restart. */
  public synchronized void restart() {
    stop();
    resume();
  }

  /** Stops serving; the folder stays until {@link #close}. */
  public synchronized void stop() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  /** Serves again after {@link #stop}, on the same port. */
  public synchronized void resume() {
    if (server == null) {
      server = start(config.withClientPort(port));
    }
  }

  /** Stops, and removes the folder if it was a temporary one. */
  @Override
  public synchronized void close() {
    stop();
    if (deleteOnClose) {
      TemporaryFolder.delete(dataDir);
    }
  }

  private static PaddockServer start(ZooCfg config) {
    try {
      return PaddockServer.start(config, () -> {});
    } catch (StartException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Not the system's choice: that could be somebody else's when the server comes back. */
  private static PaddockServer onFreePort(ZooCfg config) {
    for (int left = PORT_TRIES; ; left--) {
      try {
        return start(config.withClientPort(FreePorts.one()));
      } catch (IllegalStateException e) {
        boolean taken = e.getCause() instanceof StartException cause && cause.isPortInUse();
        if (!taken || left == 0) {
          throw e;
        }
      }
    }
  }

  /** The settings that all embedded servers begin with, alone and in an ensemble. */
  static Map<String, String> defaults() {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("clientPortAddress", FreePorts.LOOPBACK);
    defaults.put("admin.enableServer", "false");
    defaults.put("preAllocSize", "1024");
    return defaults;
  }

  /** Collects how a server is to be. For one thread. */
  public static final class Builder {
    private final Map<String, String> settings = defaults();
    private Path dataDir;

    private Builder() {
      port(0);
    }

    /** The port; 0, the default, takes a free one. */
    public Builder port(int port) {
      return set("clientPort", Integer.toString(port));
    }

    /** The folder, which stays; by default a temporary one that is removed on close. */
    public Builder dataDir(Path folder) {
      this.dataDir = folder;
      return this;
    }

    /** The tick in milliseconds: session timeouts are granted between 2 and 20 of them. */
    public Builder tickTimeMs(int ms) {
      return set("tickTime", Integer.toString(ms));
    }

    /** Any setting of a zoo.cfg. */
    public Builder set(String key, String value) {
      settings.put(key, value);
      return this;
    }

    /**
     * Starts the server.
     *
     * @throws IllegalArgumentException when a setting is wrong, and says which
     * @throws IllegalStateException when the server cannot start, and says why
     */
    public EmbeddedServer start() {
      boolean temporary = dataDir == null;
      Path folder = temporary ? TemporaryFolder.create("paddock-") : dataDir;
      settings.put("dataDir", folder.toString());
      ZooCfg config;
      try {
        config = ZooCfg.of(settings, Map.of());
      } catch (ConfigException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
      EmbeddedServer embedded = new EmbeddedServer(config, folder, temporary);
      boolean anyPort = settings.get("clientPort").equals("0");
      try {
        embedded.server = anyPort ? onFreePort(config) : EmbeddedServer.start(config);
      } catch (IllegalStateException e) {
        embedded.close();
        throw e;
      }
      embedded.port = embedded.server.clientPort();
      return embedded;
    }
  }
}
