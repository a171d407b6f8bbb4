package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Three Paddock processes under load, and everything that can happen to servers and to the links
 * between them; after each, all that the clients saw is checked. The order is drawn from the seed,
 * {@code -Densemble.seed=N} repeats the draw. {@code -Densemble.rounds=N} goes through all faults N
 * times; without it the cuts between machines stand for most of those on loopback.
 */
class EnsembleFaultsTest {
  private static final int ROUNDS = Integer.getInteger("ensemble.rounds", 0);
  private static final int CUTS_ON_LOOPBACK = 2;
  private static final int CLIENTS = 6;

  @Test
  void nothingIsLostWhateverHappensToServersAndLinksOnLoopback() throws IOException {
    boolean all = ROUNDS > 0 || !NamespaceLinks.areAllowed();
    int cuts = all ? EnsembleFault.cuts().size() : CUTS_ON_LOOPBACK;
    endure(new ProxiedLinks(3), EnsembleFault.ofServers(), cuts);
  }

  @Test
  void nothingIsLostWhenLinksBetweenMachinesAreCut() throws IOException {
    Assumptions.assumeTrue(
        NamespaceLinks.areAllowed(), "network namespaces need Linux, root and iproute2");
    endure(new NamespaceLinks(3), List.of(), EnsembleFault.cuts().size());
  }

  private static void endure(Links links, List<EnsembleFault> faults, int cuts) throws IOException {
    long seed = Long.getLong("ensemble.seed", System.nanoTime());
    System.out.println("ensemble.seed=" + seed + " ensemble.rounds=" + ROUNDS);
    Random random = new Random(seed);
    try (EnsembleProcesses ensemble = new EnsembleProcesses(links, 3, 0, EnsembleFault.SETTINGS)) {
      ensemble.all().forEach(i -> ensemble.start(i, Kind.PADDOCK));
      ensemble.awaitServing(ensemble.all());
      for (int round = 1; round <= Math.max(1, ROUNDS); round++) {
        List<EnsembleFault> order = new ArrayList<>(EnsembleFault.cuts());
        Collections.shuffle(order, random);
        order.subList(cuts, order.size()).clear();
        order.addAll(faults);
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
