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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code paddock demo}: plays a demo in a temporary directory; exit code 0 if all held. */
@Command(
    description =
        "Run thirty tasks on an ensemble of three servers, two masters and three workers, each a"
            + " process of its own; kill -9 a worker, the active master and the server that leads"
            + " meanwhile; and show that every task has exactly one result. Exit code 0 only if"
            + " that holds.")
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Option(names = "--keep", description = "Leave the data directory for a look at its files.")
  private boolean keep;

  @Option(
      names = "--classic",
      description =
          "Play the classic walk-through by hand instead: one master, one worker, one client, step"
              + " by step, and a server that is killed and started again.")
  private boolean classic;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Narrator narrator = new Narrator(out);
    Path data = Files.createTempDirectory("paddock-demo-");
    try {
      if (classic) {
        Demo.play(narrator, Launch.read(), data);
      } else {
        TaskDemo.play(narrator, Launch.read(), data);
      }
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
    narrator.end(classic ? "Every step held." : "Every task has exactly one result.");
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
