package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.Op.Acl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every way by which a client learns of a znode, by sessions of different rights: a stranger, a
 * user whom some lists name, and the super user.
 */
class RightsConformanceTest extends ConformanceFixture {
  private static final int STRANGER = 0;
  private static final int ALICE = 1;
  private static final int SUPER = 2;

  private static final Acl ALICES = new Acl(31, "digest", "alice:uLxpHc/uhT86OXPoSjJTp1M8CJY=");
  private static final Acl BOBS = new Acl(31, "digest", "bob:ttt4KD2l/LR0Mpj5c6jU0hrwVdE=");

  /** Lists by the names of the znodes that get them. */
  private static final Map<String, List<Acl>> LISTS =
      new TreeMap<>(
          Map.of(
              "open", Op.OPEN,
              "alices", List.of(ALICES),
              "bobs", List.of(BOBS),
              "nobodys", List.of(new Acl(0, "world", "anyone")),
              "read", List.of(ALICES, new Acl(1, "world", "anyone")),
              "blind", List.of(ALICES, new Acl(30, "world", "anyone")),
              "admin", List.of(ALICES, new Acl(16, "world", "anyone")),
              "here", List.of(new Acl(31, "ip", "127.0.0.1")),
              "elsewhere", List.of(new Acl(31, "ip", "10.0.0.1"))));

  private final List<String> paths = new ArrayList<>();

  private void plant() {
    agree(ALICE, Op.auth("digest", "alice:s3cret"), 0);
    agree(SUPER, Op.auth("digest", ServerSpec.SUPER_AUTH), 0);
    // Apache lists a session still whose last ephemeral was deleted.
    ok(SUPER, Op.create("/kept", Op.EPHEMERAL));
    paths.add("/missing");
    for (String name : LISTS.keySet()) {
      String path = "/" + name;
      ok(SUPER, Op.create(OpCode.CREATE, path, Reading.utf8(name), Op.OPEN, 0));
      // Below each: one that everybody may read, and one of the same kind.
      ok(SUPER, Op.create(OpCode.CREATE, path + "/open", new byte[3], Op.OPEN, 0));
      ok(SUPER, Op.create(OpCode.CREATE, path + "/same", null, LISTS.get(name), Op.EPHEMERAL));
      ok(SUPER, Op.setAcl(path, LISTS.get(name), -1));
      paths.addAll(List.of(path, path + "/open", path + "/same", path + "/none"));
    }
  }

  @Test
  void eachRequestTellsEachSessionWhatApacheTellsIt() {
    plant();
    for (int who : List.of(STRANGER, ALICE, SUPER)) {
      for (String path : paths) {
        agree(who, Op.exists(path, false));
        agree(who, Op.getData(path, false));
        agree(who, Op.read(OpCode.GET_CHILDREN, path, false));
        agree(who, Op.getChildren2(path, false));
        agree(who, Op.path(OpCode.GET_ACL, path));
        agree(who, Op.path(OpCode.GET_ALL_CHILDREN_NUMBER, path));
        agree(who, Op.path(OpCode.GET_EPHEMERALS, path));
        agree(who, Op.path(OpCode.SYNC, path));
        Op data = Op.getData(path, false);
        Op children = Op.read(OpCode.GET_CHILDREN, path, false);
        agree(who, Op.multi(OpCode.MULTI_READ, List.of(data, children, data)));
      }
      agree(who, Op.bare(OpCode.WHO_AM_I));
    }
  }

  /** A refusal tells as well: whether there is a znode, of which version, with children or not. */
  @Test
  void eachRefusedWriteTellsEachSessionWhatApacheTellsIt() {
    plant();
    for (int who : List.of(STRANGER, ALICE, SUPER)) {
      for (String path : paths) {
        for (Op op : refused(path)) {
          agree(who, op);
          boolean inMulti = op.type() != OpCode.SET_ACL && op.type() != OpCode.CREATE_TTL;
          if (inMulti) {
            agree(who, Op.multi(OpCode.MULTI, List.of(op, Op.check("/", 99))));
          }
        }
        Op check = Op.check(path, -1);
        agree(who, Op.multi(OpCode.MULTI, List.of(check, Op.check(path, 77), check)));
        agree(who, Op.multi(OpCode.MULTI, List.of(Op.create("/tmp", "x"), Op.check(path, 77))));
      }
    }
    Map<String, String> nodes = TreeDump.of(apache.port()).nodes();
    assertThat(nodes.keySet()).hasSize(2 + 3 + 3 * LISTS.size());
  }

