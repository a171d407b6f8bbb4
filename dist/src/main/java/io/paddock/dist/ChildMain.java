package io.paddock.dist;

import java.io.IOException;
import java.util.Arrays;

/**
 * {@code paddock} with the given words, in a process of its own that ends when its standard input
 * does, that is at the latest with the process that started it: a master, a worker or a server of
 * the demo, a server of {@code paddock ensemble}.
 */
public final class ChildMain {
  private ChildMain() {}

  /** Runs the command, such as {@code master --connect ...}. */
  public static void main(String[] arguments) {
    Thread watch = new Thread(ChildMain::untilInputEnds, "parent-watch");
    watch.setDaemon(true);
    watch.start();
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
