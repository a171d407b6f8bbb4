package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.AclList;
import io.paddock.tree.Change;
import io.paddock.wire.JuteReader;
import io.paddock.wire.ReplyHeader;
import io.paddock.wire.WatcherEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The watch tables of the client protocol sheet, section 7. */
class WatchesTest {
  private static final long ZXID = 0x77;

  private final Watches watches = new Watches(0x5eed);
  private final Ear ann = new Ear();
  private final Ear bob = new Ear();

  /** A connection that notes what it is told, as "type path". */
  private final class Ear implements Watcher {
    final List<String> heard = new ArrayList<>();
    final WatchSet set = watches.open(this);
    boolean mayRead = true;

    @Override
    public boolean mayRead(AclList acl, String path) {
      return mayRead;
    }

    @Override
    public void onEvent(byte[] frame, int length) {
      JuteReader in = new JuteReader().reset(frame, 0, length);
      assertThat(in.readInt()).isEqualTo(length - 4);
      assertThat(ReplyHeader.read(in)).isEqualTo(new ReplyHeader(-1, ZXID, 0));
      WatcherEvent event = WatcherEvent.read(in);
      assertThat(event.state()).isEqualTo(3);
      heard.add(name(event.type()) + " " + event.path());
    }

    Ear watch(String path, int modes) {
      watches.add(set, path, modes);
      return this;
    }

    List<String> take() {
      List<String> taken = List.copyOf(heard);
      heard.clear();
      return taken;
    }
  }

  private static String name(int type) {
    return switch (type) {
      case 1 -> "created";
      case 2 -> "deleted";
      case 3 -> "data";
      case 4 -> "children";
      default -> "type " + type;
    };
  }

  private void created(String path) {
    fire(Change.Kind.CREATED, path);
    fire(Change.Kind.CHILDREN_CHANGED, path.substring(0, Math.max(1, path.lastIndexOf('/'))));
  }

  private void deleted(String path) {
    fire(Change.Kind.DELETED, path);
    fire(Change.Kind.CHILDREN_CHANGED, path.substring(0, Math.max(1, path.lastIndexOf('/'))));
  }

  private void changed(String path) {
    fire(Change.Kind.DATA_CHANGED, path);
  }

  private void fire(Change.Kind kind, String path) {
    watches.fire(kind, path, AclList.OPEN, ZXID);
  }

  @Test
  void aDataWatchHearsOneChangeOfData() {
    ann.watch("/p/n", Watches.DATA);
    changed("/p/n");
    changed("/p/n");
    assertThat(ann.heard).containsExactly("data /p/n");
  }

  @Test
  void aDataWatchHearsTheDeletion() {
    ann.watch("/p/n", Watches.DATA);
    deleted("/p/n");
    created("/p/n");
    assertThat(ann.heard).containsExactly("deleted /p/n");
  }

  @Test
  void aWatchOnAMissingZnodeHearsOneCreation() {
    ann.watch("/p/n", Watches.DATA);
    created("/p/n");
    changed("/p/n");
    assertThat(ann.heard).containsExactly("created /p/n");
  }

  @Test
  void aChildWatchHearsChildrenComeAndGoOnce() {
    ann.watch("/p", Watches.CHILD);
    bob.watch("/p", Watches.CHILD);
    watches.remove(bob.set, "/p", Watches.CHILD);
    created("/p/n");
    deleted("/p/n");
    assertThat(ann.heard).containsExactly("children /p");
    assertThat(bob.heard).isEmpty();
  }

  @Test
  void aChildWatchHearsTheDeletionOfItsOwnZnodeAndNoDataChange() {
    ann.watch("/p", Watches.CHILD);
    changed("/p");
    changed("/p/n");
    deleted("/p");
    deleted("/p");
    assertThat(ann.heard).containsExactly("deleted /p");
  }

  @Test
  void aPersistentWatchHearsEverythingOfItsPathForEver() {
    ann.watch("/p", Watches.PERSISTENT);
    for (int i = 0; i < 2; i++) {
      created("/p");
      changed("/p");
      created("/p/n");
      changed("/p/n");
      deleted("/p/n");
      deleted("/p");
      assertThat(ann.take())
          .containsExactly("created /p", "data /p", "children /p", "children /p", "deleted /p");
    }
  }

  @Test
  void aRecursiveWatchHearsItsPathAndAllBelowButNoChildrenChanged() {
    ann.watch("/p", Watches.RECURSIVE);
    for (int i = 0; i < 2; i++) {
      created("/p");
      created("/p/n");
      created("/p/n/m");
      changed("/p/n/m");
      deleted("/p/n/m");
      created("/pq");
      changed("/");
      assertThat(ann.take())
          .containsExactly(
              "created /p", "created /p/n", "created /p/n/m", "data /p/n/m", "deleted /p/n/m");
    }
  }

