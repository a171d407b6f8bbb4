package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Three Paddock processes under load, whose data directories are removed one after the other. */
class EnsembleLostFilesTest {
  private static final int CLIENTS = 4;
  private static final int WRITES = 5;
  private static final String MADE = "lost on disk was made anew";

  @Test
  void membersStayInTheEnsembleMakeTheirFilesAnewAndComeBackWithThemAfterAKill()
      throws IOException {
    try (EnsembleProcesses ensemble =
        new EnsembleProcesses(new LoopbackLinks(3), 3, 0, EnsembleFault.SETTINGS)) {
      ensemble.all().forEach(i -> ensemble.start(i, Kind.PADDOCK));
      ensemble.awaitServing(ensemble.all());
      int leader = ensemble.awaitLeader();
      try (RecordedLoad load =
          new RecordedLoad("/r", ensemble.clients(), CLIENTS, System.nanoTime())) {
        load.awaitProgress(WRITES);
        lose(ensemble, load, EnsembleFault.follower(ensemble, new Random()));
        lose(ensemble, load, leader);
        assertThat(ensemble.awaitLeader()).as("nobody had to leave").isEqualTo(leader);
        for (int i : ensemble.all()) {
          ensemble.kill(i);
        }
        ensemble.all().forEach(ensemble::restart);
        ensemble.awaitServing(ensemble.all());
        load.awaitProgress(WRITES);
        load.audit("data directories were removed");
        load.end();
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  private static void lose(EnsembleProcesses ensemble, RecordedLoad load, int server)
      throws IOException {
    int before = made(ensemble, server);
    remove(ensemble.dataDir(server));
    ensemble.await("files of " + server + " are anew", () -> made(ensemble, server) > before);
    Path myId = ensemble.dataDir(server).resolve("myid");
    ensemble.await("myid of " + server, () -> Files.exists(myId));
    List<String> names = names(ensemble.dataDir(server).resolve("version-2"));
    assertThat(names).contains("acceptedEpoch", "currentEpoch");
    assertThat(names).anyMatch(name -> name.startsWith("snapshot."));
    load.awaitProgress(WRITES);
  }

  private static int made(EnsembleProcesses ensemble, int server) {
    return ensemble.logged(server).split(MADE, -1).length;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static void remove(Path directory) throws IOException {
    Path removed = Files.move(directory, directory.resolveSibling("r" + System.nanoTime()));
    try (Stream<Path> paths = Files.walk(removed)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
