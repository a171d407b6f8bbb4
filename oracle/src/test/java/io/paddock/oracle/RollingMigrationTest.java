package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  /**
   * Byte for byte, at rest. Digests in logs are no help: Apache's servers find them wrong for a
   * while whenever one of them has got a snapshot from another under load.
   */
  private static void assertSameTrees(EnsembleProcesses ensemble) {
    TreeDump first = dump(ensemble, 1);
    for (int i = 2; i <= ensemble.seats(); i++) {
      first.assertSame(dump(ensemble, i));
    }
    for (int i : ensemble.all()) {
      assertThat(ensemble.logged(i)).doesNotContain("different trees");
    }
  }

  private static TreeDump dump(EnsembleProcesses ensemble, int i) {
    Map<String, String> nodes = new TreeMap<>(TreeDump.of(ensemble.client(i).getPort()).nodes());
    // Its mtime is each server's own.
    nodes.remove("/zookeeper/config");
    return new TreeDump(nodes);
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
        ensemble.restart(4);
        voters.stream().filter(i -> !ensemble.isAlive(i)).forEach(ensemble::restart);
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
        load.awaitProgress(WRITES);
        int first = ensemble.awaitLeader();
        ensemble.kill(first);
        load.awaitProgress(WRITES);
        int second = ensemble.awaitLeader();
        System.out.printf(
            "leaders %d, %s, and %d, %s%n",
            first, kinds.get(first - 1), second, kinds.get(second - 1));
        ensemble.kill(second);
        // Every vote of the rest is needed.
        load.awaitProgress(WRITES);
        ensemble.restart(first);
        ensemble.restart(second);
        ensemble.awaitServing(ensemble.all());
        load.audit("two leaders were lost");
        load.end();
        assertSameTrees(ensemble);
        System.out.println(load.acknowledged() + " writes checked");
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }
}
