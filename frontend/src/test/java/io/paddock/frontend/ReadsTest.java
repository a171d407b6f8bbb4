package io.paddock.frontend;

import static io.paddock.frontend.Client.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.testlib.LogLines;
import io.paddock.wire.Acl;
import io.paddock.wire.ConnectRequest;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MultiHeader;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReadOnlyByte;
import io.paddock.wire.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every operation that takes no transaction (client protocol sheet, section 3). */
class ReadsTest {
  private static final Id BOB_ID = new Id("digest", "bob:XKu4ZnFMUnfUlmiZOZlEgmQBqmw=");

  private final World world = new World();
  private Client ann;

  @BeforeEach
  void aTree() {
    ann = world.connect("ann");
    ann.create(1, "/a", "hi").create(2, "/a/b", null).create(3, "/a/c", "").settle();
    ann.create(4, "/secret", "s", 0, List.of(new Acl(Acl.WRITE, BOB_ID))).settle();
    ann.create(
            5,
            "/shown",
            "s",
            0,
            List.of(new Acl(Acl.READ, new Id("world", "anyone")), new Acl(Acl.ALL, BOB_ID)))
        .settle();
    assertThat(ann.heard()).allMatch(line -> !line.contains("err"));
  }

  private Stat stat(String path) {
    return world.last().tree().find(path).stat();
  }

  private static Consumer<JuteWriter> path(String path) {
    return body -> body.writeString(path);
  }

  private static Consumer<JuteWriter> pathAndInt(String path, int number) {
    return body -> {
      body.writeString(path);
      body.writeInt(number);
    };
  }

  private static List<String> strings(JuteReader in) {
    List<String> strings = new ArrayList<>();
    for (int count = in.readCount(4); count > 0; count--) {
      strings.add(in.readString());
    }
    return strings;
  }

  /** The error of one request. */
  private int error(OpCode op, Consumer<JuteWriter> body) {
    Client.Frame frame = ann.send(9, op, body).one();
    assertThat(frame.err() == 0 || frame.body().length == 0).isTrue();
    return frame.err();
  }

  private static void done(JuteReader in) {
    assertThat(in.remaining()).isZero();
  }

  @Test
  void getDataGivesDataAndStat() {
    JuteReader in = ann.get(6, "/a", false).one().in();
    assertThat(text(in.readBuffer())).isEqualTo("hi");
    assertThat(Stat.read(in)).isEqualTo(stat("/a"));
    done(in);
    assertThat(ann.get(7, "/a/b", false).one().in().readBuffer()).isNull();
    assertThat(ann.get(8, "/a/c", false).one().in().readBuffer()).isEmpty();
  }

  @Test
  void theReplyToAGetIsTheseBytes() {
    assertThat(ann.get(6, "/", false).takeHex())
        .isEqualTo(
            "0000005800000006000000000000000600000000" // xid 6, zxid 6, err 0
                + "00000000" // no data
                + "0".repeat(64) // czxid to mtime
                + "00000000"
                + "00000002" // cversion: three creates, and the built-in child that counts as none
                // counted
                + "00000000"
                + "0".repeat(16)
                + "00000000"
                + "00000004"
                + "0000000000000006");
  }

  @Test
  void existsGivesTheStat() {
    JuteReader in = ann.read(6, OpCode.EXISTS, "/a", false).one().in();
    assertThat(Stat.read(in)).isEqualTo(stat("/a"));
    done(in);
  }

  @Test
  void getChildrenGivesNamesAndGetChildren2TheStatToo() {
    JuteReader in = ann.read(6, OpCode.GET_CHILDREN, "/a", false).one().in();
    assertThat(strings(in)).containsExactlyInAnyOrder("b", "c");
    done(in);
    in = ann.read(7, OpCode.GET_CHILDREN2, "/a", false).one().in();
    assertThat(strings(in)).containsExactlyInAnyOrder("b", "c");
    assertThat(Stat.read(in)).isEqualTo(stat("/a"));
    done(in);
  }