  /** Requests that nobody can have granted. */
  private static List<Op> refused(String path) {
    return List.of(
        Op.delete(path, 77),
        Op.setData(path, new byte[1], 77),
        Op.setAcl(path, Op.OPEN, 77),
        Op.create(OpCode.CREATE, path + "/open", null, Op.OPEN, 9),
        Op.create(OpCode.CREATE2, path + "/a/b", null, Op.OPEN, Op.SEQUENTIAL),
        Op.create(OpCode.CREATE, path + "/x", null, List.of(BOBS, new Acl(31, "nobody", "")), 0),
        Op.createTtl(path + "/x", null, Op.OPEN, Op.TTL, 0));
  }

  @Test
  void existingAndMissingZnodesAreToldApartAsFarAsApacheDoes() {
    plant();
    for (int who : List.of(STRANGER, ALICE)) {
      for (String path : List.of("/nobodys/open", "/nobodys/none", "/bobs/open", "/alices/open")) {
        agree(who, Op.create(path, "x"));
        agree(who, Op.create(OpCode.CREATE_CONTAINER, path, null, Op.OPEN, Op.CONTAINER));
        agree(who, Op.delete(path, -1));
        agree(who, Op.delete(path, -1));
      }
    }
  }

  @Test
  void eventsOfEveryKindOfWatchReachOnlyWhoMayRead() {
    plant();
    for (int who : List.of(STRANGER, ALICE)) {
      for (String path : paths) {
        agree(who, Op.exists(path, true));
        agree(who, Op.getData(path, true));
        agree(who, Op.getChildren2(path, true));
        agree(who, Op.watch(OpCode.ADD_WATCH, path, 0));
      }
      agree(who, Op.watch(OpCode.ADD_WATCH, "/", 1));
    }
    sameWatches();
    int told = count("event type", changeEverything());
    assertThat(told).isPositive();
    sameWatches();
    for (int who : List.of(STRANGER, ALICE)) {
      for (String path : paths) {
        for (int type = 1; type <= 5; type++) {
          agree(who, Op.watch(OpCode.CHECK_WATCHES, path, type));
          agree(who, Op.watch(OpCode.REMOVE_WATCHES, path, type));
        }
      }
    }
  }

  /** All that was said meanwhile. */
  private String changeEverything() {
    StringBuilder said = new StringBuilder();
    for (String name : LISTS.keySet()) {
      List<Acl> acl = LISTS.get(name);
      String path = "/" + name;
      said.append(ok(SUPER, Op.setData(path, "x")));
      said.append(ok(SUPER, Op.setData(path + "/open", "x")));
      said.append(ok(SUPER, Op.create(OpCode.CREATE, path + "/none", null, acl, 0)));
      said.append(ok(SUPER, Op.setAcl(path + "/none", Op.OPEN, -1)));
      said.append(ok(SUPER, Op.setData(path + "/none", "y")));
      said.append(ok(SUPER, Op.setAcl(path + "/open", acl, -1)));
      said.append(ok(SUPER, Op.delete(path + "/open", -1)));
      said.append(ok(SUPER, Op.delete(path + "/same", -1)));
    }
    ok(SUPER, Op.create(OpCode.CREATE, "/missing", null, LISTS.get("bobs"), 0));
    ok(SUPER, Op.setAcl("/missing", Op.OPEN, -1));
    Op delete = Op.delete("/missing", -1);
    said.append(ok(SUPER, Op.multi(OpCode.MULTI, List.of(delete, Op.create("/missing", "x")))));
    return said.toString();
  }

