package io.paddock.tasks;

import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.Op;

/**
 * Moves tasks from the backlog to {@code /tasks} when there is room, oldest bucket first.
 *
 * <p>A move is one transaction that creates the one znode and deletes the other, so a task is at
 * one place at any time. For the master's thread.
 */
final class Promotion {
  private static final int BATCH = 64;

  private final Port port;
  private boolean news = true;
  private boolean busy;

  Promotion(Port port) {
    this.port = port;
  }

  /** Something changed in the backlog. */
  void changed() {
    news = true;
  }

  /** Moves up to {@code room} tasks, unless a move is under way or there is nothing new. */
  void step(int room) {
    if (!news || busy || room <= 0) {
      return;
    }
    busy = true;
    news = false;
    port.children(
        Layout.BACKLOG,
        names -> {
          List<String> buckets = Backlog.buckets(names);
          if (buckets.isEmpty()) {
            busy = false;
          } else {
            open(Layout.BACKLOG + "/" + buckets.get(0), room);
          }
        });
  }

  private void open(String bucket, int room) {
    port.children(
        bucket,
        names -> {
          news = true; // there is more, in this bucket or in the next
          if (names == null) {
            busy = false;
          } else if (names.isEmpty()) {
            // Fails if somebody has just put a task in; then the bucket is read again.
            port.write(List.of(Op.delete(bucket, -1)), refusal -> busy = false);
          } else {
            read(bucket, names.stream().sorted().limit(Math.min(room, BATCH)).toList());
          }
        });
  }

  private void read(String bucket, List<String> names) {
    List<Op> ops = new ArrayList<>();
    int[] answers = new int[1];
    for (String name : names) {
      String from = bucket + "/" + name;
      port.get(
          from,
          node -> {
            if (node != null) {
              ops.add(Op.delete(from, node.stat().getVersion()));
              ops.add(Ending.create(Layout.task(name), node.data()));
            }
            answers[0]++;
            if (answers[0] == names.size()) {
              move(ops);
            }
          });
    }
  }

  private void move(List<Op> ops) {
    if (ops.isEmpty()) {
      busy = false;
      return;
    }
    port.write(
        ops,
        refusal -> {
          if (refusal != null && ops.size() > 2) {
            // One of them was cancelled or is large: one at a time, then.
            for (int i = 0; i < ops.size(); i += 2) {
              port.write(ops.subList(i, i + 2), each -> {});
            }
          }
          busy = false;
        });
  }
}
