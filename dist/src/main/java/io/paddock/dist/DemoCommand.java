package io.paddock.dist;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code paddock demo}: plays {@link Demo} in a temporary directory; exit code 0 if all held. */
@Command(
    description = {
      "Play the walk-through of master, worker and client against a server of its own,",
      "kill that server, start it again and show that everything persistent is there."
    })
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(names = "--keep", description = "Leave the data directory for a look at its files.")
  private boolean keep;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Narrator narrator = new Narrator(out);
    Path data = Files.createTempDirectory("paddock-demo-");
    try {
      Demo.play(narrator, Launch.read(), data);
    } catch (DemoException e) {
      out.flush();
      spec.commandLine().getErr().println("The demo failed: " + e.getMessage());
      return 1;
    } finally {
      if (keep) {
        out.println("The data directory stays: " + data);
      } else {
        delete(data);
      }
    }
    narrator.end("Every step held.");
    return 0;
  }

  /** Removes a directory with all that is in it. */
  static void delete(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not remove " + directory, e);
    }
  }
}
