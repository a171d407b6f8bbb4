package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Op.Acl;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The traps of the sheet's section 14 that concern nodes, versions, names and multi. */
class WriteConformanceTest extends ConformanceFixture {

  @Test
  void trap01CversionCountsCreatesAndDeletes() {
    create("/p", "/p/a", "/p/b", "/p/c");
    ok(0, Op.delete("/p/a", -1));
    assertThat(ok(0, Op.exists("/p", false))).contains("versions=0,4,0");
    assertThat(ok(0, Op.create("/p/n-", Op.SEQUENTIAL))).contains("/p/n-0000000003");
  }

  @Test
  void trap01ABuiltInTreeShowsItsOddVersions() {
    assertThat(ok(0, Op.exists("/", false))).contains("versions=0,-1,0");
    assertThat(ok(0, Op.exists("/zookeeper", false))).contains("versions=0,-2,0");
    assertThat(ok(0, Op.getData("/zookeeper/config", false))).contains("\"\"", "versions=0,0,-1");
    ok(0, Op.getChildren2("/", false));
    ok(0, Op.getChildren2("/zookeeper", false));
    ok(0, Op.path(OpCode.GET_ACL, "/zookeeper/config"));
    assertThat(ok(0, Op.path(OpCode.GET_ALL_CHILDREN_NUMBER, "/"))).contains("err=0 3");
  }

  @Test
  void trap02AFailedMultiHasAnEmptyHeaderErrorAndLeavesNothing() {
    create("/p");
    Op multi =
        Op.multi(
            OpCode.MULTI,
            List.of(Op.create("/p/x-", Op.SEQUENTIAL), Op.check("/p", 7), Op.delete("/p", -1)));
    assertThat(ok(0, multi)).contains("err=0 error 0)", "err=-103 error -103)", "err=-2 error -2)");
    assertThat(ok(0, Op.create("/p/x-", Op.SEQUENTIAL))).contains("/p/x-0000000000");
  }

  @Test
  void trap03AFailedWriteTakesAZxid() {
    create("/p");
    long before = both.lastZxid();
    agree(0, Op.create("/p", "again"), NODE_EXISTS);
    assertThat(both.lastZxid()).isEqualTo(before + 1);
    agree(0, Op.getData("/missing", false), NO_NODE);
    assertThat(both.lastZxid()).isEqualTo(before + 1);
  }

  @Test
  void trap17ContainersAndTtlNodesAnswerAsCreate2() {
    Op container = Op.create(OpCode.CREATE_CONTAINER, "/c", null, Op.OPEN, Op.CONTAINER);
    Op ttl = Op.createTtl("/t", null, Op.OPEN, Op.TTL, 60_000);
    assertThat(ok(0, Op.multi(OpCode.MULTI, List.of(container, ttl))))
        .contains("(type=15 done=0 err=0 \"/c\" stat", "(type=15 done=0 err=0 \"/t\" stat");
    ok(0, Op.create(OpCode.CREATE_CONTAINER, "/c2", null, Op.OPEN, Op.CONTAINER));
    ok(0, Op.createTtl("/t2-", null, Op.OPEN, Op.TTL_SEQUENTIAL, 60_000));
  }

  @Test
  void trap17APlainCreateWithTheContainerFlagIsAContainerInMultiOnly() {
    Op create = Op.create(OpCode.CREATE, "/m", null, Op.OPEN, Op.CONTAINER);
    assertThat(ok(0, Op.multi(OpCode.MULTI, List.of(create)))).contains("type=15");
    assertThat(ok(0, Op.create(OpCode.CREATE, "/m2", null, Op.OPEN, Op.CONTAINER)))
        .doesNotContain("stat");
    agree(0, Op.create(OpCode.CREATE, "/m3", null, Op.OPEN, Op.TTL), BAD_ARGUMENTS);
  }

  @Test
  void trap18ContainersAndTtlNodesShowNoOwnerAndHaveChildren() {
    ok(0, Op.create(OpCode.CREATE_CONTAINER, "/c", null, Op.OPEN, Op.CONTAINER));
    ok(0, Op.createTtl("/t", null, Op.OPEN, Op.TTL, 60_000));
    ok(0, Op.create("/e", Op.EPHEMERAL));
    create("/c/x", "/t/x");
    agree(0, Op.create("/e/x", "no"), -108);
    assertThat(ok(0, Op.exists("/c", false))).contains("owner=0");
    assertThat(ok(0, Op.exists("/t", false))).contains("owner=0");
    assertThat(ok(0, Op.exists("/e", false))).contains("owner=S0");
  }

  @Test
  void trap19NullAndEmptyDataDiffer() {
    ok(0, Op.create(OpCode.CREATE, "/null", null, Op.OPEN, 0));
    ok(0, Op.create(OpCode.CREATE, "/empty", new byte[0], Op.OPEN, 0));
    assertThat(ok(0, Op.getData("/null", false))).contains("err=0 null stat");
    assertThat(ok(0, Op.getData("/empty", false))).contains("err=0 \"\" stat");
    ok(0, Op.setData("/empty", null, -1));
    assertThat(ok(0, Op.getData("/empty", false))).contains("err=0 null stat");
  }

