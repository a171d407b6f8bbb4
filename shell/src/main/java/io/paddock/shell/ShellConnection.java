package io.paddock.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ConfigException;

/**
 * The shell's session with a server: at most one at a time. Used by the shell's thread; the watcher
 * given is called on the client's event thread.
 */
final class ShellConnection {
  /** How long a close waits for the client's threads, so that the last event is still printed. */
  private static final int CLOSE_WAIT_MILLIS = 2000;

  private final ShellOptions options;
  private final Watcher watcher;
  private ShellClient client;
  private CountDownLatch established = new CountDownLatch(1);
  private volatile boolean left;
  private final ConnectionCauses causes;
  private String server;

  ShellConnection(ShellOptions options, Watcher watcher) {
    this.options = options;
    this.watcher = watcher;
    this.server = options.server();
    this.causes = new ConnectionCauses(options.clientConfiguration());
  }

  ConnectionCauses causes() {
    return causes;
  }

  /** The last server connected to, {@code host:port[,host:port][/chroot]}. */
  String server() {
    return server;
  }

  /** The client, or null before the first {@link #open}. */
  ShellClient client() {
    return client;
  }

  boolean alive() {
    return client != null && client.getState().isAlive();
  }

  boolean connected() {
    return client != null && client.getState().isConnected();
  }

  /** CONNECTING, CONNECTED, CLOSED and so on, as the prompt shows it. */
  String state() {
    return client == null ? "CLOSED" : client.getState().toString();
  }

  /**
   * Ends the session in use and begins one elsewhere, without waiting for it to be established
   * unless the options say so.
   *
   * @throws CommandFailure if the address cannot be used, or waiting was asked for and was in vain
   */
  void open(String newServer) throws CommandFailure, InterruptedException {
    close();
    server = newServer;
    var connected = new CountDownLatch(1);
    established = connected;
    client =
        newClient(
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected
                  || event.getState() == Watcher.Event.KeeperState.ConnectedReadOnly) {
                connected.countDown();
              }
              if (!left) {
                watcher.process(event);
              }
            });
    if (options.waitForConnection() && !awaitConnected(options.timeoutMillis())) {
      close();
      throw new CommandFailure(
          "Not connected to %s within %d ms".formatted(server, options.timeoutMillis()));
    }
  }

  private ShellClient newClient(Watcher events) throws CommandFailure {
    try {
      return new ShellClient(
          server, options.timeoutMillis(), events, options.readOnlyAllowed(), clientConfig());
    } catch (NumberFormatException e) {
      throw new CommandFailure(
          "%s is not host:port[,host:port][/chroot]: the port must be a number".formatted(server));
    } catch (IllegalArgumentException | IOException e) {
      throw new CommandFailure("Cannot use %s: %s".formatted(server, e.getMessage()));
    }
  }

  private ZKClientConfig clientConfig() throws CommandFailure {
    String file = options.clientConfiguration();
    if (file != null) {
      try {
        return new ZKClientConfig(Path.of(file));
      } catch (ConfigException e) {
        throw new CommandFailure(
            "Cannot read the client configuration " + file + ": " + cause(e), 2);
      }
    }
    var config = new ZKClientConfig();
    if (!options.saslConfigured()) {
      // Without a login configuration SASL cannot succeed, but preparing it costs a reverse DNS
      // look-up of the server, often the longest part of a single command.
      config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    }
    return config;
  }

  private static String cause(Exception e) {
    return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
  }

  /** Waits until the session has been established, at most that long; true if it has. */
  boolean awaitConnected(long millis) throws InterruptedException {
    return established.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Ends the session, if any; its ephemeral nodes are gone on return. */
  void close() throws InterruptedException {
    if (client != null) {
      client.close(CLOSE_WAIT_MILLIS);
    }
  }

  /** Goes away for good without ending the session; no event is told any more. */
  void abandon() {
    left = true;
    if (alive()) {
      client.abandon();
    }
  }

  /** A watcher's line for the user, in zkCli's layout. */
  static String describe(WatchedEvent event) {
    return "\nWATCHER::\n\n" + event;
  }
}
