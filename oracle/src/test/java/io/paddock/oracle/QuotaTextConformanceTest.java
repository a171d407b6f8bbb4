package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Texts in the znodes of quotas, whoever wrote them, and what they do to writes. */
class QuotaTextConformanceTest extends ConformanceFixture {
  private static final String QUOTA = "/zookeeper/quota";

  private static final List<String> LIMITS =
      List.of(
          "",
          ",",
          ";",
          "count=3",
          "bytes=3",
          "count=3,bytes=30",
          "bytes=30,count=3",
          "count=3;bytes=30",
          "count=-1,bytes=-1",
          "count=-1,bytes=-1=;byteHardLimit=5;countHardLimit=2",
          "count=-1,bytes=-1=;countHardLimit=2;byteHardLimit=5",
          "count=-1,bytes=-1;byteHardLimit=5;countHardLimit=2",
          "count=-1,bytes=-1,byteHardLimit=5,countHardLimit=2",
          "byteHardLimit=5;countHardLimit=2",
          "byteHardLimit=5,countHardLimit=2",
          "count=-1,bytes=-1=;byteHardLimit=5",
          "count=-1,bytes=-1=;countHardLimit=2",
          "count=-1,bytes=-1=;countHardLimit=+2",
          "count=-1,bytes=-1=;countHardLimit=02",
          "count=-1,bytes=-1=;countHardLimit=\u0662",
          "count=-1,bytes=-1=; countHardLimit=2",
          "count=-1,bytes=-1=;countHardLimit =2",
          "count=-1,bytes=-1=;countHardLimit=0",
          "count=-1,bytes=-1=;countHardLimit=-0",
          "count=-1,bytes=-1=;countHardLimit=-2",
          "count=-1,bytes=-1=;countHardLimit==2",
          "count=-1,bytes=-1=;countHardLimit=2=3",
          "count=-1,bytes=-1=;countHardLimit=2;countHardLimit=9",
          "count=-1,bytes=-1=;countHardLimit=9;countHardLimit=2",
          "count=-1,bytes=-1=;;;countHardLimit=2",
          "count=-1,bytes=-1=;COUNTHARDLIMIT=2",
          "count=-1,bytes=-1=;unknown=2",
          "count=9223372036854775807,bytes=9223372036854775807",
          "count=-1,bytes=-1=;countHardLimit=9223372036854775807",
          "count=-1,bytes=-1=;countHardLimit=-9223372036854775808",
          "count=-1,bytes=-1=;byteHardLimit=0",
          "count=1,bytes=1=;byteHardLimit=1000;countHardLimit=1000");

  private static final List<String> STATS =
      List.of(
          "",
          "count=0",
          "bytes=0",
          "count=0,bytes=0",
          "count=-9,bytes=-9",
          "count=9223372036854775807,bytes=9223372036854775807",
          "bytes=1,count=1",
          "count=1,bytes=1=;byteHardLimit=-1;countHardLimit=-1",
          "count=1,bytes=1=;unknown=7",
          "count=1;bytes=1",
          "count=\u0661,bytes=\u0661",
          "count=+1,bytes=+1");

  /**
   * No lists of pairs with numbers. Apache's server answers every create below with a marshalling
   * error from then on; here what does not parse is not set.
   */
  private static final List<String> MALFORMED =
      List.of(
          " ",
          "x",
          "=",
          "=;",
          "count",
          "count=",
          "=;byteHardLimit=5;countHardLimit=2",
          "count=-1,bytes=-1=;countHardLimit= 2",
          "count=-1,bytes=-1=;countHardLimit=2 ",
          "count=-1,bytes=-1=;countHardLimit=2\n",
          "count=-1,bytes=-1=;countHardLimit=0x2",
          "count=-1,bytes=-1=;countHardLimit=2L",
          "count=-1,bytes=-1=;countHardLimit=2.0",
          "count=-1,bytes=-1=;countHardLimit=",
          "count=-1,bytes=-1=;countHardLimit",
          "count=-1,bytes=-1=;unknown=x;countHardLimit=2",
          "count=x,bytes=-1=;countHardLimit=2",
          "count=9223372036854775808,bytes=-1=;countHardLimit=2",
          "count=-1,bytes=-1=;countHardLimit=9223372036854775808",
          "count=-1,bytes=-1=;byteHardLimit=-9223372036854775809",
          "\0");

  /** What each text did to the same writes: error codes, then limits and totals. */
  private static List<String> outcome(int port, String path, String limits, String stats) {
    List<String> outcome = new ArrayList<>();
    try (RawClient client = RawClient.session(port)) {
      Op limitsNode = Op.create(QUOTA + path + "/zookeeper_limits", limits);
      Op statsNode = Op.create(QUOTA + path + "/zookeeper_stats", stats);
      List<Op> ops = new ArrayList<>(List.of(Op.create(path, ""), Op.create(QUOTA + path, "")));
      ops.addAll(List.of(limitsNode, statsNode));
      ops.addAll(writes(path));
      ops.add(Op.setData(QUOTA + path + "/zookeeper_stats", stats));
      ops.addAll(writes(path + "/c"));
      for (Op op : ops) {
        outcome.add(Integer.toString(client.call(op).err()));
      }
      for (String node : List.of("zookeeper_limits", "zookeeper_stats")) {
        Jute.In in = client.call(Op.getData(QUOTA + path + "/" + node, false)).in();
        outcome.add(new String(in.buf(), StandardCharsets.UTF_8));
      }
      client.call(Op.bare(OpCode.CLOSE_SESSION));
    }
    return outcome;
  }

