package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Four-letter words: what scripts parse must look the same (client protocol sheet, sections 1.4 and
 * 12).
 */
class FourLetterConformanceTest extends ConformanceFixture {

  static String word(int port, String word, boolean halfClose) {
    try (RawClient client = new RawClient(port)) {
      client.sendRaw(word.getBytes(StandardCharsets.US_ASCII));
      if (halfClose) {
        client.shutdownOutput();
      }
      return new String(client.readAll(), StandardCharsets.UTF_8);
    }
  }

  /** Numbers, ids and addresses become '#': they may differ, the form may not. */
  static String form(String text) {
    return text.replaceAll("0x[0-9a-f]+", "#")
        .replaceAll("-?[0-9]+(\\.[0-9]+)*", "#")
        .replaceAll("(Dir=).*", "$1#")
        .replaceAll("(?m)^Zookeeper version: .*", "Zookeeper version: #")
        .replaceAll("(?m)^(zk_version\t).*", "$1#");
  }

  private void sameForm(String word) {
    assertThat(form(word(subject.port(), word, false)))
        .as(word)
        .isEqualTo(form(word(apache.port(), word, false)));
  }

  @Test
  void trap26AHalfClosedClientStillGetsItsAnswer() {
    for (boolean halfClose : new boolean[] {true, false}) {
      for (ServerUnderTest server : List.of(apache, subject)) {
        assertThat(word(server.port(), "ruok", halfClose)).isEqualTo("imok");
        assertThat(word(server.port(), "ruok\n", halfClose)).isEqualTo("imok");
        assertThat(word(server.port(), "isro", halfClose)).isEqualTo("rw");
      }
    }
  }

  @Test
  void trap26OnlySrvrIsOnByDefault() {
    startBoth(ServerSpec.standard().with("4lw.commands.whitelist", "srvr"));
    for (ServerUnderTest server : List.of(apache, subject)) {
      assertThat(word(server.port(), "srvr", true)).contains("Mode: standalone");
      for (String word : List.of("ruok", "stat", "mntr", "conf", "wchc", "hash", "gtmk")) {
        assertThat(word(server.port(), word, false))
            .isEqualTo(word + " is not executed because it is not in the whitelist.\n");
      }
    }
  }

  @Test
  void anUnknownWordIsCutWithoutText() {
    for (ServerUnderTest server : List.of(apache, subject)) {
      assertThat(word(server.port(), "what", false)).isEmpty();
      assertThat(word(server.port(), "RUOK", false)).isEmpty();
    }
  }

  /** What stands around a word, and masks of any length: the text and whether anything is said. */
  @Test
  void spellingsOfWordsAreReadAsByApache() {
    // Apache's trace mask is its whole process's, and may have been set there by another test: both
    // begin and end with the usual one, 306.
    String usual = "stmk\0\0\0\0\0\0\1" + (char) 0x32;
    List<String> all =
        List.of(
            usual,
            "ruok",
            "ruok\n",
            "ruok\r\n",
            "ruok\r",
            "ruok ",
            "ruokx",
            "ruok\0",
            "ruok\0\0\0\0",
            "ruokruok",
            "ruok ruok",
            "ruok\nisro\n",
            "ruok\0\0\0\0\0\0\0\0\0\0\0\0",
            "Ruok",
            "RUOK",
            "ruoK",
            " ruok",
            "\nruok",
            "\r\nruok",
            "\0ruok",
            "ru\0k",
            "ru",
            "ruo",
            "",
            "\n",
            "isro\n",
            "isro x",
            "gtmk",
            "gtmk\0\0\0\0\0\0\0\1",
            "stmk\0\0\0\0\0\0\0\0",
            "gtmk",
            "stmk\0\0\0\0\0\0\1\2",
            "gtmk",
            "stmk\0\0\0\0\0\0\1\2\3\4\5",
            "stmk\0\0\0\0\0\0\1\2\n",
            "stmk12345678",
            "gtmk",
            "stmk 1234567",
            "stmk\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f",
            "gtmk\n",
            "srst\n",
            "crst\r\n",
            "kill",
            "quit",
            "help",
            "reqs",
            "clst",
            "rest",
            "lsnp",
            "obsr",
            "orst",
            "sysp",
            "icfg",
            "zabs",
            "GET ",
            "GET / HTTP/1.1\r\n\r\n",
            "nope",
            usual);
    for (String text : all) {
      assertThat(word(subject.port(), text, true))
          .as(text.replace("\0", "NUL"))
          .isEqualTo(word(apache.port(), text, true));
    }
  }

  @Test
  void theWordsThatToolsParseHaveApachesForm() {
    create("/n");
    for (String word : List.of("srvr", "stat", "conf", "dirs", "gtmk", "srst", "crst", "wchs")) {
      sameForm(word);
    }
    assertThat(word(subject.port(), "srvr", false))
        .startsWith("Zookeeper version: 3.")
        .contains("Mode: standalone\nNode count: 6\n");
  }

  @Test
  void theTraceMaskIsSetAndShown() {
    for (ServerUnderTest server : List.of(apache, subject)) {
      String mask = "stmk\0\0\0\0\0\0\1\2";
      assertThat(word(server.port(), mask, false)).isEqualTo("258");
      assertThat(word(server.port(), "gtmk", false)).isEqualTo("258");
    }
  }

