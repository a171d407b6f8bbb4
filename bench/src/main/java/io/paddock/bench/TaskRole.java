package io.paddock.bench;

import io.paddock.tasks.Master;
import io.paddock.tasks.MasterReport;
import io.paddock.tasks.TaskOutcome;
import io.paddock.tasks.Worker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The main of a process with a master, or with workers that do nothing. To every line on standard
 * input it answers with one that begins with {@link #REPORT}; it ends when standard input does.
 */
public final class TaskRole {
  static final String NOOP = "noop";
  static final String REPORT = "report ";
  private static final int SESSION_MS = 4_000;

  private TaskRole() {}

  /** {@code master CONNECT NAME} or {@code workers CONNECT COUNT SLOTS}. */
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("master")) {
      Master master =
          Master.builder(arguments[1]).name(arguments[2]).sessionTimeoutMs(SESSION_MS).start();
      answer(() -> line(master.report()));
    } else {
      List<Worker> workers = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        workers.add(
            Worker.builder(arguments[1])
                .id("w" + i)
                .slots(Integer.parseInt(arguments[3]))
                .handler(NOOP, task -> TaskOutcome.done(null))
                .start());
      }
      answer(() -> Boolean.toString(workers.stream().allMatch(Worker::ready)));
    }
    Runtime.getRuntime().halt(0);
  }

  private static String line(MasterReport report) {
    return report.active() + " " + report.finished() + " " + report.recoveryMs();
  }

  private static void answer(Supplier<String> report) throws IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (questions.readLine() != null) {
      System.out.println(REPORT + report.get());
    }
  }
}
