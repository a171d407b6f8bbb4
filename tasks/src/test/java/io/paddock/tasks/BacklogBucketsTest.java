package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens when more is submitted than fits. */
class BacklogBucketsTest {
  private TaskSystem system;

  @AfterEach
  void closeSystem() throws Exception {
    system.close();
  }

  private List<String> submitTo(TestServer.Kind kind, int count) throws Exception {
    system = new TaskSystem(kind);
    system.person();
    system.create(
        Layout.LIMITS,
        "{\"tasksMax\":20,\"bucketMax\":8,\"backlogMax\":40,\"finishedMax\":500}",
        CreateMode.PERSISTENT);
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(system.client().submit(TaskSpec.builder().type("noop").build()));
    }
    return tasks;
  }

  @ParameterizedTest
  @EnumSource
  void tasksBeyondTheBoundWaitInBucketsAndAreRunWhenThereIsRoom(TestServer.Kind kind)
      throws Exception {
    List<String> tasks = submitTo(kind, 55);
    assertThat(system.client().names()).hasSize(20);
    assertThat(system.client().status().backlog()).isEqualTo(35);
    assertThat(system.client().show(tasks.get(54)).state()).isEqualTo("waiting");

    system.activeMaster("m1:1");
    system.start(system.workerBuilder("w1").slots(2).handler("noop", task -> null));

    for (String task : tasks) {
      assertThat(system.end(task)).as(task).isEqualTo("done");
    }
    assertThat(new HashSet<>(tasks)).hasSize(55);
    assertThat(system.client().list(tasks)).allMatch(view -> view.attempts() == 1);
    Await.until(
        "the buckets are gone", () -> system.person().getChildren(Layout.BACKLOG, false).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void ofManySubmittersThatFindABucketFullOneMakesTheNext(TestServer.Kind kind) throws Exception {
    submitTo(kind, 20);
    TaskClient client = system.client();
    int threads = 16;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<String>> submitted = new ArrayList<>();
      for (int i = 0; i < 2 * threads; i++) {
        submitted.add(pool.submit(() -> client.submit(TaskSpec.builder().type("noop").build())));
      }
      for (Future<String> one : submitted) {
        one.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(client.status().backlog()).isEqualTo(2 * threads);
    assertThat(system.person().getChildren(Layout.BACKLOG, false)).hasSizeLessThanOrEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource
  void aFullQueueRefusesWithTheBoundAndWhatToDo(TestServer.Kind kind) throws Exception {
    submitTo(kind, 60);

    assertThatThrownBy(() -> system.client().submit(TaskSpec.shell("one too many")))
        .isInstanceOfSatisfying(
            TasksException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining("the queue is full: 60 tasks wait")
        .hasMessageContaining("backlogMax");
  }

  @ParameterizedTest
  @EnumSource
  void aTaskInTheBacklogCanBeCancelled(TestServer.Kind kind) throws Exception {
    List<String> tasks = submitTo(kind, 25);
    String last = tasks.get(24);
    system.client().cancel(last);
    system.activeMaster("m1:1");
    system.start(system.workerBuilder("w1").handler("noop", task -> null));

    assertThat(system.end(tasks.get(23))).isEqualTo("done");
    assertThat(system.client().show(last).state()).isEqualTo("cancelled");
    assertThat(BacklogBuckets.path(system.client().requests(), last)).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void anUrgentTaskInTheBacklogIsRunBeforeThoseThatCameEarlier(TestServer.Kind kind)
      throws Exception {
    List<String> tasks = submitTo(kind, 50);
    String urgent =
        system.client().submit(TaskSpec.builder().type("noop").priority(9).key("k").build());
    assertThat(system.client().submit(TaskSpec.builder().type("noop").key("k").build()))
        .isEqualTo(urgent);
    assertThat(BacklogBuckets.path(system.client().requests(), urgent)).contains("/p9-");
    TaskView before = system.client().show(urgent);
    system.activeMaster("m1:1");
    system.start(system.workerBuilder("w1").slots(1).handler("noop", task -> null));

    for (String task : tasks) {
      assertThat(system.end(task)).as(task).isEqualTo("done");
    }
    TaskView after = system.client().show(urgent);
    assertThat(after.state()).isEqualTo("done");
    assertThat(after.created()).isEqualTo(before.created());
    List<String> later = tasks.subList(20, 50); // what waited in the backlog with it
    long urgentEnd = zxidOfEnd(urgent);
    for (String task : later) {
      assertThat(zxidOfEnd(task)).as(task).isGreaterThan(urgentEnd);
    }
  }

  private long zxidOfEnd(String task) throws Exception {
    return system.person().exists(Layout.status(task), false).getCzxid();
  }
}
