package io.paddock.dist;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code paddock ensemble}: the servers of an ensemble as processes on this machine, until it is
 * stopped.
 */
@Command(
    description =
        "Start an ensemble on this machine for trying out, each server a process of "
            + "its own, and tell who leads whenever that changes. It stays in the "
            + "foreground; all servers end with it.",
    footer = {
      "",
      "While it runs it takes commands, a line each:",
      "  kill N    end server N as kill -9 does",
      "  stop N    tell server N to end",
      "  start N   start server N again",
      "  status    show all servers",
      "  quit      end (as Ctrl-C does)"
    })
final class EnsembleCommand implements Callable<Integer> {
  private static final int SERVERS_MAX = 9;
  private static final int LOOK_SECONDS_MAX = 5;

  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Option(
      names = "--servers",
      defaultValue = "3",
      description = "How many servers vote (${DEFAULT-VALUE}).")
  private int servers;

  @Option(
      names = "--observers",
      defaultValue = "0",
      description = "How many more learn without a vote (${DEFAULT-VALUE}).")
  private int observers;

  @Option(
      names = "--base-port",
      defaultValue = "2181",
      description =
          "The first server's client port, the others' follow; quorum and election "
              + "ports are 1000 and 2000 above. 0 takes any free ports (${DEFAULT-VALUE}).")
  private int basePort;

  @Option(
      names = "--dir",
      description =
          "The folder for configurations, data and logs, which stays and is used "
              + "again; by default one that is removed at the end.")
  private Path dir;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A line for every server's zoo.cfg; can be given several times.")
  private Map<String, String> settings = Map.of();

  @Option(names = "--json", description = "Print one JSON object a line instead of text.")
  private boolean json;

  private final CountDownLatch watched = new CountDownLatch(1);
  private volatile boolean stopping;
  private volatile LocalEnsemble ensemble;

  @Override
  public Integer call() throws IOException {
    check("--servers", servers, 1);
    check("--observers", observers, 0);
    PrintWriter out = spec.commandLine().getOut();
    EnsembleReport report =
        json ? new EnsembleReport.Json(out) : new EnsembleReport.Text(out, dir == null);
    Path folder = dir == null ? Files.createTempDirectory("paddock-ensemble-") : dir;
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(report, folder), "stop"));
    try {
      LocalEnsemble.Plan plan = new LocalEnsemble.Plan(servers, observers, basePort, settings);
      ensemble = new LocalEnsemble(Launch.read(), folder.toAbsolutePath(), plan);
      ensemble.awaitAll();
      new EnsembleWatch(ensemble, report).run(folder, () -> stopping);
      return 0;
    } catch (DemoException e) {
      if (!stopping) {
        spec.commandLine().getErr().println(e.getMessage());
      }
      return 1;
    } finally {
      watched.countDown();
    }
  }

  private void check(String option, int count, int least) {
    if (count < least || count > SERVERS_MAX) {
      throw new ParameterException(
          spec.commandLine(), option + "=" + count + " is outside " + least + " to " + SERVERS_MAX);
    }
  }

  /** The last that happens in this process. */
  private void end(EnsembleReport report, Path folder) {
    stopping = true;
    try {
      // Nobody looks at a server while it is stopped, or its end would be news.
      if (!watched.await(LOOK_SECONDS_MAX, TimeUnit.SECONDS)) {
        report.say("ending while still busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (ensemble != null) {
      ensemble.close();
      report.allEnded();
    }
    if (dir == null) {
      DemoCommand.delete(folder);
    }
  }
}