  @Test
  void missingZnodesAreNoNode() {
    for (String path : new String[] {"/x", "/a/", "a", "//", "/a/b/c"}) {
      assertThat(ann.get(6, path, true).one().err()).isEqualTo(-101);
      assertThat(ann.read(6, OpCode.EXISTS, path, true).one().err()).isEqualTo(-101);
      assertThat(ann.read(6, OpCode.GET_CHILDREN, path, true).one().err()).isEqualTo(-101);
      assertThat(ann.read(6, OpCode.GET_CHILDREN2, path, true).one().err()).isEqualTo(-101);
      assertThat(error(OpCode.GET_ACL, path(path))).isEqualTo(-101);
      assertThat(error(OpCode.GET_ALL_CHILDREN_NUMBER, path(path))).isEqualTo(-101);
    }
  }

  @Test
  void theEmptyPathIsTheRoot() {
    assertThat(ann.get(6, "", false).one().body()).isEqualTo(ann.get(7, "/", false).one().body());
  }

  @Test
  void existsRefusesNulWhileGetDataJustMisses() {
    assertThat(ann.read(6, OpCode.EXISTS, "/a\0", false).one().err()).isEqualTo(-8);
    assertThat(ann.get(6, "/a\0", false).one().err()).isEqualTo(-101);
  }

  @Test
  void unreadableZnodesAreNoAuth() {
    assertThat(ann.get(6, "/secret", true).one().err()).isEqualTo(-102);
    assertThat(ann.read(6, OpCode.EXISTS, "/secret", true).one().err()).isEqualTo(-102);
    assertThat(ann.read(6, OpCode.GET_CHILDREN, "/secret", true).one().err()).isEqualTo(-102);
    assertThat(ann.read(6, OpCode.GET_CHILDREN2, "/secret", true).one().err()).isEqualTo(-102);
    assertThat(error(OpCode.GET_ACL, path("/secret"))).isEqualTo(-102);
    assertThat(error(OpCode.GET_ALL_CHILDREN_NUMBER, path("/secret"))).isEqualTo(-102);
    assertThat(watchCount()).as("a read that fails arms nothing").isZero();
  }

  private static void defect() {
    throw new IllegalStateException("a defect");
  }

  @Test
  void aDefectRefusesTheReadThatMeetsItAndLeavesNothingBehind() {
    world.counted.onRead = ReadsTest::defect;
    try (LogLines log = new LogLines()) {
      for (OpCode op :
          new OpCode[] {
            OpCode.GET_DATA, OpCode.EXISTS, OpCode.GET_CHILDREN, OpCode.GET_CHILDREN2
          }) {
        Client.Frame refused = ann.read(6, op, "/a", true).one();
        assertThat(refused.err()).as(op.name()).isEqualTo(-5);
        assertThat(refused.body()).isEmpty();
      }
      for (int i = 0; i < 1000; i++) {
        ann.get(7, "/a", false).one();
      }
      assertThat(log.count("met a defect")).as("lines of 1,004 times").isEqualTo(10);
    }
    assertThat(watchCount()).as("a read that fails arms nothing").isZero();
    world.counted.onRead = () -> {};
    JuteReader in = ann.get(8, "/a", true).one().in();
    assertThat(text(in.readBuffer())).isEqualTo("hi");
    assertThat(Stat.read(in)).isEqualTo(stat("/a"));
    done(in);
    assertThat(watchCount()).isEqualTo(1);
  }

  @Test
  void anErrorIsNoRefusal() {
    world.counted.onRead =
        () -> {
          throw new AssertionError("the tree is broken");
        };
    assertThatThrownBy(() -> ann.get(6, "/a", false)).isInstanceOf(AssertionError.class);
  }

