package io.paddock.tasks;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code paddock tasks}: what is in the queue, and what was. */
@Command(description = "List, show, cancel, retry, purge and watch tasks.")
final class TasksCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final int SUMMARY_CHARS = 60;

  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private ConnectOptions options;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "list, show, cancel, retry, purge or watch?");
  }

  @Command(name = "list", description = "List tasks, newest last.")
  int list(
      @Mixin ConnectOptions given,
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description = "Only those: waiting, delayed, running, done, failed, ...")
          String state,
      @Option(names = "--dead", description = "Only dead letters.") boolean dead,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "How many (${DEFAULT-VALUE}).")
          int limit) {
    TaskCommands.within(spec, "--limit", limit, 1, Integer.MAX_VALUE);
    if (state != null && !TaskView.STATES.contains(state)) {
      throw new ParameterException(
          spec.commandLine(),
          "no task is ever '" + state + "'; the states are " + String.join(", ", TaskView.STATES));
    }
    try (TaskClient client = TaskClient.connect(given.connect())) {
      List<String> names = dead ? client.dead() : client.names();
      List<TaskView> views = newest(client, names, state, limit);
      if (!given.json()) {
        given
            .out()
            .printf(
                "%-17s %-10s %8s  %-20s %s%n", "TASK", "STATE", "ATTEMPTS", "WORKER", "COMMAND");
      }
      for (TaskView view : views) {
        given.print(view, row(view));
      }
      if (!given.json() && state == null && names.size() > views.size()) {
        given.out().println("(" + (names.size() - views.size()) + " older ones; see --limit)");
      }
      return ExitCode.OK.number();
    }
  }

  /** Reads from the newest back until there are enough. */
  private static List<TaskView> newest(
      TaskClient client, List<String> names, String state, int limit) {
    List<TaskView> views = new ArrayList<>();
    int page = Math.max(limit, 1);
    for (int to = names.size(); to > 0 && views.size() < limit; to -= page) {
      List<TaskView> some = client.list(names.subList(Math.max(0, to - page), to));
      for (int i = some.size() - 1; i >= 0 && views.size() < limit; i--) {
        if (state == null || some.get(i).state().equals(state)) {
          views.add(0, some.get(i));
        }
      }
    }
    return views;
  }

  private static String row(TaskView view) {
    return String.format(
        "%-17s %-10s %8d  %-20s %s",
        view.task(),
        view.state(),
        view.attempts(),
        view.worker() == null ? "-" : view.worker(),
        shortened(view.spec().summary()));
  }

  private static String shortened(String text) {
    String line = text.replace('\n', ' ');
    return line.length() <= SUMMARY_CHARS ? line : line.substring(0, SUMMARY_CHARS - 3) + "...";
  }

  @Command(name = "show", description = "Show a task with its history and its output.")
  int show(@Mixin ConnectOptions given, @Parameters(paramLabel = "TASK") String task) {
    try (TaskClient client = TaskClient.connect(given.connect())) {
      TaskView view = client.show(task);
      String why = given.json() ? null : WhyWaiting.words(view, client.status(), client.workers());
      given.print(view, text(view, why));
      return ExitCode.OK.number();
    }
  }

  private static String text(TaskView view, String why) {
    StringBuilder text = new StringBuilder();
    text.append(view.task()).append(": ").append(view.state());
    text.append(why == null ? "" : ", " + why).append('\n');
    text.append("  command:   ").append(view.spec().summary()).append('\n');
    text.append("  submitted: ").append(time(view.created())).append('\n');
    if (view.notBefore() > 0 && !view.over()) {
      text.append("  not before: ").append(time(view.notBefore())).append('\n');
    }
    Progress progress = view.progress();
    if (progress != null && !view.over()) {
      text.append("  heartbeat: ").append(time(progress.at()));
      if (progress.message() != null) {
        text.append(String.format(", %.0f %%: %s", progress.fraction() * 100, progress.message()));
      }
      text.append('\n');
    }
    if (view.result() != null) {
      for (Attempt attempt : view.result().attempts()) {
        attempt(text, attempt);
      }
    }
    return text.toString().stripTrailing();
  }

  private static void attempt(StringBuilder text, Attempt attempt) {
    text.append("  attempt ").append(attempt.number()).append(": ").append(attempt.outcome());
    if (attempt.worker() != null) {
      text.append(" on ").append(attempt.worker());
    }
    if (attempt.started() > 0) {
      text.append(" at ").append(time(attempt.started()));
      text.append(" in ").append(attempt.ended() - attempt.started()).append(" ms");
    }
    if (attempt.message() != null) {
      text.append(": ").append(attempt.message());
    }
    text.append('\n');
    if (attempt.output() != null) {
      attempt.output().lines().forEach(line -> text.append("    | ").append(line).append('\n'));
    }
  }

  private static String time(long ms) {
    return TIME.format(Instant.ofEpochMilli(ms));
  }

  @Command(name = "cancel", description = "End tasks now; a worker that runs one stops it.")
  int cancel(
      @Mixin ConnectOptions given,
      @Parameters(arity = "1..*", paramLabel = "TASK") List<String> tasks) {
    return each(given, tasks, "cancelled", TaskClient::cancel);
  }

  @Command(
      name = "retry",
      description = "Attempt tasks anew that are over; --dead: all dead letters.")
  int retry(
      @Mixin ConnectOptions given,
      @Option(names = "--dead", description = "All dead letters.") boolean dead,
      @Parameters(arity = "0..*", paramLabel = "TASK") List<String> tasks) {
    return each(given, chosen(given, tasks, dead, TaskClient::dead), "redriven", TaskClient::retry);
  }

  @Command(name = "purge", description = "Remove tasks that are over; --finished: all of them.")
  int purge(
      @Mixin ConnectOptions given,
      @Option(names = "--finished", description = "All that are over.") boolean finished,
      @Parameters(arity = "0..*", paramLabel = "TASK") List<String> tasks) {
    return each(
        given, chosen(given, tasks, finished, TasksCommand::over), "removed", TaskClient::purge);
  }

  private static List<String> over(TaskClient client) {
    return client.list(client.names()).stream().filter(TaskView::over).map(TaskView::task).toList();
  }

  private interface Choice {
    List<String> of(TaskClient client);
  }

  private List<String> chosen(
      ConnectOptions given, List<String> tasks, boolean all, Choice choice) {
    if (!all) {
      if (tasks == null || tasks.isEmpty()) {
        throw new ParameterException(spec.commandLine(), "which task?");
      }
      return tasks;
    }
    try (TaskClient client = TaskClient.connect(given.connect())) {
      return choice.of(client);
    }
  }

  private interface Deed {
    void on(TaskClient client, String task);
  }

  /** Does it to each; the exit code is that of the first one that failed. */
  private static int each(ConnectOptions given, List<String> tasks, String done, Deed deed) {
    int code = ExitCode.OK.number();
    try (TaskClient client = TaskClient.connect(given.connect())) {
      for (String task : tasks) {
        try {
          deed.on(client, task);
          given.print(Map.of("task", task, "event", done), task + " " + done);
        } catch (TasksException e) {
          given.err().println(e.getMessage());
          code = code == ExitCode.OK.number() ? e.code().number() : code;
        }
      }
    }
    return code;
  }

  @Command(name = "watch", description = "Show what happens to tasks, as it happens.")
  int watch(@Mixin ConnectOptions given) {
    try (TaskClient client = TaskClient.connect(given.connect())) {
      new TaskWatch(client.requests(), given).run();
      return ExitCode.OK.number();
    }
  }
}
