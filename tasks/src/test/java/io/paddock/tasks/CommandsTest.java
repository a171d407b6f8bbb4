package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the commands print and exit with. */
class CommandsTest {
  private TaskSystem system;
  private String out;
  private String err;

  @BeforeEach
  void openStage() {
    system = new TaskSystem(TestServer.Kind.PADDOCK);
  }

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  private int run(Callable<Integer> command, String... words) {
    String[] all = new String[words.length + 2];
    // A sub-command's options stand behind its name.
    boolean sub = command instanceof TasksCommand || command instanceof WorkersCommand;
    int at = sub ? 1 : 0;
    System.arraycopy(words, 0, all, 0, at);
    all[at] = "--connect";
    all[at + 1] = system.connect();
    System.arraycopy(words, at, all, at + 2, words.length - at);
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    CommandLine line = TaskCommands.line("test", command);
    line.setOut(new PrintWriter(printed)).setErr(new PrintWriter(complained));
    int code = line.execute(all);
    out = printed.toString();
    err = complained.toString();
    return code;
  }

  private void withMasterAndWorker() {
    system.activeMaster("m1:1");
    system.worker("w1");
  }

  @Test
  void submitPrintsTheTaskAndListAndShowFindIt() {
    assertThat(run(new SubmitCommand(), "--label", "gpu", "--", "echo", "-n", "hi")).isZero();
    String task = out.strip();
    assertThat(task).matches("task-\\d{10}");

    assertThat(run(new TasksCommand(), "list")).isZero();
    assertThat(out).containsPattern(task + " +waiting +0 +- +echo -n hi");

    assertThat(run(new TasksCommand(), "show", "--json", task)).isZero();
    assertThat(out).contains("\"state\":\"waiting\"").contains("\"labels\":[\"gpu\"]");
  }

  @Test
  void submitWithWaitShowsTheOutputAndExitsWithTheTasksCode() {
    withMasterAndWorker();
    assertThat(run(new SubmitCommand(), "--wait", "--", "echo one; sleep 0.3; echo two; exit 7"))
        .isEqualTo(7);
    assertThat(out).isEqualTo("one\ntwo\n");
    assertThat(err).contains("failed, attempt 1 on w1, exited with 7");
    assertThat(run(new SubmitCommand(), "--wait", "--timeout", "200ms", "--", "sleep", "20"))
        .isEqualTo(124);
    assertThat(run(new SubmitCommand(), "--wait", "--json", "true")).isZero();
    assertThat(out).startsWith("{").contains("\"state\":\"done\"");
  }

  @Test
  void submitThatWaitsNoLongerExitsAsTimedOut() {
    assertThat(run(new SubmitCommand(), "--wait", "--wait-timeout", "100ms", "--", "true"))
        .isEqualTo(ExitCode.TIMED_OUT.number());
    assertThat(err).contains("has not ended in 100 ms");
  }

  @Test
  void aTaskIsCancelledRetriedAndPurged() {
    run(new SubmitCommand(), "--", "true");
    String task = out.strip();
    assertThat(run(new TasksCommand(), "retry", task)).isEqualTo(ExitCode.CONFLICT.number());
    assertThat(err).contains(task + " is not over: waiting");
    assertThat(run(new TasksCommand(), "cancel", task)).isZero();
    assertThat(out).isEqualTo(task + " cancelled\n");
    assertThat(run(new TasksCommand(), "cancel", task)).isEqualTo(ExitCode.CONFLICT.number());
    assertThat(run(new TasksCommand(), "retry", task)).isZero();
    assertThat(run(new TasksCommand(), "cancel", task)).isZero();
    assertThat(run(new TasksCommand(), "purge", "--finished")).isZero();
    assertThat(system.client().names()).isEmpty();
    assertThat(run(new TasksCommand(), "show", task)).isEqualTo(ExitCode.NOT_FOUND.number());
    assertThat(err).isEqualTo("there is no task " + task + "\n");
  }

  @Test
  void deadLettersAreListedAndRedriven() {
    withMasterAndWorker();
    run(new SubmitCommand(), "--wait", "--", "false");
    assertThat(run(new TasksCommand(), "list", "--dead")).isZero();
    assertThat(out).contains("task-0000000000");
    assertThat(run(new TasksCommand(), "retry", "--dead", "--json")).isZero();
    assertThat(out).contains("\"event\":\"redriven\"");
    Await.until(
        "it has failed again", () -> system.client().show("task-0000000000").attempts() == 2);
  }

  @Test
  void aDrainedWorkerGetsNoTaskUntilItIsUndrained() {
    withMasterAndWorker();
    assertThat(run(new WorkersCommand(), "drain", "w1")).isZero();
    assertThat(run(new WorkersCommand(), "list")).isZero();
    assertThat(out).containsPattern("w1 +0 of 4 +draining");
    String task = system.client().submit(TaskSpec.shell("true"));
    String probe = system.client().submit(TaskSpec.builder().command("true").label("x").build());
    system.start(system.workerBuilder("w2").slots(1).label("x"));
    assertThat(system.end(probe)).isEqualTo("done");
    assertThat(system.end(task)).isEqualTo("done");
    assertThat(system.client().show(task).worker()).isEqualTo("w2");
    assertThat(run(new WorkersCommand(), "undrain", "w1")).isZero();
    assertThat(system.client().workers().get(0).info().draining()).isFalse();
    assertThat(run(new WorkersCommand(), "drain", "nobody")).isEqualTo(3);
  }