  @Test
  void nullPathsAreMalformed() {
    for (OpCode op :
        new OpCode[] {OpCode.GET_DATA, OpCode.EXISTS, OpCode.GET_CHILDREN, OpCode.GET_CHILDREN2}) {
      assertThat(ann.read(6, op, null, true).one().err()).isEqualTo(-5);
    }
    assertThat(error(OpCode.GET_ACL, path(null))).isEqualTo(-5);
    assertThat(error(OpCode.GET_ALL_CHILDREN_NUMBER, path(null))).isEqualTo(-5);
    assertThat(ann.closed).isFalse();
  }

  @Test
  void aNullPathIsWatchedThoughNothingFiresIt() {
    assertThat(error(OpCode.CHECK_WATCHES, pathAndInt(null, 3))).isEqualTo(-121);
    assertThat(error(OpCode.ADD_WATCH, pathAndInt(null, 0))).isZero();
    assertThat(error(OpCode.CHECK_WATCHES, pathAndInt(null, 4))).isZero();
    assertThat(error(OpCode.REMOVE_WATCHES, pathAndInt(null, 3))).isZero();
    assertThat(error(OpCode.CHECK_WATCHES, pathAndInt(null, 4))).isEqualTo(-121);
  }

  @Test
  void bodiesThatEndEarlyAreMalformedAndBytesBehindThemIgnored() {
    for (OpCode op : OpCode.values()) {
      switch (op) {
        case AUTH, SASL, PING, WHO_AM_I, CLOSE_SESSION -> {}
        case ERROR, CHECK, CREATE_SESSION, DELETE_CONTAINER -> {}
        default ->
            assertThat(ann.send(6, op, body -> body.writeByte(0)).settle().one().err())
                .as("%s", op)
                .isEqualTo(-5);
      }
    }
    JuteReader in =
        ann.send(
                6,
                OpCode.GET_DATA,
                body -> {
                  body.writeString("/a");
                  body.writeBoolean(false);
                  body.writeLong(-1);
                })
            .one()
            .in();
    assertThat(text(in.readBuffer())).isEqualTo("hi");
  }

  @Test
  void getAclShowsDigestsToAdminOnly() {
    JuteReader in = ann.send(6, OpCode.GET_ACL, path("/shown")).one().in();
    assertThat(Acl.readList(in))
        .extracting(acl -> acl.id().id())
        .containsExactly("anyone", "bob:x");
    assertThat(Stat.read(in)).isEqualTo(stat("/shown"));
    done(in);
  }

  @Test
  void getAllChildrenNumberCountsAllBelow() {
    JuteReader in = ann.send(6, OpCode.GET_ALL_CHILDREN_NUMBER, path("/")).one().in();
    assertThat(in.readInt()).isEqualTo(3 + 5);
    done(in);
    in = ann.send(6, OpCode.GET_ALL_CHILDREN_NUMBER, path("")).one().in();
    assertThat(in.readInt()).isEqualTo(1 + 3 + 5);
    assertThat(ann.send(6, OpCode.GET_ALL_CHILDREN_NUMBER, path("/a/b")).one().in().readInt())
        .isZero();
  }

  @Test
  void getEphemeralsGivesTheSessionsOwnByPrefix() {
    ann.create(6, "/e1", "", 1, Acl.OPEN).create(7, "/e2", "", 1, Acl.OPEN).settle().take();
    world.connect("bob").create(1, "/e3", "", 1, Acl.OPEN).settle();
    for (String all : new String[] {null, "", " ", "/"}) {
      JuteReader in = ann.send(8, OpCode.GET_EPHEMERALS, path(all)).one().in();
      assertThat(strings(in)).containsExactlyInAnyOrder("/e1", "/e2");
      done(in);
    }
    assertThat(strings(ann.send(8, OpCode.GET_EPHEMERALS, path("/e1")).one().in()))
        .containsExactly("/e1");
    assertThat(strings(ann.send(8, OpCode.GET_EPHEMERALS, path("/x")).one().in())).isEmpty();
  }