  @Test
  void trap20ReadsDoNotValidatePathsButWritesDo() {
    create("/a");
    agree(0, Op.getData("/a/", false), NO_NODE);
    agree(0, Op.setData("/a/", "x"), BAD_ARGUMENTS);
    agree(0, Op.delete("/", -1), BAD_ARGUMENTS);
    agree(0, Op.create("/", "x"), NODE_EXISTS);
    byte[] root = body(Op.exists("/", false));
    assertThat(body(Op.exists("", false))).isEqualTo(root);
    for (String reserved : List.of("/zookeeper", "/zookeeper/quota", "/zookeeper/config")) {
      agree(0, Op.delete(reserved, -1), BAD_ARGUMENTS);
    }
  }

  private byte[] body(Op op) {
    ok(0, op);
    return both.lastReply().body();
  }

  @Test
  void trap20EveryKindOfBadPathIsRefusedAlikeByEveryRequest() {
    create("/x");
    List<String> paths =
        List.of(
            "",
            "x",
            "x/y",
            "/x/",
            "//",
            "//x",
            "/x//y",
            "/.",
            "/..",
            "/x/.",
            "/x/..",
            "/x/./y",
            "/x/../y",
            "/...",
            "/x/.y",
            "/\0",
            "/x\0",
            "/x/\u0001",
            "/x/\u001f",
            "/x/\u007f",
            "/x/\u009f",
            "/x/\u00a0",
            "/x/\ud7ff",
            "/x/\ue000",
            "/x/\uf8ff",
            "/x/\uf900",
            "/x/\uffef",
            "/x/\ufff0",
            "/x/\uffff",
            "/x/\ud83d\ude00",
            "/ ",
            "/x/ ");
    for (String path : paths) {
      requestsOn(path).forEach(op -> agree(0, op));
    }
    requestsOn(null).forEach(op -> agree(0, op));
  }

  private static Stream<Op> requestsOn(String path) {
    return Stream.of(
        Op.create(path, "data"),
        Op.create(OpCode.CREATE2, path, null, Op.OPEN, Op.SEQUENTIAL),
        Op.create(OpCode.CREATE_CONTAINER, path, null, Op.OPEN, Op.CONTAINER),
        Op.setData(path, "data"),
        Op.setAcl(path, Op.OPEN, -1),
        Op.exists(path, true),
        Op.getData(path, true),
        Op.getChildren2(path, true),
        Op.read(OpCode.GET_CHILDREN, path, true),
        Op.path(OpCode.GET_ACL, path),
        Op.path(OpCode.SYNC, path),
        Op.path(OpCode.GET_ALL_CHILDREN_NUMBER, path),
        Op.path(OpCode.GET_EPHEMERALS, path),
        Op.watch(OpCode.ADD_WATCH, path, 0),
        Op.watch(OpCode.CHECK_WATCHES, path, 3),
        Op.watch(OpCode.REMOVE_WATCHES, path, 3),
        Op.multi(OpCode.MULTI, List.of(Op.check(path, -1))),
        Op.multi(OpCode.MULTI, List.of(Op.create(path, "data"), Op.delete(path, -1))),
        Op.multi(OpCode.MULTI_READ, List.of(Op.getData(path, false))),
        Op.delete(path, -1));
  }

  @Test
  void trap30AllChildrenShareOneCounter() {
    create("/q", "/q/x");
    assertThat(ok(0, Op.create("/q/n-", Op.SEQUENTIAL))).contains("/q/n-0000000001");
    assertThat(ok(0, Op.create("/q/", Op.EPHEMERAL_SEQUENTIAL))).contains("/q/0000000002");
    Op twice =
        Op.multi(
            OpCode.MULTI,
            List.of(Op.create("/q/n-", Op.SEQUENTIAL), Op.create("/q/n-", Op.SEQUENTIAL)));
    assertThat(ok(0, twice)).contains("/q/n-0000000003", "/q/n-0000000004");
    assertThat(ok(0, Op.create("/", Op.SEQUENTIAL))).contains("\"/0000000001\"");
  }

  @Test
  void trap31SetAclChangesItsVersionOnly() {
    create("/a");
    ok(1, Op.watch(OpCode.ADD_WATCH, "/a", 0));
    String set = ok(0, Op.setAcl("/a", List.of(new Acl(31, "world", "anyone")), 0));
    assertThat(set).contains("versions=0,0,1").doesNotContain("event");
    agree(0, Op.setAcl("/a", Op.OPEN, 0), BAD_VERSION);
    ok(0, Op.getData("/a", false));
  }