  @Test
  void watchesOnTheRootWork() {
    ann.watch("/", Watches.RECURSIVE);
    bob.watch("/", Watches.CHILD | Watches.DATA);
    created("/a");
    changed("/");
    created("/a/b");
    assertThat(ann.heard).containsExactly("created /a", "data /", "created /a/b");
    assertThat(bob.heard).containsExactly("children /", "data /");
  }

  @Test
  void aDeletionIsToldOnceToAConnectionThatWatchesInEveryWay() {
    ann.watch("/p/n", Watches.ANY).watch("/p", Watches.RECURSIVE).watch("/", Watches.RECURSIVE);
    ann.watch("/p", Watches.CHILD);
    bob.watch("/p/n", Watches.CHILD);
    deleted("/p/n");
    assertThat(ann.heard).containsExactly("deleted /p/n", "children /p");
    assertThat(bob.heard).containsExactly("deleted /p/n");
  }

  @Test
  void aDeletionUsesUpTheChildWatchOfAConnectionThatTheDataTableTold() {
    ann.watch("/p", Watches.DATA | Watches.CHILD);
    deleted("/p");
    created("/p");
    created("/p/n");
    assertThat(ann.heard).containsExactly("deleted /p");
  }

  @Test
  void oneShotAndPersistentStandSideBySide() {
    ann.watch("/p", Watches.DATA).watch("/p", Watches.PERSISTENT).watch("/p", Watches.RECURSIVE);
    changed("/p");
    assertThat(ann.take()).containsExactly("data /p");
    assertThat(watches.modes(ann.set, "/p")).isEqualTo(Watches.PERSISTENT | Watches.RECURSIVE);
    assertThat(watches.remove(ann.set, "/p", Watches.RECURSIVE)).isTrue();
    changed("/p");
    assertThat(ann.take()).containsExactly("data /p");
    assertThat(watches.remove(ann.set, "/p", Watches.PERSISTENT)).isTrue();
    changed("/p");
    assertThat(ann.take()).isEmpty();
    assertThat(watches.remove(ann.set, "/p", Watches.ANY)).isFalse();
  }

  @Test
  void aOneShotWatchOfSomebodyWhoMayNotReadIsUsedUpInSilence() {
    ann.watch("/p", Watches.DATA).mayRead = false;
    bob.watch("/p", Watches.PERSISTENT).mayRead = false;
    created("/p");
    ann.mayRead = true;
    bob.mayRead = true;
    changed("/p");
    assertThat(ann.heard).isEmpty();
    assertThat(bob.heard).containsExactly("data /p");
  }

  @Test
  void watchingTwiceIsWatchingOnce() {
    ann.watch("/p", Watches.DATA).watch("/p", Watches.DATA);
    assertThat(watches.dataCount()).isOne();
    changed("/p");
    assertThat(ann.heard).hasSize(1);
    assertThat(watches.dataCount()).isZero();
  }

  @Test
  void aClosedConnectionLeavesNothingBehind() {
    for (int i = 0; i < 100; i++) {
      ann.watch("/p" + i, 1 << i % 5);
      bob.watch("/p" + i, Watches.DATA);
    }
    watches.close(ann.set);
    for (int i = 0; i < 100; i++) {
      deleted("/p" + i);
    }
    assertThat(ann.heard).isEmpty();
    assertThat(bob.heard).hasSize(100);
    assertThat(watches.dataCount() + watches.childCount()).isZero();
    watches.forEach((path, watcher, modes) -> assertThat(path).isNull());
  }

  @Test
  void theNumberOfAClosedConnectionIsUsedAgainWithoutItsWatches() {
    ann.watch("/p", Watches.PERSISTENT);
    watches.close(ann.set);
    Ear eve = new Ear();
    assertThat(eve.set.id).isEqualTo(ann.set.id);
    changed("/p");
    assertThat(eve.heard).isEmpty();
    eve.watch("/p", Watches.DATA);
    changed("/p");
    assertThat(eve.heard).containsExactly("data /p");
  }

  @Test
  void pathsOfAllScriptsAreKeptApart() {
    List<String> paths =
        List.of("/ä", "/a\u0308", "/日本", "/日", "/\ud83d\ude00", "/\ud83d", "", "a", "/a/", "/\0");
    paths.forEach(path -> ann.watch(path, Watches.PERSISTENT));
    for (String path : paths) {
      fire(Change.Kind.CHILDREN_CHANGED, path);
      // The frame has replaced what is no Unicode, as UTF-8 must.
      assertThat(ann.take()).hasSize(1).first().asString().startsWith("children");
    }
    List<String> kept = new ArrayList<>();
    watches.forEach((path, watcher, modes) -> kept.add(path));
    assertThat(kept).containsExactlyInAnyOrderElementsOf(paths);
  }

