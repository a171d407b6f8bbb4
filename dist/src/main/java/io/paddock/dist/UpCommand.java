package io.paddock.dist;

import io.paddock.tasks.Foreground;
import io.paddock.tasks.Master;
import io.paddock.tasks.TasksException;
import io.paddock.tasks.Worker;
import io.paddock.testkit.EmbeddedServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code paddock up}: a server, a master and workers in this process, until it is stopped. */
@Command(
    description =
        "Start a server, a master and workers in one process, for a quick start. It stays in the"
            + " foreground; what runs when it is told to stop is finished first.")
final class UpCommand implements Callable<Integer> {
  private static final long DRAIN_TIMEOUT_MS = 30_000;

  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many workers (${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many tasks each runs at once (${DEFAULT-VALUE}).")
  private int slots;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "2181",
      description = "The server's port; 0 for a free one (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "The server's folder, which stays; by default one that is removed at the end.")
  private Path data;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (workers < 0 || slots < 1) {
      throw new ParameterException(
          spec.commandLine(), "--workers must be 0 or more and --slots 1 or more");
    }
    EmbeddedServer.Builder builder = EmbeddedServer.builder().port(port);
    if (data != null) {
      builder.dataDir(data);
    }
    EmbeddedServer server;
    try {
      server = builder.start();
    } catch (IllegalStateException | IllegalArgumentException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
    try {
      String connect = server.connectString();
      Master master = Master.builder(connect).start();
      List<Worker> crew = new ArrayList<>();
      for (int i = 1; i <= workers; i++) {
        crew.add(Worker.builder(connect).id("w" + i).slots(slots).start());
      }
      greet(out, connect);
      Foreground.untilStopped(() -> stop(server, master, crew));
      return 0;
    } catch (TasksException e) {
      spec.commandLine().getErr().println(e.getMessage());
      server.close();
      return e.code().number();
    }
  }

  private void greet(PrintWriter out, String connect) {
    if (json) {
      out.printf("{\"event\":\"started\",\"connect\":\"%s\",\"workers\":%d}%n", connect, workers);
    } else {
      String more = connect.endsWith(":2181") ? "" : " --connect " + connect;
      out.printf(
          "A server on %s, a master, and %d workers with %d slots each.%n",
          connect, workers, slots);
      out.println("In another terminal, try:");
      out.printf("  ./paddock submit --wait%s -- echo hello%n", more);
      out.printf("  ./paddock tasks list%s%n", more);
      out.printf("  ./paddock status%s%n", more);
      out.printf("  ./paddock shell -server %s%n", connect);
      out.println("Ctrl-C stops it.");
    }
    out.flush();
  }

  private static void stop(EmbeddedServer server, Master master, List<Worker> crew) {
    crew.parallelStream().forEach(worker -> worker.stop(DRAIN_TIMEOUT_MS));
    master.close();
    server.close();
  }
}
