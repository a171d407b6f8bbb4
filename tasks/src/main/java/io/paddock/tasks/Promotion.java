package io.paddock.tasks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/**
 * Moves tasks from the backlog to {@code /tasks} when there is room, in the order of their ranks
 * ({@link TaskEntry#rank}): one bucket holds tasks of one priority in order of arrival, so the
 * first in rank of all is at the head of the oldest bucket of some priority.
 *
 * <p>A move is one transaction that creates the one znode and deletes the other, so a task is at
 * one place at any time. What is known of the buckets is kept, so that a bucket is listed once or
 * twice and not for each move; whatever was missed is found when its names are used up and it is
 * listed again. For the master's thread.
 */
final class Promotion {
  private static final int BATCH = 64;

  /** A transaction's data, so that its packet stays well below 1 MB. */
  private static final int BATCH_BYTES_MAX = 512 * 1024;

  /** How many of each priority are read ahead, where there are several. */
  private static final int AHEAD = 8;

  /** A task at the head of a line, once it was read. */
  private static final class Head {
    private final String path;
    private ZnodeData node;

    private Head(String path) {
      this.path = path;
    }
  }

  /** The oldest bucket of a priority. */
  private static final class Line {
    private final int priority;
    private final String path;
    private final Deque<String> names = new ArrayDeque<>();
    private final Deque<Head> heads = new ArrayDeque<>();

    private Line(int priority, String path) {
      this.priority = priority;
      this.path = path;
    }

    private boolean isUsedUp() {
      return names.isEmpty() && heads.isEmpty();
    }

    private long rank() {
      long created = heads.element().node.stat().getCtime();
      return created - priority * Scheduler.PRIORITY_STEP_MS;
    }

    private long zxid() {
      return heads.element().node.stat().getCzxid();
    }

    /** Of two heads with the same rank the older one goes first. */
    private boolean isBefore(Line other) {
      return rank() != other.rank() ? rank() < other.rank() : zxid() < other.zxid();
    }
  }

  /** Runs a step once so many answers have come; at once for none. */
  private static final class Countdown {
    private final Runnable then;
    private int missing;

    private Countdown(int missing, Runnable then) {
      this.missing = missing;
      this.then = then;
      if (missing == 0) {
        then.run();
      }
    }

    private void one() {
      if (--missing == 0) {
        then.run();
      }
    }
  }

  private final Port port;
  private final TreeMap<Integer, Line> lines = new TreeMap<>();
  private boolean unlisted = true;
  private boolean news = true;
  private boolean busy;

  Promotion(Port port) {
    this.port = port;
  }

  /**
   * Something changed in the backlog.
   *
   * @param bucket whether a bucket came or went, rather than a task
   */
  void changed(boolean bucket) {
    news = true;
    unlisted |= bucket;
  }

  /** Moves up to {@code room} tasks, unless a move is under way or there is nothing new. */
  void step(int room) {
    if (!news || busy || room <= 0) {
      return;
    }
    busy = true;
    news = false;
    int max = Math.min(room, BATCH);
    if (!unlisted) {
      list(max);
      return;
    }
    unlisted = false;
    port.children(
        Layout.BACKLOG,
        names -> {
          arrange(BacklogBuckets.buckets(names));
          list(max);
        });
  }

  private void arrange(List<String> buckets) {
    TreeMap<Integer, String> oldest = new TreeMap<>();
    for (String bucket : buckets) {
      oldest.putIfAbsent(BacklogBuckets.priority(bucket), Layout.BACKLOG + "/" + bucket);
    }
    lines.values().removeIf(line -> !line.path.equals(oldest.get(line.priority)));
    oldest.forEach(
        (priority, path) -> lines.computeIfAbsent(priority, same -> new Line(priority, path)));
  }

  /** Asks for the names in the buckets of which none are known. */
  private void list(int max) {
    List<Line> unknown = lines.values().stream().filter(Line::isUsedUp).toList();
    Countdown listed = new Countdown(unknown.size(), () -> read(max));
    for (Line line : unknown) {
      port.children(
          line.path,
          names -> {
            if (names == null || names.isEmpty()) {
              remove(line);
            } else {
              names.stream().sorted().forEach(line.names::add);
            }
            listed.one();
          });
    }
  }

  /** Fails if somebody has just put a task in; then the buckets are listed again. */
  private void remove(Line line) {
    lines.remove(line.priority, line);
    port.write(List.of(Op.delete(line.path, -1)), refusal -> changed(true));
  }

  /** Reads the first of each line of which nothing is known but names. */
  private void read(int max) {
    int ahead = lines.size() > 1 ? Math.min(max, AHEAD) : max;
    List<Line> hidden = lines.values().stream().filter(line -> line.heads.isEmpty()).toList();
    List<Head> asked = new ArrayList<>();
    for (Line line : hidden) {
      for (int i = 0; i < ahead && !line.names.isEmpty(); i++) {
        Head head = new Head(line.path + "/" + line.names.remove());
        line.heads.add(head);
        asked.add(head);
      }
    }
    Countdown answered = new Countdown(asked.size(), () -> move(max));
    for (Head head : asked) {
      port.get(
          head.path,
          node -> {
            head.node = node;
            answered.one();
          });
    }
  }

  /** Moves the first in rank, up to where the next is not known. */
  private void move(int max) {
    lines.values().forEach(line -> line.heads.removeIf(head -> head.node == null)); // cancelled
    List<Head> chosen = new ArrayList<>();
    int bytes = 0;
    Line first = first(lines.values());
    while (first != null && chosen.size() < max) {
      byte[] data = first.heads.element().node.data();
      bytes += data == null ? 0 : data.length;
      if (bytes > BATCH_BYTES_MAX && !chosen.isEmpty()) {
        break;
      }
      chosen.add(first.heads.remove());
      first = first(lines.values());
    }
    news |= !lines.isEmpty();
    if (chosen.isEmpty()) {
      busy = false;
      return;
    }
    List<Op> ops = new ArrayList<>();
    chosen.forEach(head -> ops.addAll(ops(head)));
    port.write(
        ops,
        refusal -> {
          busy = false;
          if (refusal != null) {
            chosen.forEach(this::moveAlone); // one was cancelled or changed meanwhile
          }
        });
  }

  private void moveAlone(Head head) {
    port.write(
        ops(head),
        refusal -> {
          if (refusal != null && refusal.index() == 1 && refusal.code() == Code.NODEEXISTS) {
            port.write(List.of(Op.delete(head.path, -1)), gone -> {}); // it is in /tasks already
          }
        });
  }

  /** The line whose head is first in rank; null when a line's head is unknown, or there is none. */
  private static Line first(Collection<Line> lines) {
    Line first = null;
    for (Line line : lines) {
      if (line.heads.isEmpty()) {
        return null;
      }
      if (first == null || line.isBefore(first)) {
        first = line;
      }
    }
    return first;
  }

  private static List<Op> ops(Head head) {
    byte[] data = head.node.data();
    TaskSpec spec = TaskSpec.parse(data);
    // Its place in the queue, and the time that a person is shown, stay what they were.
    byte[] kept = spec.error() == null ? spec.withSince(head.node.stat().getCtime()).bytes() : data;
    return List.of(
        Op.delete(head.path, head.node.stat().getVersion()),
        Ending.create(Layout.task(Layout.name(head.path)), kept));
  }
}
