package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * What stands in {@code /workers/<id>}. A person's plain text means one slot and no labels.
 *
 * @param host where it runs, or a person's text
 * @param pid its process; 0 when not known
 * @param slots how many tasks it runs at once, from 1
 * @param labels what it offers
 * @param types the task types it has handlers for; {@code command} is always one
 * @param draining whether it gets no further tasks
 */
public record WorkerInfo(
    String host, long pid, int slots, Set<String> labels, Set<String> types, boolean draining) {

  /** Fills in what is absent. */
  public WorkerInfo {
    slots = Math.max(1, slots);
    labels = labels == null ? Set.of() : new TreeSet<>(labels);
    types = types == null ? Set.of() : new TreeSet<>(types);
  }

  static WorkerInfo parse(byte[] data) {
    String text = data == null ? "" : new String(data, StandardCharsets.UTF_8);
    return JsonText.read(
        data, WorkerInfo.class, new WorkerInfo(text, 0, 1, Set.of(), Set.of(), false));
  }

  byte[] bytes() {
    return JsonText.bytes(this);
  }

  WorkerInfo draining(boolean value) {
    return new WorkerInfo(host, pid, slots, labels, types, value);
  }

  boolean meets(Demand demand) {
    return !draining
        && labels.containsAll(demand.labels())
        && (demand.type().equals(TaskSpec.COMMAND) || types.contains(demand.type()));
  }
}