  @Test
  void aMultiSeesItsOwnEarlierParts() {
    Op multi =
        Op.multi(
            OpCode.MULTI,
            List.of(
                Op.create("/m", "1"),
                Op.create("/m/x", "2"),
                Op.setData("/m", Reading.utf8("3"), 0),
                Op.check("/m", 1),
                Op.delete("/m/x", 0),
                Op.create(OpCode.CREATE2, "/m/y", null, Op.OPEN, Op.EPHEMERAL)));
    assertThat(ok(0, multi)).contains("(type=13 done=0 err=0 )", "(type=2 done=0 err=0 )");
    ok(0, Op.getChildren2("/m", false));
    ok(0, Op.multi(OpCode.MULTI, List.of()));
  }

  @Test
  void aMultiThatCannotBeDecodedIsAMarshallingErrorAndTheConnectionStays() {
    create("/p");
    agree(0, Op.multi(OpCode.MULTI, List.of(Op.getData("/p", false))), -5);
    agree(0, Op.multi(OpCode.MULTI, List.of(Op.setAcl("/p", Op.OPEN, -1))), -5);
    agree(0, Op.multi(OpCode.MULTI, List.of(Op.create("/q", 99))), -5);
    agree(0, Op.multi(OpCode.MULTI, List.of(Op.create("/q", Op.TTL))), -5);
    agree(0, Op.multi(OpCode.MULTI_READ, List.of(Op.exists("/p", false))), -5);
    agree(0, Op.of(OpCode.MULTI, new byte[3], "multi of 3 bytes"), -5);
    ok(0, Op.exists("/p", false));
  }

  @Test
  void aBodyThatEndsEarlyIsAMarshallingErrorForEveryRequest() {
    for (int type : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 16, 17, 18, 19, 21, 22}) {
      agree(0, Op.of(type, new byte[3], OpCode.name(type) + " of 3 bytes"), -5);
    }
    for (int type : new int[] {101, 103, 104, 105, 106}) {
      agree(0, Op.of(type, new byte[3], OpCode.name(type) + " of 3 bytes"), -5);
    }
  }

  @Test
  void nullsInsideAMultiFailItAsAWhole() {
    List<Acl> nullId = List.of(new Acl(31, "world", null));
    Op fine = Op.create("/fine", "x");
    for (Op part :
        List.of(
            Op.create(OpCode.CREATE, "/a", null, nullId, 0),
            Op.create(OpCode.CREATE, "/a", null, null, 0),
            Op.create(OpCode.CREATE_CONTAINER, "/a", null, null, Op.CONTAINER),
            Op.create(null, "x"),
            Op.delete(null, -1),
            Op.setData(null, "x"),
            Op.check(null, -1))) {
      agree(0, Op.multi(OpCode.MULTI, List.of(fine, part)), -5);
    }
    agree(0, Op.exists("/fine", false), NO_NODE);
  }

  @Test
  void flagsAndTimesToLiveAreCheckedInAMultiAsApacheDoes() {
    for (int flags : new int[] {0, 1, 4, 5, 6, 7, -1}) {
      for (long ttl : new long[] {3_600_000, 0, Long.MAX_VALUE}) {
        if (flags >= 5 || ttl > 0) {
          Op create = Op.createTtl("/t" + flags + "-" + ttl, null, Op.OPEN, flags, ttl);
          agree(0, Op.multi(OpCode.MULTI, List.of(create)));
          agree(0, create);
        }
      }
      for (int type : new int[] {OpCode.CREATE, OpCode.CREATE2, OpCode.CREATE_CONTAINER}) {
        Op create = Op.create(type, "/" + type + "-" + flags, null, Op.OPEN, flags);
        agree(0, Op.multi(OpCode.MULTI, List.of(create)));
        agree(0, create);
      }
    }
    agree(0, Op.multi(OpCode.MULTI, List.of(Op.createTtl("/n", null, null, Op.TTL, 1_000))));
    agree(0, Op.getChildren2("/", false));
  }

  @Test
  void multiReadFailsPartByPartAndSetsNoWatch() {
    create("/p", "/p/x");
    Op reads =
        Op.multi(
            OpCode.MULTI_READ,
            List.of(
                Op.getData("/p", true),
                Op.getData("/none", true),
                Op.read(OpCode.GET_CHILDREN, "/p", true)));
    assertThat(ok(0, reads)).contains("err=-101 error -101)", "[\"x\"]");
    assertThat(ok(0, Op.setData("/p", "new"))).doesNotContain("event");
  }

  @Test
  void versionsAreComparedExactlyAndMinusOneMeansAny() {
    create("/v");
    agree(0, Op.setData("/v", Reading.utf8("x"), 1), BAD_VERSION);
    ok(0, Op.setData("/v", Reading.utf8("x"), 0));
    ok(0, Op.setData("/v", Reading.utf8("x"), -1));
    agree(0, Op.delete("/v", 1), BAD_VERSION);
    agree(0, Op.setData("/v", Reading.utf8("x"), -2), BAD_VERSION);
    ok(0, Op.delete("/v", 2));
  }

  @Test
  void reconfigIsRefusedOnAStandaloneServer() {
    agree(0, Op.reconfig("server.2=a:1:2;3", null, null, -1), -123);
    agree(0, Op.reconfig(null, null, null, 5), -123);
  }
}
