package io.paddock.tasks;

import java.util.Set;

/** What a task asks of its worker. */
record Demand(String type, Set<String> labels) {
  static Demand of(TaskSpec spec) {
    return new Demand(spec.type(), Set.copyOf(spec.labels()));
  }
}
