package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.Op.Acl;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The traps of the sheet's section 14 that concern watches. */
class WatchConformanceTest extends ConformanceFixture {

  private static final String CREATED = "event type=1 ";
  private static final String DELETED = "event type=2 ";
  private static final String CHANGED = "event type=3 ";
  private static final String CHILDREN = "event type=4 ";

  @Test
  void trap04ExistsOnAMissingNodeArmsTheWatch() {
    agree(1, Op.exists("/later", true), NO_NODE);
    assertThat(count(CREATED, ok(0, Op.create("/later", "x")))).isEqualTo(1);
    assertThat(ok(0, Op.setData("/later", "y"))).doesNotContain("event");
  }

  @Test
  void trap05AnEventCarriesTheZxidOfItsChange() {
    create("/n");
    ok(1, Op.getData("/n", true));
    String text = ok(0, Op.setData("/n", "y"));
    assertThat(text).contains("xid=-1 zxid=z" + both.lastZxid() + " err=0 " + CHANGED);
  }

  @Test
  void trap05CatchUpEventsHaveNoZxid() {
    create("/n");
    long seen = both.lastZxid();
    ok(0, Op.setData("/n", "y"));
    ok(0, Op.create("/n/x", "y"));
    List<String> none = List.of();
    Op set = Op.setWatches(seen, List.of(List.of("/n", "/gone"), List.of("/n"), List.of("/n")));
    String text = ok(1, set);
    assertThat(text).contains("zxid=-1 err=0 " + CHANGED, "zxid=-1 err=0 " + DELETED);
    assertThat(text).contains("zxid=-1 err=0 " + CREATED, "zxid=-1 err=0 " + CHILDREN);
    assertThat(count("event before the reply", text)).isEqualTo(4);
    ok(1, Op.setWatches(both.lastZxid(), List.of(List.of("/n"), none, none, none, List.of("/n"))));
    assertThat(count(CHANGED, ok(0, Op.setData("/n", "z")))).isEqualTo(1);
    assertThat(count(CHANGED, ok(0, Op.setData("/n", "z")))).isEqualTo(1);
  }

  @Test
  void trap06AWritersOwnEventComesBeforeItsReply() {
    create("/n");
    ok(0, Op.getData("/n", true));
    assertThat(ok(0, Op.setData("/n", "y"))).contains("event before the reply");
  }

  @Test
  void trap07ADeletedNodeIsToldOnce() {
    create("/p", "/p/n");
    ok(1, Op.getData("/p/n", true));
    ok(1, Op.getChildren2("/p/n", true));
    ok(1, Op.watch(OpCode.ADD_WATCH, "/p/n", 0));
    ok(1, Op.watch(OpCode.ADD_WATCH, "/p", 1));
    ok(2, Op.getChildren2("/p", true));
    String text = ok(0, Op.delete("/p/n", -1));
    assertThat(count(DELETED, text)).isEqualTo(1);
    assertThat(count(CHILDREN, text)).isEqualTo(1);
  }

  @Test
  void trap08ARecursiveWatchNeverTellsOfChildren() {
    create("/p");
    ok(1, Op.watch(OpCode.ADD_WATCH, "/p", 1));
    ok(2, Op.watch(OpCode.ADD_WATCH, "/p", 0));
    assertThat(ok(0, Op.create("/p/n", "x"))).contains("slot 1: xid=-1").contains("slot 2: xid=-1");
    String deep = ok(0, Op.create("/p/n/m", "x"));
    assertThat(deep).contains("slot 1: xid=-1").doesNotContain("slot 2: xid=-1");
    assertThat(ok(0, Op.setData("/p", "x"))).contains("slot 1: xid=-1", "slot 2: xid=-1");
  }

  @Test
  void trap08AStandardAndAPersistentWatchLiveSideBySide() {
    create("/p");
    ok(1, Op.getData("/p", true));
    ok(1, Op.watch(OpCode.ADD_WATCH, "/p", 0));
    ok(1, Op.watch(OpCode.CHECK_WATCHES, "/p", 2));
    ok(1, Op.watch(OpCode.REMOVE_WATCHES, "/p", 2));
    agree(1, Op.watch(OpCode.CHECK_WATCHES, "/p", 2), -121);
    ok(1, Op.watch(OpCode.CHECK_WATCHES, "/p", 4));
    assertThat(count(CHANGED, ok(0, Op.setData("/p", "x")))).isEqualTo(1);
    assertThat(count(CHANGED, ok(0, Op.setData("/p", "x")))).isEqualTo(1);
    ok(1, Op.watch(OpCode.REMOVE_WATCHES, "/p", 3));
    assertThat(ok(0, Op.setData("/p", "x"))).doesNotContain("event");
  }