  private static List<Op> writes(String path) {
    Op multi = Op.multi(OpCode.MULTI, List.of(Op.create(path + "/d", "1"), Op.create(path, "x")));
    return List.of(
        Op.create(path + "/a", "1234"),
        Op.create(path + "/b", "1"),
        Op.create(path + "/c", ""),
        Op.setData(path + "/a", "123456789"),
        Op.setData(path + "/a", "1"),
        multi,
        Op.delete(path + "/b", -1),
        Op.create(path + "/f", Op.EPHEMERAL));
  }

  private void same(String path, String limits, String stats) {
    assertThat(outcome(subject.port(), path, limits, stats))
        .as("'%s' and '%s'", limits, stats)
        .isEqualTo(outcome(apache.port(), path, limits, stats));
  }

  @Test
  void eachTextLimitsAsWithApache() {
    for (int i = 0; i < LIMITS.size(); i++) {
      same("/n" + i, LIMITS.get(i), "count=0,bytes=0");
    }
    sameFigures();
  }

  @Test
  void eachTextOfTotalsIsReadAndReplacedAsByApache() {
    for (int i = 0; i < STATS.size(); i++) {
      same("/s" + i, "count=3,bytes=30", STATS.get(i));
      same("/h" + i, "count=-1,bytes=-1=;byteHardLimit=9;countHardLimit=3", STATS.get(i));
    }
    sameFigures();
  }

  @Test
  void anUnreadableLimitStopsEveryWriteAtApachesAndNoneHere() {
    String refused = "-125";
    for (int i = 0; i < MALFORMED.size(); i++) {
      String limits = MALFORMED.get(i);
      int create = 4;
      assertThat(outcome(apache.port(), "/n" + i, limits, "count=0,bytes=0").get(create))
          .as("'%s'", limits)
          .isEqualTo("-5");
      List<String> ours = outcome(subject.port(), "/n" + i, limits, "count=0,bytes=0");
      assertThat(ours.get(create)).as("'%s'", limits).isEqualTo("0");
      assertThat(ours).as("'%s'", limits).doesNotContain("-5");
      // A limit that parses holds beside one that does not.
      boolean limited = limits.matches("(?s).*;countHardLimit=2") && !limits.endsWith("= 2");
      assertThat(ours.contains(refused)).as("'%s'", limits).isEqualTo(limited);
    }
    for (String stats : List.of("x", "count=9223372036854775808,bytes=0", "count= 1,bytes=1")) {
      assertThat(outcome(subject.port(), "/s" + stats.length(), "count=3", stats))
          .doesNotContain("-5", refused);
    }
  }

  /** Limits without totals, totals without limits, quotas within quotas, of what is not there. */
  @Test
  void halfAQuotaIsWhatItIsToApache() {
    String hard = "count=-1,bytes=-1=;byteHardLimit=5;countHardLimit=2";
    create("/l", "/s", "/n", "/n/m");
    ok(0, Op.create(QUOTA + "/l", ""));
    ok(0, Op.create(QUOTA + "/l/zookeeper_limits", hard));
    agreeOnWrites("/l");
    ok(0, Op.create(QUOTA + "/s", ""));
    ok(0, Op.create(QUOTA + "/s/zookeeper_stats", "count=0,bytes=0"));
    agreeOnWrites("/s");
    limited("/n", "count=-1,bytes=-1=;countHardLimit=9", "count=0,bytes=0");
    limited("/n/m", hard, "count=0,bytes=0");
    agreeOnWrites("/n/m");
    agreeOnWrites("/n");
    limited("/none", hard, "count=0,bytes=0");
    agree(0, Op.create("/none", "123456"));
    agree(0, Op.create("/none", "12345"));
    agreeOnWrites("/none");
    agree(0, Op.delete(QUOTA + "/n/m/zookeeper_limits", -1));
    agree(0, Op.create("/n/m/x", "1234567"));
    agree(0, Op.delete(QUOTA + "/n/zookeeper_limits", -1));
    agree(0, Op.create("/n/m/y", "1234567"));
  }

  private void limited(String path, String limits, String stats) {
    ok(0, Op.create(QUOTA + path, ""));
    agree(0, Op.create(QUOTA + path + "/zookeeper_limits", limits));
    agree(0, Op.create(QUOTA + path + "/zookeeper_stats", stats));
  }

  private void agreeOnWrites(String path) {
    writes(path).forEach(op -> agree(0, op));
  }

  private void sameFigures() {
    List<String> expected = figures(apache.port());
    assertThat(figures(subject.port())).isEqualTo(expected).isNotEmpty();
  }

  private static List<String> figures(int port) {
    return FourLetterConformanceTest.word(port, "mntr", false)
        .lines()
        // What was refused, Apache counts for all servers of a process.
        .filter(line -> line.matches("zk_.*_quota_(count|bytes)_(limit|usage)_per_namespace.*"))
        .sorted()
        .toList();
  }
}
