package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.Lockstep.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The oracle next door: seeded random requests go to Apache ZooKeeper and to the server under test
 * in lockstep, and everything either says must be equal. {@code -Doracle.runs=N} for more seeds,
 * {@code -Doracle.seed=N -Doracle.steps=M} to see one again.
 */
class DifferentialTest {

  private static final int SLOTS = 4;
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
    // Nobody is to reap in the middle of a run.
    ServerSpec spec = ServerSpec.standard().with("znode.container.checkIntervalMs", "86400000");
    try (ServerUnderTest left = Contender.oracle().start(spec);
        ServerUnderTest right = Contender.subject().start(spec);
        Lockstep lockstep = new Lockstep(left.port(), right.port(), SLOTS)) {
      new Run(seed, lockstep).go(steps);
    }
    long ms = (System.nanoTime() - began) / 1_000_000;
    System.out.printf("differential seed %d: %d steps equal in %d ms%n", seed, steps, ms);
  }

  private static final class Run {
    private final int seed;
    private final Random random;
    private final boolean bursts;
    private final OpDice dice;
    private final Lockstep lockstep;
    private final Deque<String> history = new ArrayDeque<>();

    Run(int seed, Lockstep lockstep) {
      this.seed = seed;
      this.random = new Random(seed);
      this.bursts = seed % 2 == 1;
      this.dice = new OpDice(random, !bursts);
      this.lockstep = lockstep;
    }

    void go(int steps) {
      for (int step = 0; step < steps; step++) {
        Outcome outcome = step(random.nextInt(SLOTS));
        remember(step, outcome);
        if (!outcome.equal()) {
          throw new AssertionError(report(step, outcome));
        }
        assertThat(outcome.left()).as(() -> report(0, outcome)).doesNotContain("undecodable");
      }
    }

    private Outcome step(int slot) {
      int face = random.nextInt(1000);
      if (!lockstep.connected(slot)) {
        return lockstep.connect(slot, attach(slot), timeoutMs(), random.nextInt(5) > 0);
      } else if (face < 5) {
        return lockstep.drop(slot);
      } else if (face < 12) {
        return lockstep.connect(slot, attach(slot), timeoutMs(), random.nextInt(5) > 0);
      }
      if (bursts && face < 150) {
        return lockstep.burst(slot, burst());
      }
      return lockstep.op(slot, dice.roll(lockstep.lastZxid()));
    }

    /** Requests whose replies are promised in order, and after which the connection stays. */
    private List<Op> burst() {
      List<Op> ops = new ArrayList<>();
      for (int left = 2 + random.nextInt(8); left > 0; left--) {
        Op op = dice.roll(lockstep.lastZxid());
        if (OpCode.isPipelined(op.type()) && !isLuck(op)) {
          ops.add(op);
        }
      }
      return ops;
    }

    /**
     * What comes right behind a setACL Apache judges by the old list or by the new one; and see
     * {@link OpDice}.
     */
    private static boolean isLuck(Op op) {
      boolean malformed = op.words().contains("MALFORMED");
      return op.type() == OpCode.SET_ACL || (op.type() == OpCode.MULTI && malformed);
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
      --- Apache:%s
      --- %s:%s
      --- again: -Dtest=DifferentialTest -Doracle.seed=%d -Doracle.steps=%d
      --- the steps before it, as Apache answered:
      %s
      """
          .formatted(
              seed,
              step,
              outcome.words(),
              outcome.left(),
              Contender.subject(),
              outcome.right(),
              seed,
              step + 1,
              String.join("\n", history));
    }
  }
}
