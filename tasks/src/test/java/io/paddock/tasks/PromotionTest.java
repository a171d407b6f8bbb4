package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.CreateRequest;
import org.junit.jupiter.api.Test;

/** The order in which tasks leave the backlog, against a tree in memory. */
class PromotionTest {
  private static final long MINUTE_MS = 60_000;

  /** Answers at once; a transaction with a deletion of what is not there is refused. */
  private static final class Tree implements Port {
    private final TreeMap<String, ZnodeData> nodes = new TreeMap<>();
    private final List<String> moved = new ArrayList<>();
    private final List<Integer> bytes = new ArrayList<>();
    private int listings;

    private void task(String bucket, int number, int priority, long created, String command) {
      nodes.putIfAbsent(Layout.BACKLOG + "/" + bucket, new ZnodeData(new byte[0], new Stat()));
      Stat stat = new Stat();
      stat.setCtime(created);
      stat.setCzxid(nodes.size());
      byte[] data = TaskSpec.builder().command(command).priority(priority).build().bytes();
      nodes.put(
          BacklogBuckets.taskPrefix(bucket) + String.format("%010d", number),
          new ZnodeData(data, stat));
    }

    @Override
    public long now() {
      return 0;
    }

    @Override
    public void read(String task, Consumer<TaskNodes> then) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void children(String path, Consumer<List<String>> then) {
      listings++;
      then.accept(
          nodes.keySet().stream()
              .filter(node -> node.startsWith(path + "/"))
              .map(node -> node.substring(path.length() + 1))
              .filter(name -> !name.contains("/"))
              .toList());
    }

    @Override
    public void get(String path, Consumer<ZnodeData> then) {
      then.accept(nodes.get(path));
    }

    @Override
    public void write(List<Op> ops, Answer then) {
      for (int i = 0; i < ops.size(); i++) {
        Op op = ops.get(i);
        if (op.getType() == OpCode.delete && !nodes.containsKey(op.getPath())) {
          then.refused(refusal(i));
          return;
        }
      }
      int sum = 0;
      for (Op op : ops) {
        if (op.getType() == OpCode.delete) {
          nodes.remove(op.getPath());
        } else {
          byte[] data = ((CreateRequest) op.toRequestRecord()).getData();
          sum += data.length;
          nodes.put(op.getPath(), new ZnodeData(data, new Stat()));
          moved.add(TaskSpec.parse(data).command());
        }
      }
      bytes.add(sum);
      then.refused(null);
    }

    private static AsyncZooKeeper.RefusedMulti refusal(int index) {
      List<OpResult> results = new ArrayList<>();
      for (int i = 0; i < index; i++) {
        results.add(new OpResult.ErrorResult(Code.OK.intValue()));
      }
      results.add(new OpResult.ErrorResult(Code.NONODE.intValue()));
      return new AsyncZooKeeper.RefusedMulti(Code.NONODE, results);
    }

    private long left() {
      return nodes.keySet().stream().filter(node -> node.startsWith(Layout.BACKLOG + "/")).count();
    }
  }

  private final Tree tree = new Tree();
  private final Promotion promotion = new Promotion(tree);

  private void steps(int room) {
    for (int i = 0; i < 2_000 && tree.left() > 0; i++) {
      promotion.step(room);
    }
    assertThat(tree.left()).isZero();
  }

  @Test
  void theUrgentGoFirstAndWhoHasWaitedLongEnoughBeforeThem() {
    tree.task("b0000000000", 0, 0, 0, "old");
    tree.task("b0000000000", 1, 0, 8 * MINUTE_MS, "plain");
    tree.task("p5-0000000001", 0, 5, 10 * MINUTE_MS, "urgent");
    tree.task("p5-0000000001", 1, 5, 14 * MINUTE_MS, "urgent, later");
    tree.task("p-2-0000000002", 0, -2, 10 * MINUTE_MS, "unhurried");

    steps(1);

    assertThat(tree.moved).containsExactly("old", "urgent", "plain", "urgent, later", "unhurried");
  }

  @Test
  void theRankDecidesAlsoWithinOneMoveOfMany() {
    for (int i = 0; i < 200; i++) {
      tree.task("b0000000000", i, 0, 2 * i, "x" + 2 * i);
      tree.task("p1-0000000001", i, 1, 2 * i + 1 + MINUTE_MS, "x" + (2 * i + 1));
    }

    steps(64);

    List<String> order = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      order.add("x" + i);
    }
    assertThat(tree.moved).containsExactlyElementsOf(order);
  }

  @Test
  void aBucketThatComesLaterIsSeenAtOnce() {
    for (int i = 0; i < 10; i++) {
      tree.task("b0000000000", i, 0, i, "plain");
    }
    promotion.step(3);
    tree.task("p9-0000000001", 0, 9, 100, "urgent");
    promotion.changed(true);
    promotion.step(1);

    assertThat(tree.moved).containsExactly("plain", "plain", "plain", "urgent");
  }

  @Test
  void olderBucketsOfAPriorityComeBeforeNewerOnes() {
    tree.task("p1-0000000010", 0, 1, 30, "third");
    tree.task("p1-0000000009", 0, 1, 10, "first");
    tree.task("p1-0000000009", 1, 1, 20, "second");

    steps(64);

    assertThat(tree.moved).containsExactly("first", "second", "third");
  }

  @Test
  void aTransactionStaysWellBelowAPacketsBound() {
    for (int i = 0; i < 12; i++) {
      tree.task("b0000000000", i, 0, i, "y".repeat(200_000));
    }

    steps(64);

    assertThat(tree.moved).hasSize(12);
    assertThat(tree.bytes).allMatch(sum -> sum < 900_000);
  }

  @Test
  void aBucketIsListedTwiceAndNotForEachMove() {
    for (int i = 0; i < 1_000; i++) {
      tree.task("b0000000000", i, 0, i, "x");
    }

    steps(10);

    assertThat(tree.moved).hasSize(1_000);
    assertThat(tree.listings).isLessThanOrEqualTo(4);
  }

  @Test
  void whatIsCancelledMeanwhileHoldsUpNobody() {
    for (int i = 0; i < 20; i++) {
      tree.task("b0000000000", i, 0, i, "x" + i);
    }
    tree.task("p1-0000000001", 0, 1, MINUTE_MS + 3, "y");
    promotion.step(1); // eight are read by now
    tree.nodes.remove(BacklogBuckets.taskPrefix("b0000000000") + "0000000002");
    tree.nodes.remove(BacklogBuckets.taskPrefix("b0000000000") + "0000000015");

    steps(64);

    assertThat(tree.moved).hasSize(19).doesNotContain("x2", "x15");
  }

  @Test
  void theTimeOfSubmissionIsKept() {
    tree.task("b0000000000", 0, 0, 12_345, "x");

    steps(1);

    ZnodeData node =
        tree.nodes.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("/tasks/"))
            .findFirst()
            .orElseThrow()
            .getValue();
    assertThat(TaskSpec.parse(node.data()).submittedAt(99_999)).isEqualTo(12_345);
    assertThat(new String(node.data(), StandardCharsets.UTF_8)).contains("\"since\":12345");
  }
}
