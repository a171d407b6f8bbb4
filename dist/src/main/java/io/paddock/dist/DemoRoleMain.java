package io.paddock.dist;

import java.io.IOException;
import java.util.Arrays;

/**
 * A master or a worker of the demo in a process of its own: {@code paddock} with the given words.
 * It ends when its standard input does, that is at the latest with the process that started it.
 */
public final class DemoRoleMain {
  private DemoRoleMain() {}

  /** Runs the command, such as {@code master --connect ...}. */
  public static void main(String[] arguments) {
    Thread leash = new Thread(DemoRoleMain::untilInputEnds, "leash");
    leash.setDaemon(true);
    leash.start();
    SubCommand chosen = SubCommand.named(arguments[0]);
    System.exit(chosen.run(Arrays.copyOfRange(arguments, 1, arguments.length)));
  }

  private static void untilInputEnds() {
    try {
      int read;
      do {
        read = System.in.read();
      } while (read >= 0);
    } catch (IOException e) {
      // Then it has ended too.
    }
    Runtime.getRuntime().halt(0);
  }
}