  @Test
  void watchesAreListedByPathAndBySession() {
    create("/n", "/m");
    ok(1, Op.getData("/n", true));
    ok(1, Op.getChildren2("/n", true));
    ok(2, Op.watch(OpCode.ADD_WATCH, "/m", 1));
    sameForm("wchs");
    sameForm("wchp");
    assertThat(sortedLines("wchc", subject)).isEqualTo(sortedLines("wchc", apache));
    assertThat(word(subject.port(), "wchs", false)).startsWith("2 connections watching ");
  }

  private static List<String> sortedLines(String word, ServerUnderTest server) {
    return form(word(server.port(), word, false)).lines().sorted().toList();
  }

  @Test
  void connectionsAreListedWithTheSameFields() {
    create("/n");
    assertThat(sortedLines("cons", subject)).isEqualTo(sortedLines("cons", apache));
  }

  @Test
  void theMonitorHasEveryKeyThatApaches() {
    create("/n");
    assertThat(missing("mntr", "\t")).isEmpty();
    assertThat(missing("envi", "=")).isEmpty();
    assertThat(monitor(subject.port(), "zk_znode_count"))
        .isEqualTo(monitor(apache.port(), "zk_znode_count"));
    assertThat(monitor(subject.port(), "zk_approximate_data_size"))
        .isEqualTo(monitor(apache.port(), "zk_approximate_data_size"));
  }

  /** Apache counts a znode's reads and writes by its first name; sums are of paths and data. */
  @Test
  void figuresByNamespaceAreApaches() {
    create("/counted", "/counted/a", "/counted/b");
    ok(0, Op.setData("/counted/a", "longer data"));
    ok(0, Op.getData("/counted/a", false));
    ok(0, Op.exists("/counted/b", true));
    ok(0, Op.getChildren2("/counted", false));
    ok(0, Op.read(OpCode.GET_CHILDREN, "/counted", false));
    for (ServerUnderTest server : List.of(apache, subject)) {
      try (RawClient client = RawClient.session(server.port())) {
        client.call(Op.getData("/counted/none", false));
        client.call(Op.exists("/counted/none", false));
        client.call(Op.delete("/counted/none", -1));
        client.call(Op.create("/counted/e", Op.EPHEMERAL));
        client.call(
            Op.multi(
                OpCode.MULTI,
                List.of(
                    Op.create("/counted/m", "1234"),
                    Op.setData("/counted/a", "12"),
                    Op.delete("/counted/b", -1))));
        client.call(
            Op.multi(
                OpCode.MULTI, List.of(Op.delete("/counted/m", -1), Op.delete("/counted/m", -1))));
        client.call(Op.multi(OpCode.MULTI_READ, List.of(Op.getData("/counted/m", false))));
        client.call(Op.path(OpCode.GET_ACL, "/counted"));
        client.call(Op.bare(OpCode.CLOSE_SESSION));
      }
    }
    quota("/counted", "count=100,bytes=-1");
    quota("/counted/a", "count=-1,bytes=70=;byteHardLimit=80;countHardLimit=7");
    String[] keys = {
      "cnt_counted_read", "sum_counted_read", "min_counted_read", "max_counted_read"
    };
    for (String key : keys) {
      same("zk_" + key + "_per_namespace");
      same("zk_" + key.replace("read", "write") + "_per_namespace");
    }
    for (String key : List.of("count_limit", "bytes_limit", "count_usage", "bytes_usage")) {
      same("zk_counted_quota_" + key + "_per_namespace");
    }
    assertThat(monitor(subject.port(), "zk_cnt_counted_read_per_namespace")).isEqualTo("5");
  }

  private void quota(String path, String limits) {
    ok(0, Op.create("/zookeeper/quota" + path, ""));
    ok(0, Op.create("/zookeeper/quota" + path + "/zookeeper_limits", limits));
    ok(0, Op.create("/zookeeper/quota" + path + "/zookeeper_stats", "count=0,bytes=0"));
  }

  private void same(String key) {
    assertThat(monitor(subject.port(), key)).as(key).isEqualTo(monitor(apache.port(), key));
  }

  static String monitor(int port, String key) {
    return word(port, "mntr", false)
        .lines()
        .filter(line -> line.startsWith(key + "\t"))
        .findFirst()
        .map(line -> line.substring(key.length() + 1))
        .orElse("absent");
  }

  private TreeSet<String> missing(String word, String separator) {
    TreeSet<String> missing = keys(apache, word, separator);
    missing.removeAll(keys(subject, word, separator));
    // Sets grow a key for each name seen by any server of this process.
    missing.removeIf(key -> key.endsWith("_per_namespace"));
    return missing;
  }

  private static TreeSet<String> keys(ServerUnderTest server, String word, String separator) {
    TreeSet<String> keys = new TreeSet<>();
    for (String line : word(server.port(), word, false).split("\n")) {
      keys.add(line.split(separator, 2)[0]);
    }
    assertThat(keys).as(word).hasSizeGreaterThan(10);
    return keys;
  }

  @Test
  void theDumpListsEphemeralsBySession() {
    ok(0, Op.create("/e", Op.EPHEMERAL));
    for (ServerUnderTest server : List.of(apache, subject)) {
      assertThat(Arrays.asList(word(server.port(), "dump", false).split("\n")))
          .contains("SessionTracker dump:", "ephemeral nodes dump:", "\t/e")
          .contains("Sessions with Ephemerals (1):");
    }
  }
}
