package io.paddock.dist;

import io.paddock.testkit.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The demo's server: an embedded one in a process of its own, so that it can be killed for real.
 *
 * <p>Arguments: port (0 for a free one) and data directory. Prints its connect string as one line
 * when clients can come, and ends when its standard input does, that is at the latest with the
 * process that started it.
 */
public final class DemoServerMain {
  /** Short, so that sessions may be, and nobody waits long for those of the dead to expire. */
  private static final int TICK_MS = 500;

  private DemoServerMain() {}

  /** Serves until standard input ends. */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    Path data = Path.of(arguments[1]);
    try (EmbeddedServer server =
        EmbeddedServer.builder().port(port).dataDir(data).tickTimeMs(TICK_MS).start()) {
      System.out.println(server.connectString());
      int read;
      do {
        read = System.in.read();
      } while (read >= 0);
    }
  }
}