  @Test
  void statusSaysWhetherTasksCanBeRun() {
    assertThat(run(new StatusCommand())).isEqualTo(1);
    assertThat(out).contains("master:   none");
    withMasterAndWorker();
    assertThat(run(new StatusCommand(), "--json")).isZero();
    assertThat(out)
        .contains("\"master\":\"m1:1\"")
        .contains("\"slots\":4")
        .contains("\"backlog\":0");
  }

  @Test
  void wrongUsageAndAMissingServerAreToldApart() {
    assertThat(run(new SubmitCommand())).isEqualTo(ExitCode.USAGE.number());
    assertThat(run(new SubmitCommand(), "--timeout", "soon", "--", "true")).isEqualTo(2);
    assertThat(err).contains("'soon' is no span of time");
    assertThat(run(new TasksCommand(), "list", "--limit", "x")).isEqualTo(2);
  }

  @Test
  void wrongUsageIsToldInOneLineAndWithoutASubmission() {
    assertThat(run(new SubmitCommand(), "--retries", "-1", "--", "true")).isEqualTo(2);
    assertThat(err)
        .isEqualTo("--retries must be from 0 to 1000, and -1 is not\nTry: paddock test --help\n");
    assertThat(run(new SubmitCommand(), "--priority", "101", "--", "true")).isEqualTo(2);
    assertThat(run(new TasksCommand(), "list", "--state", "nonsense")).isEqualTo(2);
    assertThat(err).contains("the states are waiting, delayed, running, done, failed, timed out");
    assertThat(run(new TasksCommand(), "list", "--limit", "0")).isEqualTo(2);
    assertThat(run(new WorkerCommand(), "--slots", "0")).isEqualTo(2);
    assertThat(run(new MasterCommand(), "--port", "65536")).isEqualTo(2);
    assertThat(system.client().names()).isEmpty();
  }

  @Test
  void theWordsBehindACommandsFirstAreItsOwn() {
    String[] words = {"--connect", system.connect(), "--label", "a,b", "ls", "-l", "--json"};
    assertThat(TaskCommands.submit(words)).isZero();
    TaskSpec spec = system.client().show("task-0000000000").spec();
    assertThat(spec.args()).containsExactly("ls", "-l", "--json");
    assertThat(spec.labels()).containsExactly("a", "b");
  }

  @Test
  void theServersMayBeNamedBeforeTheSubCommandToo() {
    system.client().submit(TaskSpec.shell("true"));
    StringWriter printed = new StringWriter();
    CommandLine line = TaskCommands.line("tasks", new TasksCommand());
    line.setOut(new PrintWriter(printed));
    assertThat(line.execute("--json", "--connect", system.connect(), "list")).isZero();
    assertThat(printed.toString()).startsWith("{\"task\":\"task-0000000000\"");
  }

  @Test
  void aWaitingTaskIsShownWithWhatItWaitsFor() {
    String task = system.client().submit(TaskSpec.builder().command("true").label("gpu").build());
    run(new TasksCommand(), "show", task);
    assertThat(out).startsWith(task + ": waiting, because there is no master\n");
    system.activeMaster("m1:1");
    run(new TasksCommand(), "show", task);
    assertThat(out).startsWith(task + ": waiting, because there is no worker\n");
    system.worker("w1");
    run(new TasksCommand(), "show", task);
    assertThat(out).startsWith(task + ": waiting, because no worker has the labels gpu\n");
    system.start(system.workerBuilder("w2").label("gpu"));
    assertThat(system.client().await(task, 60_000).state()).isEqualTo("done");
    run(new TasksCommand(), "show", task);
    assertThat(out).startsWith(task + ": done\n");
  }

  @Test
  void aTaskForAFolderThatIsNotThereSaysSo() {
    withMasterAndWorker();
    assertThat(run(new SubmitCommand(), "--wait", "--dir", "/no/such", "--", "pwd")).isEqualTo(1);
    assertThat(err).contains("there is no folder /no/such on this machine");
  }

  @Test
  void aChrootIsCreatedAndKeepsTwoSystemsApart() {
    try (TaskClient inside = TaskClient.connect(system.connect() + "/teams/blue")) {
      String task = inside.submit(TaskSpec.shell("true"));
      assertThat(inside.names()).containsExactly(task);
    }
    assertThat(system.client().names()).isEmpty();
  }

  @Test
  void aMastersPortAnswersWithItsReport() throws Exception {
    Master master = system.activeMaster("m1:1");
    try (ReportPort reports = ReportPort.open(0)) {
      reports.serve(master::report);
      Await.until("the report is there", () -> ask(reports.port()).contains("\"active\":true"));
      assertThat(ask(reports.port())).startsWith("{\"name\":\"m1:1\"").endsWith("}\n");
    }
  }

  private static String ask(int port) throws java.io.IOException {
    try (var socket = new java.net.Socket("127.0.0.1", port)) {
      return new String(socket.getInputStream().readAllBytes());
    }
  }
}
