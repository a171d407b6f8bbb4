package io.paddock.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One entry of the benchmark. Stateless: what it finds out goes to the samples. */
interface Measurement {
  /** The name that {@code --only} takes. */
  String name();

  List<BenchMetric> metrics();

  /** Whether a round starts a server of its own; then it runs fewer rounds. */
  boolean isLong();

  /** Why it cannot be measured here; empty when it can. */
  default Optional<String> missing() {
    return Optional.empty();
  }

  /**
   * Measures one server once.
   *
   * @param round from 0
   * @throws IOException when the server fails; the number is then missing from the table
   */
  void round(Target target, int round, Samples samples) throws IOException;
}
