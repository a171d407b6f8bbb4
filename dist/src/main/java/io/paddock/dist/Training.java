package io.paddock.dist;

import java.io.PrintWriter;
import java.io.Writer;

/**
 * A short run through the command, for the JVM to note which classes a start loads.
 *
 * <p>The launcher runs it once with {@code -XX:ArchiveClassesAtExit}; later starts map the archive
 * instead of reading jars (class-data sharing).
 */
public final class Training {
  private Training() {}

  /** Runs what commands commonly need and exits. */
  public static void main(String[] arguments) {
    PrintWriter silent = new PrintWriter(Writer.nullWriter());
    Paddock.run(new String[] {"--help"}, silent, silent);
    for (SubCommand command : SubCommand.values()) {
      command.run(new String[] {"--help"});
    }
    Paddock.run(new String[] {"version"}, silent, silent);
  }
}
