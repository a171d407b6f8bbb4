package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Servers whose names get into DNS late, or get another address, as those of pods do. Java keeps an
 * address for 30 seconds by itself.
 */
@Timeout(300)
class NamesTest {
  private static final double SECONDS_MAX = 10;
  private static final List<String> SETTINGS =
      List.of("tickTime=500", "initLimit=40", "syncLimit=10", "electionPortBindRetry=0");

  @BeforeEach
  void needNamespaces() {
    Assumptions.assumeTrue(
        NamedLinks.areAllowed(), "an /etc/hosts of one's own needs root, unshare");
  }

  private static String address(int server) {
    return "127.0.1." + server;
  }

  private static EnsembleProcesses ensemble(NamedLinks links, List<Integer> known)
      throws IOException {
    EnsembleProcesses ensemble = new EnsembleProcesses(links, 3, 0, SETTINGS);
    for (int at : ensemble.all()) {
      known.forEach(of -> links.resolve(at, of, address(of)));
    }
    return ensemble;
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  @Test
  void aServerWhoseOwnNameIsNotInDnsYetWaitsForItAndThenServes() throws IOException {
    NamedLinks links = new NamedLinks(3);
    try (EnsembleProcesses ensemble = ensemble(links, List.of(2, 3))) {
      ensemble.all().forEach(i -> ensemble.start(i, Kind.PADDOCK));
      ensemble.awaitServing(List.of(2, 3));
      ensemble.await(
          "word of the name",
          () -> ensemble.logged(1).contains("The election port " + NamedLinks.name(1)));
      assertThat(ensemble.isAlive(1)).isTrue();
      long start = System.nanoTime();
      ensemble.all().forEach(at -> links.resolve(at, 1, address(1)));
      ensemble.awaitServing(List.of(1));
      System.out.printf("the name came late: served %.1f s after it%n", seconds(start));
      assertThat(ensemble.logged(1)).doesNotContain("null");
    }
  }

  @Test
  void aServerThatComesBackUnderAnotherAddressIsAMemberAgainWithinSeconds() throws IOException {
    NamedLinks links = new NamedLinks(3);
    try (EnsembleProcesses ensemble = ensemble(links, List.of(1, 2, 3))) {
      ensemble.all().forEach(i -> ensemble.start(i, Kind.PADDOCK));
      ensemble.awaitServing(ensemble.all());
      List<Integer> others = new ArrayList<>(List.of(2, 3));
      // The smallest id: it cannot call anybody without being called back.
      ensemble.kill(1);
      links.resolve(1, 1, "127.0.1.11");
      ensemble.restart(1);
      // They have just looked the name up, and found the old address.
      others.forEach(
          at ->
              ensemble.await(
                  "a call back to the old address by server " + at,
                  () -> ensemble.logged(at).contains("Cannot open channel to 1")));
      long start = System.nanoTime();
      others.forEach(at -> links.resolve(at, 1, "127.0.1.11"));
      ensemble.awaitServing(List.of(1));
      double took = seconds(start);
      System.out.printf("another address: a member again after %.1f s%n", took);
      assertThat(took).isLessThan(SECONDS_MAX);
    }
  }
}