  @Test
  void trap09AnEventHiddenByAnAclStillUsesTheWatchUp() {
    agree(1, Op.exists("/secret", true), NO_NODE);
    ok(0, Op.auth("digest", "alice:s3cret"));
    List<Acl> mine = List.of(new Acl(31, "auth", ""));
    assertThat(ok(0, Op.create(OpCode.CREATE, "/secret", null, mine, 0))).doesNotContain("event");
    assertThat(ok(0, Op.setData("/secret", "x"))).doesNotContain("event");
    ok(0, Op.setAcl("/secret", Op.OPEN, -1));
    assertThat(ok(0, Op.setData("/secret", "y"))).doesNotContain("event");
  }

  @Test
  void watchesDieWithTheirConnectionNotWithTheSession() {
    create("/n");
    ok(1, Op.getData("/n", true));
    agreed(both.drop(1));
    connect(1, Attach.AGAIN);
    assertThat(ok(0, Op.setData("/n", "y"))).doesNotContain("event");
  }

  @Test
  void aClosingSessionTellsOfItsEphemerals() {
    create("/e");
    ok(1, Op.create("/e/", Op.EPHEMERAL_SEQUENTIAL));
    ok(1, Op.create("/e/", Op.EPHEMERAL_SEQUENTIAL));
    ok(1, Op.watch(OpCode.ADD_WATCH, "/e", 1));
    ok(2, Op.watch(OpCode.ADD_WATCH, "/e", 0));
    ok(2, Op.watch(OpCode.ADD_WATCH, "/e", 1));
    String text = ok(1, Op.bare(OpCode.CLOSE_SESSION));
    assertThat(count(DELETED, text)).isEqualTo(4);
    assertThat(count(CHILDREN, text)).isEqualTo(2);
    assertThat(text).contains("event before the reply");
    assertThat(ok(0, Op.getChildren2("/e", false))).contains("[] stat");
  }

  @Test
  void aMultiTellsInTheOrderOfItsParts() {
    create("/p");
    ok(1, Op.watch(OpCode.ADD_WATCH, "/p", 0));
    ok(1, Op.watch(OpCode.ADD_WATCH, "/p", 1));
    ok(1, Op.getData("/p", true));
    Op multi =
        Op.multi(
            OpCode.MULTI,
            List.of(
                Op.create("/p/a", "1"),
                Op.setData("/p", "2"),
                Op.setData("/p", "3"),
                Op.delete("/p/a", -1)));
    assertThat(count("event", ok(0, multi))).isEqualTo(6);
  }

  @Test
  void watchNumbersOutOfRangeAreMarshallingErrors() {
    create("/p");
    agree(1, Op.watch(OpCode.ADD_WATCH, "/p", 2), -5);
    agree(1, Op.watch(OpCode.ADD_WATCH, "/p", -1), -5);
    agree(1, Op.watch(OpCode.CHECK_WATCHES, "/p", 0), -5);
    agree(1, Op.watch(OpCode.REMOVE_WATCHES, "/p", 6), -5);
    for (int type = 1; type <= 5; type++) {
      agree(1, Op.watch(OpCode.REMOVE_WATCHES, "/p", type), -121);
    }
  }

  @Test
  void everyRemovalTakesExactlyItsOwnKinds() {
    create("/p");
    for (int removed = 1; removed <= 5; removed++) {
      ok(1, Op.getData("/p", true));
      ok(1, Op.getChildren2("/p", true));
      ok(1, Op.watch(OpCode.ADD_WATCH, "/p", 0));
      ok(1, Op.watch(OpCode.ADD_WATCH, "/p", 1));
      ok(1, Op.watch(OpCode.REMOVE_WATCHES, "/p", removed));
      for (int asked = 1; asked <= 5; asked++) {
        agree(1, Op.watch(OpCode.CHECK_WATCHES, "/p", asked));
      }
      ok(0, Op.create("/p/x", "x"));
      ok(0, Op.setData("/p", "x"));
      ok(0, Op.delete("/p/x", -1));
      agree(1, Op.watch(OpCode.REMOVE_WATCHES, "/p", 3));
    }
  }
}
