package io.paddock.sim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Tells of a finding: what, when, and how to see it again. A run is deterministic, so it is run
 * again.
 */
final class FindingReport {
  private static final int GIT_SECONDS_MAX = 10;

  private FindingReport() {}

  /** One line of a trace. */
  static String line(long atMs, String who, String what) {
    return "%7.3f s  %-9s %s".formatted(atMs / 1000.0, who, what);
  }

  /** A finding in full, with the end of its run's trace. */
  static String of(long seed, Scale scale, Canary canary, SimFinding finding, int traceLines) {
    ArrayDeque<String> tail = new ArrayDeque<>();
    World.Trace trace =
        (atMs, who, what) -> {
          if (tail.size() == traceLines) {
            tail.removeFirst();
          }
          tail.addLast(line(atMs, who, what.get()));
        };
    String again = "";
    try {
      Simulation.run(seed, scale, canary, trace);
      again = "\n(not found when run again: a run is not deterministic)";
    } catch (SimFinding e) {
      if (!String.valueOf(e.getMessage()).equals(finding.getMessage())) {
        again = "\n(when run again: " + e.getMessage() + ")";
      }
    }
    return """
        %s
        FOUND by seed %d (%s, %d clients, %d steps, %s) at commit %s:
          %s%s
        To see all of it: ./paddock sim --seed %d --steps %d --servers %d --observers %d --clients %d%s"""
        .formatted(
            String.join("\n", tail),
            seed,
            scale.servers(),
            scale.clients(),
            scale.steps(),
            canary.what(),
            commit(),
            finding.getMessage(),
            again,
            seed,
            scale.steps(),
            scale.voters(),
            scale.observers(),
            scale.clients(),
            canary == Canary.NONE ? "" : " --canary " + canary.word());
  }

  /** The commit of the clone around the working directory, as far as git can tell. */
  static String commit() {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty")
              .redirectErrorStream(true)
              .start();
      String told = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean ended = git.waitFor(GIT_SECONDS_MAX, TimeUnit.SECONDS);
      return ended && git.exitValue() == 0 ? told : "unknown";
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
