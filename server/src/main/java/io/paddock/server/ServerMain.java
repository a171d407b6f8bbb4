package io.paddock.server;

import io.paddock.config.BindRetry;
import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.peers.PeerNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server as a program: {@code zoo.cfg}, or {@code port datadir [ticktime] [maxcnxns]} as its
 * arguments.
 */
public final class ServerMain {
  private static final Logger LOG = LoggerFactory.getLogger(ServerMain.class);
  private static final int EXIT_OK = 0;
  private static final int EXIT_UNEXPECTED = 1;

  /** So long may a server take to stop after a failure. */
  private static final int HALT_AFTER_MS = 30_000;

  private ServerMain() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /**
   * Runs a server until the process is told to end or the server fails.
   *
   * @return the process exit code (client protocol sheet, section 13.3)
   */
  public static int run(String[] arguments) {
    PeerNames.forgetSoon();
    // By it Netty tells channels of several machines apart, which nobody does here; it looks for a
    // hardware address otherwise, and on a machine with none but lo warns of that.
    System.getProperties().putIfAbsent("io.netty.machineId", "02:00:00:00:00:00");
    CountDownLatch failed = new CountDownLatch(1);
    Thread halt = haltLater(failed);
    try (PaddockServer server =
        PaddockServer.start(configuration(List.of(arguments)), failed::countDown)) {
      // Threads of libraries, too: a process that has lost one of them is not whole.
      Thread.setDefaultUncaughtExceptionHandler((thread, cause) -> server.fail(cause));
      Thread stop = new Thread(server::close, "paddock-stop");
      Runtime.getRuntime().addShutdownHook(stop);
      server.awaitTermination();
      return failed.getCount() == 0 ? EXIT_UNEXPECTED : EXIT_OK;
    } catch (ConfigException e) {
      return refused(e.getMessage(), e.exitCode());
    } catch (StartException e) {
      return refused(e.getMessage(), e.exitCode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return EXIT_UNEXPECTED;
    } catch (OutOfMemoryError e) {
      return refused(
          "The server could not start: what it has on disk needs more memory than it may have ("
              + e.getMessage()
              + "). Raise ZK_SERVER_HEAP or -Xmx",
          EXIT_UNEXPECTED);
    } catch (RuntimeException | Error e) {
      LOG.error("The server could not start, and this was not foreseen", e);
      System.err.println("The server could not start: " + e);
      return EXIT_UNEXPECTED;
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(null);
      halt.interrupt();
    }
  }

  /**
   * A server that has failed and cannot stop, for a thread is stuck or there is no memory, ends all
   * the same. The thread is made beforehand, for the same reason.
   */
  private static Thread haltLater(CountDownLatch failed) {
    Thread thread =
        new Thread(
            () -> {
              try {
                failed.await();
                Thread.sleep(HALT_AFTER_MS);
              } catch (InterruptedException e) {
                return;
              }
              Runtime.getRuntime().halt(EXIT_UNEXPECTED);
            },
            "paddock-halt");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** What is read, as soon as the disk that holds a part of it is mounted. */
  private static ZooCfg configuration(List<String> arguments) throws ConfigException {
    for (int tries = 1; ; tries++) {
      try {
        return ZooCfg.ofArguments(arguments, systemProperties());
      } catch (ConfigException e) {
        if (tries == 1 && e.retry().goesOn(tries)) {
          LOG.warn("{}; {}", e.getMessage(), e.retry().outlook(tries));
        }
        if (!e.retry().goesOn(tries) || !BindRetry.pause()) {
          throw e;
        }
      }
    }
  }

  private static int refused(String line, int exitCode) {
    // For logs in files only: conf/logback.xml keeps it from the console, which has it by stderr.
    LoggerFactory.getLogger("io.paddock.refusal").error(line);
    System.err.println(line);
    if (exitCode == ConfigException.EXIT_INVALID_CONFIG) {
      System.err.println("Invalid config, exiting abnormally");
    }
    return exitCode;
  }

  private static Map<String, String> systemProperties() {
    Map<String, String> properties = new HashMap<>();
    System.getProperties()
        .stringPropertyNames()
        .forEach(name -> properties.put(name, System.getProperty(name)));
    return properties;
  }
}