  @Test
  void multiReadAnswersEachForItselfAndArmsNothing() {
    JuteReader in =
        ann.send(
                6,
                OpCode.MULTI_READ,
                body -> {
                  part(body, OpCode.GET_DATA, "/a");
                  part(body, OpCode.GET_DATA, "/x");
                  part(body, OpCode.GET_CHILDREN, "/a");
                  part(body, OpCode.GET_CHILDREN, "/secret");
                  MultiHeader.writeEnd(body);
                })
            .one()
            .in();
    assertThat(MultiHeader.read(in)).isEqualTo(new MultiHeader(4, false, 0));
    assertThat(text(in.readBuffer())).isEqualTo("hi");
    assertThat(Stat.read(in)).isEqualTo(stat("/a"));
    assertThat(MultiHeader.read(in)).isEqualTo(new MultiHeader(-1, false, -101));
    assertThat(in.readInt()).isEqualTo(-101);
    assertThat(MultiHeader.read(in)).isEqualTo(new MultiHeader(8, false, 0));
    assertThat(strings(in)).containsExactlyInAnyOrder("b", "c");
    assertThat(MultiHeader.read(in)).isEqualTo(new MultiHeader(-1, false, -102));
    assertThat(in.readInt()).isEqualTo(-102);
    assertThat(MultiHeader.read(in)).isEqualTo(new MultiHeader(-1, true, -1));
    done(in);
    assertThat(watchCount()).isZero();
  }

  /** One request of a megabyte can name a znode of a megabyte fifty thousand times. */
  @Test
  void aReplyThatWouldBeTooLongIsRefusedAndTheNextOneIsNot() {
    World small = new World(new Limits(1000, 8 << 20, 10_000, 4000, 40_000));
    ann = small.connect("ann");
    ann.create(1, "/a", "x".repeat(1000)).settle();
    ann.take();
    Consumer<JuteWriter> ten =
        body -> {
          for (int i = 0; i < 10; i++) {
            part(body, OpCode.GET_DATA, "/a");
          }
          MultiHeader.writeEnd(body);
        };
    assertThat(error(OpCode.MULTI_READ, ten)).isEqualTo(-5);
    assertThat(ann.oddities).singleElement().asString().contains("MULTI_READ", "too long a reply");
    assertThat(text(ann.get(2, "/a", false).one().in().readBuffer())).hasSize(1000);
  }

  private static void part(JuteWriter body, OpCode op, String path) {
    MultiHeader.write(body, op.code(), false, -1);
    body.writeString(path);
    body.writeBoolean(true);
  }

  @Test
  void multiReadOfAnythingElseIsMalformed() {
    int error =
        error(
            OpCode.MULTI_READ,
            body -> {
              part(body, OpCode.GET_DATA, "/a");
              part(body, OpCode.EXISTS, "/a");
              MultiHeader.writeEnd(body);
            });
    assertThat(error).isEqualTo(-5);
  }

