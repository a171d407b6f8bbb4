package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Three Paddock processes under load, and everything that can happen to servers and to the links
 * between them; after each, all that the clients saw is checked. Every fault once in an order drawn
 * from the seed, or {@code -Densemble.rounds=N} times; {@code -Densemble.seed=N} repeats the draw.
 */
class EnsembleFaultsTest {
  private static final int ROUNDS = Integer.getInteger("ensemble.rounds", 1);
  private static final int CLIENTS = 6;

  @Test
  void nothingIsLostWhateverHappensToServersAndLinksOnLoopback() throws IOException {
    endure(new ProxiedLinks(3), EnumSet.allOf(EnsembleFault.class));
  }

  @Test
  void nothingIsLostWhenLinksBetweenMachinesAreCut() throws IOException {
    Assumptions.assumeTrue(
        NamespaceLinks.areAllowed(), "network namespaces need Linux, root and iproute2");
    endure(
        new NamespaceLinks(3),
        EnumSet.of(
            EnsembleFault.KILL_LEADER,
            EnsembleFault.ISOLATE_LEADER,
            EnsembleFault.ISOLATE_FOLLOWER,
            EnsembleFault.CUT_LEADER_FROM_FOLLOWER,
            EnsembleFault.DEAFEN_FOLLOWER,
            EnsembleFault.MUTE_FOLLOWER));
  }

  private static void endure(Links links, Set<EnsembleFault> faults) throws IOException {
    long seed = Long.getLong("ensemble.seed", System.nanoTime());
    System.out.println("ensemble.seed=" + seed + " ensemble.rounds=" + ROUNDS);
    Random random = new Random(seed);
    try (EnsembleProcesses ensemble =
        new EnsembleProcesses(links, 3, 0, EnsembleFault.SETTINGS)) {
      ensemble.all().forEach(i -> ensemble.start(i, Kind.PADDOCK));
      ensemble.awaitServing(ensemble.all());
      for (int round = 1; round <= ROUNDS; round++) {
        List<EnsembleFault> order = new ArrayList<>(faults);
        Collections.shuffle(order, random);
        round(ensemble, "/r" + round, order, random);
      }
      for (int i : ensemble.all()) {
        assertThat(ensemble.logged(i)).doesNotContain("different trees");
      }
    }
  }

  private static void round(
      EnsembleProcesses ensemble, String root, List<EnsembleFault> faults, Random random)
      throws IOException {
    try (RecordedLoad load =
        new RecordedLoad(root, ensemble.clients(), CLIENTS, random.nextLong())) {
      for (EnsembleFault fault : faults) {
        fault.strikeAndAudit(ensemble, load, random);
      }
      load.end();
      System.out.println(load.acknowledged() + " writes checked");
    }
  }
}
