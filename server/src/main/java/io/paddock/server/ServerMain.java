package io.paddock.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
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
    AtomicBoolean failed = new AtomicBoolean();
    try (PaddockServer server =
        PaddockServer.start(
            ZooCfg.ofArguments(List.of(arguments), systemProperties()), () -> failed.set(true))) {
      Thread stop = new Thread(server::close, "paddock-stop");
      Runtime.getRuntime().addShutdownHook(stop);
      server.awaitTermination();
      return failed.get() ? EXIT_UNEXPECTED : EXIT_OK;
    } catch (ConfigException e) {
      return refused(e.getMessage(), e.exitCode());
    } catch (StartException e) {
      return refused(e.getMessage(), e.exitCode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return EXIT_UNEXPECTED;
    } catch (RuntimeException e) {
      LOG.error("The server could not start, and this was not foreseen", e);
      System.err.println("The server could not start: " + e);
      return EXIT_UNEXPECTED;
    }
  }

  private static int refused(String line, int exitCode) {
    LOG.error(line);
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