  @Test
  void whoComesBackHearsOnlyOfWhatHeMayRead() {
    plant();
    long before = both.lastZxid();
    changeEverything();
    List<String> none = List.of();
    for (int who : List.of(STRANGER, ALICE)) {
      agreed(both.drop(who));
      connect(who, Attach.AGAIN);
      if (who == ALICE) {
        agree(who, Op.auth("digest", "alice:s3cret"), 0);
      }
      for (String path : paths) {
        List<String> one = List.of(path);
        for (long seen : new long[] {0, before, both.lastZxid()}) {
          agree(who, Op.setWatches(seen, List.of(one, none, none)));
          agree(who, Op.setWatches(seen, List.of(none, one, none)));
          agree(who, Op.setWatches(seen, List.of(none, none, one)));
          agree(who, Op.setWatches(seen, List.of(one, one, one, none, none)));
        }
        for (int type = 1; type <= 3; type++) {
          agree(who, Op.watch(OpCode.CHECK_WATCHES, path, type));
        }
      }
      agree(who, Op.setWatches(before, List.of(none, none, none, List.of("/bobs"), List.of("/"))));
    }
    sameWatches();
    for (String name : LISTS.keySet()) {
      ok(SUPER, Op.setData("/" + name, "last"));
      ok(SUPER, Op.setData("/" + name + "/none", "last"));
    }
    sameWatches();
  }

  @Test
  void setWatchesIsSilentAboutAPrivateZnodeAndArmsNothingThere() {
    ok(1, Op.auth("digest", "alice:s3cret"));
    ok(1, Op.create(OpCode.CREATE, "/private", null, List.of(ALICES), 0));
    List<String> one = List.of("/private");
    assertThat(ok(0, Op.setWatches(0, List.of(one, one, one)))).doesNotContain("event");
    agree(0, Op.watch(OpCode.CHECK_WATCHES, "/private", 3), NO_WATCHER);
    assertThat(count("event before", ok(1, Op.setWatches(0, List.of(one, one, one))))).isEqualTo(3);
  }

  /** The identities of the moment count, not those of the moment when the watch was set. */
  @Test
  void anIdentityThatComesLaterLetsEventsThrough() {
    plant();
    agree(STRANGER, Op.getData("/alices", true), NO_AUTH);
    ok(STRANGER, Op.watch(OpCode.ADD_WATCH, "/", 1));
    assertThat(ok(SUPER, Op.setData("/alices", "1"))).doesNotContain("event");
    ok(STRANGER, Op.auth("digest", "alice:s3cret"));
    assertThat(ok(SUPER, Op.setData("/alices", "2"))).contains("event");
    List<String> one = List.of("/alices");
    assertThat(count("event before", ok(STRANGER, Op.setWatches(0, List.of(one, one, one)))))
        .isEqualTo(3);
  }

  @Test
  void aClientsDeleteContainerClosesTheConnectionAndDeletesNothing() {
    plant();
    for (String path : List.of("/open/open", "/missing", "/alices/open")) {
      for (int who : List.of(STRANGER, SUPER)) {
        byte[] body = new Jute.Out().str(path).bytes();
        String text = agree(who, Op.of(OpCode.DELETE_CONTAINER, body, "deleteContainer"));
        assertThat(text).contains("reply: END");
        assertThat(both.connected(who)).isFalse();
        connect(who, Attach.AGAIN);
      }
      agree(STRANGER, Op.exists(path, false));
    }
  }

  /** What wchp, wchc and dump list, sessions under the names of the slots. */
  private void sameWatches() {
    for (String word : List.of("wchs", "wchp", "wchc", "dump")) {
      assertThat(lines(subject.port(), word)).as(word).isEqualTo(lines(apache.port(), word));
    }
  }

  private static List<String> lines(int port, String word) {
    return FourLetterConformanceTest.word(port, word, false)
        .lines()
        .filter(line -> !line.contains("expire at") && !line.contains("/127.0.0.1"))
        .map(line -> line.replaceAll("0x[0-9a-f]+", "#"))
        .map(line -> line.replaceAll("Sets \\(\\d+\\)/\\(\\d+\\)", "Sets"))
        .sorted()
        .toList();
  }
}
