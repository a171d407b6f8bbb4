package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Users come from Apache's servers, and may go back: one server after the other is replaced under
 * load, on its data directory, and nobody loses anything.
 */
class RollingMigrationTest {
  private static final int CLIENTS = 4;
  private static final int WRITES = 5;
  private static final List<String> SETTINGS =
      List.of(
          "tickTime=500",
          "initLimit=40",
          "syncLimit=10",
          "maxSessionTimeout=60000",
          "cnxTimeout=1000",
          "snapCount=1000");

  @Test
  void anEnsembleOfApachesBecomesOneOfPaddocks() throws Exception {
    migrate(APACHE, PADDOCK);
  }

  @Test
  void anEnsembleOfPaddocksBecomesOneOfApaches() throws Exception {
    migrate(PADDOCK, APACHE);
  }

  private static void migrate(Kind from, Kind to) throws Exception {
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(3), 3, 0, SETTINGS)) {
      ensemble.all().forEach(i -> ensemble.start(i, from));
      ensemble.awaitServing(ensemble.all());
      try (Tenant tenant = new Tenant(ensemble.connectString());
          RecordedLoad load = load(ensemble)) {
        load.awaitProgress(WRITES);
        tenant.visit(ensemble.connectString());
        for (int i : leaderLast(ensemble)) {
          System.out.printf("server %d, %s, becomes %s%n", i, ensemble.mode(i), to);
          ensemble.terminate(i);
          load.awaitProgress(WRITES);
          ensemble.start(i, to);
          ensemble.awaitServing(ensemble.all());
          load.awaitProgress(WRITES);
          load.audit("server " + i + " became " + to);
          tenant.visit(ensemble.connectString(i));
        }
        load.end();
        tenant.assertHome();
        assertSameTrees(ensemble);
        System.out.println(load.acknowledged() + " writes checked");
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  private static RecordedLoad load(EnsembleProcesses ensemble) {
    return new RecordedLoad("/r", ensemble.clients(), CLIENTS, System.nanoTime());
  }

  private static List<Integer> leaderLast(EnsembleProcesses ensemble) {
    List<Integer> order = new ArrayList<>(ensemble.all());
    Integer leader = ensemble.awaitLeader();
    order.remove(leader);
    order.add(leader);
    return order;
  }

  /** Both kinds say so when the leader's digest and their own differ. */
  private static void assertSameTrees(EnsembleProcesses ensemble) {
    for (int i : ensemble.all()) {
      assertThat(ensemble.logged(i))
          .doesNotContain("different trees")
          .doesNotContain("Digests are not matching");
    }
  }

  @Test
  void aPaddockObserverJoinsALiveEnsembleOfApaches() throws Exception {
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(4), 3, 1, SETTINGS)) {
      List<Integer> voters = List.of(1, 2, 3);
      voters.forEach(i -> ensemble.start(i, APACHE));
      ensemble.awaitServing(voters);
      try (RecordedLoad load = load(ensemble)) {
        load.awaitProgress(4 * WRITES);
        ensemble.start(4, PADDOCK);
        ensemble.awaitMode(4, "observer");
        load.awaitProgress(WRITES);
        load.audit("an observer joined");
        ensemble.kill(ensemble.awaitLeader());
        load.awaitProgress(WRITES);
        ensemble.kill(4);
        load.awaitProgress(WRITES);
        ensemble.start(4, PADDOCK);
        voters.stream().filter(i -> !ensemble.isAlive(i)).forEach(i -> ensemble.start(i, APACHE));
        ensemble.awaitServing(ensemble.all());
        ensemble.awaitMode(4, "observer");
        load.awaitProgress(WRITES);
        load.audit("the observer joined again");
        ensemble.terminate(4);
        ensemble.start(4, APACHE);
        ensemble.awaitMode(4, "observer");
        load.end();
        assertSameTrees(ensemble);
        System.out.println(load.acknowledged() + " writes checked");
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  @Test
  void fiveServersOfBothKindsSurviveTheirLeaders() throws Exception {
    List<Kind> kinds = List.of(PADDOCK, APACHE, PADDOCK, APACHE, PADDOCK);
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(5), 5, 0, SETTINGS)) {
      ensemble.all().forEach(i -> ensemble.start(i, kinds.get(i - 1)));
      ensemble.awaitServing(ensemble.all());
      try (RecordedLoad load = load(ensemble)) {
        // With two of five down each time, so that every vote of the rest is needed.
        for (int round = 1; round <= 2; round++) {
          load.awaitProgress(WRITES);
          int first = ensemble.awaitLeader();
          ensemble.kill(first);
          load.awaitProgress(WRITES);
          int second = ensemble.awaitLeader();
          System.out.printf(
              "leaders %d, %s, and %d, %s%n",
              first, kinds.get(first - 1), second, kinds.get(second - 1));
          ensemble.kill(second);
          load.awaitProgress(WRITES);
          ensemble.start(first, kinds.get(first - 1));
          ensemble.start(second, kinds.get(second - 1));
          ensemble.awaitServing(ensemble.all());
          load.audit("two leaders of round " + round);
        }
        load.end();
        assertSameTrees(ensemble);
        System.out.println(load.acknowledged() + " writes checked");
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }
}