  @Test
  void whoAmIListsIdentitiesWithoutSecrets() {
    ann.auth(-4, "digest", "bob:pw")
        .auth(-4, "digest", "bob:pw")
        .auth(-4, "digest", "super:paddock");
    assertThat(ann.take()).allMatch(frame -> frame.err() == 0 && frame.zxid() == 0);
    JuteReader in = ann.send(6, OpCode.WHO_AM_I, body -> {}).one().in();
    List<String> ids = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      ids.add(in.readString() + " " + in.readString());
    }
    assertThat(ids)
        .containsExactlyInAnyOrder("ip 10.0.0.7", "digest bob", "super ", "digest super");
    done(in);
    assertThat(ann.get(7, "/secret", false).one().err()).as("super may all").isZero();
  }

  @Test
  void addWatchAnswersZeroAndRefusesOtherModes() {
    assertThat(ann.addWatch(6, "/nowhere", 0).one().body()).isEqualTo(new byte[4]);
    assertThat(ann.addWatch(6, "/nowhere", 1).one().body()).isEqualTo(new byte[4]);
    assertThat(ann.addWatch(6, "/nowhere", 2).one().err()).isEqualTo(-5);
    ann.create(7, "/nowhere", "").settle();
    assertThat(ann.heard()).containsExactly("created /nowhere @7", "#7 @7");
  }

  @Test
  void watchesAreCheckedAndRemovedByType() {
    ann.get(6, "/a", true).read(6, OpCode.GET_CHILDREN, "/a", true);
    ann.addWatch(6, "/a", 0).addWatch(6, "/a", 1).take();
    for (int type = 1; type <= 5; type++) {
      assertThat(error(OpCode.CHECK_WATCHES, pathAndInt("/a", type))).isZero();
      assertThat(error(OpCode.CHECK_WATCHES, pathAndInt("/b", type))).isEqualTo(-121);
    }
    for (int type : new int[] {1, 2, 4, 5}) {
      assertThat(error(OpCode.REMOVE_WATCHES, pathAndInt("/a", type))).isZero();
      assertThat(error(OpCode.CHECK_WATCHES, pathAndInt("/a", type))).isEqualTo(-121);
      assertThat(error(OpCode.REMOVE_WATCHES, pathAndInt("/a", type))).isEqualTo(-121);
    }
    assertThat(error(OpCode.REMOVE_WATCHES, pathAndInt("/a", 3))).isEqualTo(-121);
    ann.addWatch(6, "/a", 1).get(6, "/a", true).take();
    assertThat(error(OpCode.REMOVE_WATCHES, pathAndInt("/a", 3))).isZero();
    assertThat(watchCount()).isZero();
    assertThat(error(OpCode.REMOVE_WATCHES, pathAndInt("/a", 6))).isEqualTo(-5);
    assertThat(error(OpCode.CHECK_WATCHES, pathAndInt("/a", 0))).isEqualTo(-5);
    ann.set(7, "/a", "quiet").settle();
    assertThat(ann.heard()).as("no event is sent on removal").containsExactly("#7 @7");
  }

  @Test
  void aPersistentWatchThatLostItsDataHalfIsNotFoundByCheck() {
    ann.addWatch(6, "/a", 0).take();
    assertThat(watchCount()).isEqualTo(2);
    assertThat(error(OpCode.REMOVE_WATCHES, pathAndInt("/a", 4))).isZero();
    assertThat(watchCount()).isZero();
  }

  @Test
  void existsArmsAWatchWhetherTheZnodeIsThereOrNot() {
    ann.read(6, OpCode.EXISTS, "/a", true).read(7, OpCode.EXISTS, "/new", true).take();
    ann.create(8, "/new", "").set(9, "/a", "x").settle();
    assertThat(ann.heard()).containsExactly("created /new @7", "#8 @7", "data /a @8", "#9 @8");
  }

  @Test
  void setWatches2TellsWhatWasMissedAndArmsTheRest() {
    // zxids: /a 2, /a/b 3, /a/c 4 (so /a has pzxid 4), /secret 5, /shown 6
    ann.send(
        -8,
        OpCode.SET_WATCHES2,
        body -> {
          body.writeLong(3);
          strings(body, "/a", "/a/c", "/gone", "/secret"); // data
          strings(body, "/a", "/none"); // exist
          strings(body, "/a", "/gone", "/shown", "/a/b"); // child
          strings(body, "/p");
          strings(body, "/r");
        });
    assertThat(ann.heard())
        .containsExactly(
            "data /a/c @-1",
            "deleted /gone @-1",
            "created /a @-1",
            "children /a @-1",
            "deleted /gone @-1",
            "children /shown @-1",
            "#-8 @6");
    ann.set(7, "/a", "").create(8, "/none", "").create(9, "/a/b/x", "");
    ann.create(10, "/p", "").create(11, "/p/x", "").create(12, "/r", "").create(13, "/r/x", "");
    ann.create(14, "/r/x/y", "").settle();
    assertThat(ann.heard().stream().filter(line -> !line.startsWith("#")))
        .containsExactly(
            "data /a @7",
            "created /none @8",
            "children /a/b @9",
            "created /p @10",
            "children /p @11",
            "created /r @12",
            "created /r/x @13",
            "created /r/x/y @14");
  }

  @Test
  void setWatchesTellsNothingOfAZnodeThatTheClientMayNotRead() {
    String[] secret = {"/secret"};
    for (int list = 0; list < 3; list++) {
      int told = list;
      ann.send(
          -8,
          OpCode.SET_WATCHES,
          body -> {
            body.writeLong(0);
            for (int i = 0; i < 3; i++) {
              strings(body, i == told ? secret : new String[0]);
            }
          });
    }
    assertThat(ann.heard()).containsExactly("#-8 @6", "#-8 @6", "#-8 @6");
    assertThat(watchCount()).as("used up all the same").isZero();
  }

  @Test
  void aClientsDeleteContainerEndsItsConnectionWithoutAReply() {
    ann.send(6, OpCode.DELETE_CONTAINER, body -> body.writeString("/a/b"));
    assertThat(ann.heard()).isEmpty();
    assertThat(ann.closed).isTrue();
  }

  private static void strings(JuteWriter body, String... strings) {
    body.writeInt(strings.length);
    for (String string : strings) {
      body.writeString(string);
    }
  }

  @Test
  void anEventIsNotToldToWhoMayNotReadButUsesUpTheWatch() {
    ann.read(6, OpCode.EXISTS, "/dark", true).take();
    Client bob = world.connect("bob");
    bob.auth(-4, "digest", "bob:pw");
    bob.create(1, "/dark", "", 0, List.of(new Acl(Acl.ALL, new Id("auth", ""))))
        .set(2, "/dark", "");
    world.settle();
    assertThat(bob.heard()).allMatch(line -> !line.contains("err"));
    assertThat(ann.take()).isEmpty();
    assertThat(watchCount()).isZero();
  }

  @Test
  void aGetAllocatesItsPathAndNothingElse() {
    JuteWriter frame = new JuteWriter();
    frame.writeInt(1);
    frame.writeInt(OpCode.GET_DATA.code());
    frame.writeString("/a");
    frame.writeBoolean(false);
    Discard discard = new Discard();
    Lane lane = world.loops.get(0).accept(discard, List.of(new Id("ip", "10.0.0.9")));
    JuteWriter connect = new JuteWriter();
    new ConnectRequest(0, 0, 30_000, 0, null, ReadOnlyByte.FALSE).write(connect);
    lane.onFrame(new JuteReader(connect.toByteArray()), 0);
    world.settle();
    JuteReader in = new JuteReader();
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    int rounds = 20_000;
    long perGet = Long.MAX_VALUE;
    for (int warm = 0; warm < 5; warm++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < rounds; i++) {
        lane.onFrame(in.reset(frame.array(), 0, frame.size()), i);
      }
      perGet = Math.min(perGet, (threads.getCurrentThreadAllocatedBytes() - before) / rounds);
    }
    // A String of two chars: 24 bytes and an array of 24.
    assertThat(perGet).isLessThanOrEqualTo(48);
  }

  /** A connection that keeps nothing. */
  private static final class Discard implements Connection {
    private final JuteWriter out = new JuteWriter();

    @Override
    public JuteWriter out() {
      return out.clear();
    }

    @Override
    public void resumeReading() {}

    @Override
    public void oddity(Supplier<String> line) {}

    @Override
    public void close() {}
  }

  private long watchCount() {
    Watches watches = world.loops.get(0).watches();
    return watches.dataCount() + watches.childCount();
  }
}
