package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.Lockstep.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The oracle next door: seeded random requests go to Apache ZooKeeper and to the server under test
 * in lockstep, and everything either says must be equal. {@code -Doracle.runs=N} for more seeds,
 * {@code -Doracle.seed=N -Doracle.steps=M} to see one again.
 */
class DifferentialTest {

  private static final int SLOTS = 4;

  /**
   * After so many steps each server is restarted on what the other has written. Not with quotas:
   * what Apache counts after a restart depends on when it wrote its last snapshot.
   */
  private static final int LIFE_STEPS = 2_000;

  private static final int HISTORY = Integer.getInteger("oracle.history", 25);

  @Test
  void randomRequestsAreAnsweredAsApacheAnswersThem() {
    Integer seed = Integer.getInteger("oracle.seed");
    int steps = Integer.getInteger("oracle.steps", 3_000);
    if (seed != null) {
      compare(seed, steps);
      return;
    }
    int runs = Integer.getInteger("oracle.runs", 8);
    int first = Integer.getInteger("oracle.first", 1);
    for (int run = first; run < first + runs; run++) {
      compare(run, steps);
    }
  }

  private static void compare(int seed, int steps) {
    long began = System.nanoTime();
    // Nobody is to reap or to expire sessions in the middle of a run, however slow the machine.
    ServerSpec spec =
        ServerSpec.standard()
            .with("znode.container.checkIntervalMs", "86400000")
            .with("tickTime", "6000000");
    Run run = new Run(seed);
    try {
      Path scratch = Files.createTempDirectory("differential");
      int life = run.withLuck ? steps : LIFE_STEPS;
      for (int from = 0; from < steps; from += life) {
        run.swapped = from / life % 2 == 1;
        long mismatches = ApacheServer.digestMismatches();
        try (ServerUnderTest left = run.left().start(spec.in(scratch.resolve("left")));
            ServerUnderTest right = run.right().start(spec.in(scratch.resolve("right")))) {
          int port = (run.swapped ? left : right).port();
          assertThat(FourLetterConformanceTest.monitor(port, "zk_digest_mismatches_count"))
              .as("seed %d, step %d: digests that Paddock read", seed, from)
              .isEqualTo("0");
          if (run.digestsAreSound) {
            assertThat(ApacheServer.digestMismatches())
                .as("seed %d, step %d: digests that Apache read", seed, from)
                .isEqualTo(mismatches);
          }
          run.live(left.port(), right.port(), from, Math.min(steps, from + life));
          run.digestsAreSound &= ApacheServer.digestMismatches() == mismatches;
        }
      }
      ApacheServer.deleteTree(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long ms = (System.nanoTime() - began) / 1_000_000;
    System.out.printf("differential seed %d: %d steps equal in %d ms%n", seed, steps, ms);
  }

  private static final class Run {
    private final int seed;
    private final Random random;
    private final boolean withLuck;
    private final boolean bursts;
    private final boolean withRights;
    private final OpDice dice;
    private Lockstep lockstep;

    /** Whether what Apache logged are its own tree's digests: it foretells wrong ones at times. */
    private boolean digestsAreSound = true;

    /** Whether each server lives in the other's directory. */
    private boolean swapped;

    private final Deque<String> history = new ArrayDeque<>();

    Run(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.withLuck = seed % 2 == 0;
      this.bursts = seed % 4 == 1;
      this.withRights = seed % 3 == 0;
      this.dice = new OpDice(random, withLuck, withRights);
    }

    Contender left() {
      return swapped ? Contender.subject() : Contender.oracle();
    }

    Contender right() {
      return swapped ? Contender.oracle() : Contender.subject();
    }

    /** From one start of the servers to the next. */
    void live(int leftPort, int rightPort, int from, int to) {
      if (lockstep == null) {
        lockstep = new Lockstep(leftPort, rightPort, SLOTS);
      } else {
        lockstep.restarted(leftPort, rightPort);
      }
      look(leftPort, rightPort, from);
      for (int step = from; step < to; step++) {
        check(step, step(random.nextInt(SLOTS)));
      }
      look(leftPort, rightPort, to - 1);
      lockstep.close();
    }

    /** Compares everything that is there. */
    private void look(int leftPort, int rightPort, int step) {
      Set<String> paths = TreeDump.of(leftPort).nodes().keySet();
      assertThat(TreeDump.of(rightPort).nodes().keySet()).isEqualTo(paths);
      check(step, lockstep.connect(0, Attach.NEW, 200_000, true));
      check(step, lockstep.op(0, Op.auth("digest", ServerSpec.SUPER_AUTH)));
      for (String path : paths) {
        check(step, lockstep.op(0, Op.getData(path, false)));
        check(step, lockstep.op(0, Op.path(OpCode.GET_ACL, path)));
        check(step, lockstep.op(0, Op.getChildren2(path, false)));
      }
    }

    private void check(int step, Outcome outcome) {
      remember(step, outcome);
      if (!outcome.equal()) {
        throw new AssertionError(report(step, outcome));
      }
      assertThat(outcome.left()).as(() -> report(step, outcome)).doesNotContain("undecodable");
    }

    private Outcome step(int slot) {
      int face = random.nextInt(1000);
      int often = withRights ? 4 : 1;
      if (!lockstep.connected(slot) || face >= 5 * often && face < 12 * often) {
        if (withRights) {
          dice.reconnected(lockstep.lastZxid());
        }
        return lockstep.connect(slot, attach(slot), timeoutMs(), random.nextInt(5) > 0);
      } else if (face < 5 * often) {
        return lockstep.drop(slot);
      }
      if (bursts && face < 150) {
        return lockstep.burst(slot, burst());
      }
      return lockstep.op(slot, dice.roll(lockstep.lastZxid()));
    }

    /**
     * Requests whose replies are promised in order, and after which the connection stays. Not
     * setACL: what comes right behind it Apache judges by the old list or by the new one.
     */
    private List<Op> burst() {
      List<Op> ops = new ArrayList<>();
      for (int left = 2 + random.nextInt(8); left > 0; left--) {
        Op op = dice.roll(lockstep.lastZxid());
        if (OpCode.isPipelined(op.type()) && op.type() != OpCode.SET_ACL) {
          ops.add(op);
        }
      }
      return ops;
    }

    private Attach attach(int slot) {
      if (!lockstep.hasSession(slot)) {
        return Attach.NEW;
      }
      return switch (random.nextInt(20)) {
        case 0, 1 -> Attach.WRONG_PASSWORD;
        case 2 -> Attach.NO_PASSWORD;
        case 3 -> Attach.HALF_A_PASSWORD;
        case 4, 5 -> Attach.FROM_THE_FUTURE;
        case 6 -> Attach.INVENTED;
        case 7, 8 -> lockstep.hasNeighbour(slot) ? Attach.NEIGHBOURS : Attach.NEW;
        case 9, 10, 11 -> Attach.NEW;
        default -> Attach.AGAIN;
      };
    }

    private int timeoutMs() {
      return switch (random.nextInt(4)) {
        case 0 -> 0;
        case 1 -> -5;
        case 2 -> Integer.MAX_VALUE;
        default -> 200_000;
      };
    }

    private void remember(int step, Outcome outcome) {
      history.add("#" + step + " " + outcome.words() + " ->" + outcome.left());
      if (history.size() > HISTORY) {
        history.poll();
      }
    }

    private String report(int step, Outcome outcome) {
      return """
      seed %d, step %d: %s
      --- %s:%s
      --- %s:%s
      --- again: -Dtest=DifferentialTest -Doracle.seed=%d -Doracle.steps=%d
      --- the steps before it, as %s answered:
      %s
      """
          .formatted(
              seed,
              step,
              outcome.words(),
              left(),
              outcome.left(),
              right(),
              outcome.right(),
              seed,
              step + 1,
              left(),
              String.join("\n", history));
    }
  }
}
