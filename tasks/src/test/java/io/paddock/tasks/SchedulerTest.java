package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final long MINUTE_MS = 60_000;
  private static final long NOW = 1_000 * MINUTE_MS;

  private final Scheduler scheduler = new Scheduler();
  private long zxid;

  private TaskEntry task(String name, TaskSpec spec, long submitted) {
    TaskEntry entry = new TaskEntry(name);
    Stat stat = new Stat();
    stat.setCtime(submitted);
    stat.setCzxid(++zxid);
    entry.describe(new ZnodeData(spec.bytes(), stat), spec, scheduler.shared(Demand.of(spec)));
    return entry;
  }

  private void offer(String name, TaskSpec.Builder spec, long submitted) {
    scheduler.offer(task(name, spec.command("true").build(), submitted), NOW);
  }

  private static WorkerInfo slots(int slots, String... labels) {
    return new WorkerInfo("h", 1, slots, Set.of(labels), Set.of(), false);
  }

  private List<String> placed(long now) {
    return scheduler.place(now, 100).stream()
        .map(placement -> placement.task().name() + "@" + placement.worker())
        .toList();
  }

  @Test
  void theOldestGoesFirstAndTheFreestWorkerGetsIt() {
    scheduler.worker("a", slots(1));
    scheduler.worker("b", slots(2));
    offer("t1", TaskSpec.builder(), NOW - 2);
    offer("t2", TaskSpec.builder(), NOW - 1);
    offer("t3", TaskSpec.builder(), NOW);
    offer("t4", TaskSpec.builder(), NOW);

    assertThat(placed(NOW)).containsExactly("t1@b", "t2@a", "t3@b");
    assertThat(scheduler.waiting()).isEqualTo(1);
    scheduler.release("a");
    assertThat(placed(NOW)).containsExactly("t4@a");
  }

  @Test
  void priorityGoesFirstUntilAnotherHasWaitedLongEnough() {
    scheduler.worker("a", slots(10));
    offer("old", TaskSpec.builder(), NOW - 6 * MINUTE_MS);
    offer("recent", TaskSpec.builder(), NOW - 4 * MINUTE_MS);
    offer("urgent", TaskSpec.builder().priority(5), NOW);

    assertThat(placed(NOW)).containsExactly("old@a", "urgent@a", "recent@a");
  }

  @Test
  void aTaskIsNotPlacedBeforeItsTime() {
    scheduler.worker("a", slots(10));
    offer("later", TaskSpec.builder().notBefore(NOW + 10), NOW);

    assertThat(placed(NOW + 9)).isEmpty();
    assertThat(scheduler.nextDue()).isEqualTo(NOW + 10);
    assertThat(placed(NOW + 10)).containsExactly("later@a");
  }

  @Test
  void aDemandThatNobodyMeetsHoldsUpNoOther() {
    scheduler.worker("a", slots(1));
    offer("gpu", TaskSpec.builder().label("gpu"), NOW - 5);
    offer("plain", TaskSpec.builder(), NOW);

    assertThat(placed(NOW)).containsExactly("plain@a");
    scheduler.worker("g", slots(1, "gpu", "big"));
    assertThat(placed(NOW)).containsExactly("gpu@g");
  }

  @Test
  void aDrainingOrDepartedWorkerGetsNothing() {
    scheduler.worker("a", slots(1).draining(true));
    scheduler.worker("b", slots(1));
    scheduler.workerGone("b");
    offer("t", TaskSpec.builder(), NOW);

    assertThat(placed(NOW)).isEmpty();
    scheduler.worker("a", slots(1));
    assertThat(placed(NOW)).containsExactly("t@a");
  }

  @Test
  void aWithdrawnTaskIsNotPlaced() {
    scheduler.worker("a", slots(9));
    TaskEntry ready = task("ready", TaskSpec.shell("true"), NOW);
    TaskEntry delayed =
        task("delayed", TaskSpec.builder().command("true").notBefore(NOW + 5).build(), NOW);
    scheduler.offer(ready, NOW);
    scheduler.offer(delayed, NOW);
    scheduler.withdraw(ready);
    scheduler.withdraw(delayed);

    assertThat(placed(NOW + 10)).isEmpty();
    assertThat(scheduler.waiting()).isZero();
  }
}