  @Test
  void thousandsOfWatchersOfOneZnodeHearItOnceEach() {
    List<Ear> ears = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      ears.add(new Ear().watch("/hot", i % 3 == 0 ? Watches.PERSISTENT : Watches.DATA));
    }
    changed("/hot");
    assertThat(ears).allSatisfy(ear -> assertThat(ear.take()).containsExactly("data /hot"));
    changed("/hot");
    for (int i = 0; i < ears.size(); i++) {
      assertThat(ears.get(i).take()).hasSize(i % 3 == 0 ? 1 : 0);
    }
  }

  @Test
  void aWatchArmedAgainAndAgainTakesNoMoreRoom() {
    ann.watch("/other", Watches.PERSISTENT);
    for (int i = 0; i < 100_000; i++) {
      ann.watch("/lock", Watches.DATA);
      changed("/lock");
    }
    assertThat(ann.set.live()).isOne();
    assertThat(ann.set.size()).isLessThan(64);
    ann.watch("/lock", Watches.DATA);
    watches.close(ann.set);
    assertThat(watches.dataCount()).isZero();
  }

  /** Random watches, removals, closings and triggers against tables of sets. */
  @Test
  void behavesAsTablesOfSetsDo() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Model model = new Model();
    List<Ear> ears = new ArrayList<>();
    String[] paths = {"/", "/a", "/a/b", "/a/b/c", "/a/bc", "/d", "/d/ü", "/d/ü/x"};
    for (int step = 0; step < 50_000; step++) {
      if (ears.size() < 40) {
        ears.add(new Ear());
      }
      Ear ear = ears.get(random.nextInt(ears.size()));
      String path = paths[random.nextInt(paths.length)];
      int modes = 1 + random.nextInt(31);
      switch (random.nextInt(16)) {
        case 0 -> {
          watches.close(ear.set);
          model.close(ear);
          ears.remove(ear);
        }
        case 1, 2 -> {
          boolean removed = watches.remove(ear.set, path, modes);
          assertThat(removed)
              .as("seed %d step %d", seed, step)
              .isEqualTo(model.remove(ear, path, modes));
        }
        case 3, 4, 5, 6, 7, 8 -> {
          watches.add(ear.set, path, modes);
          model.add(ear, path, modes);
        }
        default -> {
          Change.Kind kind = Change.Kind.values()[random.nextInt(4)];
          fire(kind, path);
          Map<Ear, Integer> expected = model.fire(kind, path);
          for (Ear each : ears) {
            assertThat(each.take())
                .as("seed %d step %d %s %s", seed, step, kind, path)
                .hasSize(expected.getOrDefault(each, 0));
          }
        }
      }
      assertThat(watches.dataCount()).isEqualTo(model.count(Watches.DATA_TABLE));
      assertThat(watches.childCount()).isEqualTo(model.count(Watches.CHILD_TABLE));
    }
  }

  /** The tables, said plainly. */
  private static final class Model {
    final Map<String, Map<Ear, Integer>> table = new HashMap<>();

    void add(Ear ear, String path, int modes) {
      table.computeIfAbsent(path, p -> new HashMap<>()).merge(ear, modes, (a, b) -> a | b);
    }

    boolean remove(Ear ear, String path, int modes) {
      Map<Ear, Integer> watchers = table.getOrDefault(path, Map.of());
      int before = watchers.getOrDefault(ear, 0);
      if ((before & modes) == 0) {
        return false;
      }
      watchers.put(ear, before & ~modes);
      return true;
    }

    void close(Ear ear) {
      table.values().forEach(watchers -> watchers.remove(ear));
    }

    long count(int modes) {
      return table.values().stream()
          .flatMap(watchers -> watchers.values().stream())
          .filter(m -> (m & modes) != 0)
          .count();
    }

    Map<Ear, Integer> fire(Change.Kind kind, String path) {
      Map<Ear, Integer> told = new HashMap<>();
      int modes =
          switch (kind) {
            case CREATED, DATA_CHANGED -> Watches.DATA_TABLE;
            case CHILDREN_CHANGED -> Watches.CHILD_TABLE;
            case DELETED -> Watches.ANY;
          };
      table.forEach(
          (at, watchers) ->
              watchers.replaceAll(
                  (ear, m) -> {
                    boolean above =
                        (m & modes & Watches.RECURSIVE) != 0
                            && (at.equals("/") || path.startsWith(at + "/"));
                    if (above || (at.equals(path) && (m & modes) != 0)) {
                      told.put(ear, 1);
                    }
                    return at.equals(path) ? m & ~(modes & (Watches.DATA | Watches.CHILD)) : m;
                  }));
      return told;
    }
  }
}
