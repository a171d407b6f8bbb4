package io.paddock.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

  @Test
  void whiteSpaceSeparatesAndQuotesJoin() {
    assertThat(LineSplitter.split("  create /a 'b c'\t\"d 'e'\" ''"))
        .containsExactly("create", "/a", "b c", "d 'e'", "");
  }

  @Test
  void quotesInsideAWordAndBackslashesArePlain() {
    assertThat(LineSplitter.split("set /a a\"b\"c\\ d"))
        .containsExactly("set", "/a", "a\"b\"c\\", "d");
  }

  @Test
  void whatFollowsAClosingQuoteIsAWordOfItsOwn() {
    assertThat(LineSplitter.split("'it''s'")).containsExactly("it", "s");
  }

  @Test
  void anUnclosedQuoteIsDropped() {
    assertThat(LineSplitter.split("ls \"/k")).containsExactly("ls", "/k");
  }

  /** zkCli's own splitting is the oracle; a line of nothing but space and lone quotes is ours. */
  @Test
  void anyLineIsSplitAsByZkCli() throws Exception {
    Class<?> theirs = Class.forName("org.apache.zookeeper.ZooKeeperMain$MyCommandOptions");
    Constructor<?> constructor = theirs.getDeclaredConstructor();
    constructor.setAccessible(true);
    Method parse = theirs.getDeclaredMethod("parseCommand", String.class);
    parse.setAccessible(true);
    Method words = theirs.getDeclaredMethod("getArgArray");
    words.setAccessible(true);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String line = randomLine(random);
      Object options = constructor.newInstance();
      List<String> expected = new ArrayList<>();
      if ((boolean) parse.invoke(options, line)) {
        expected.addAll(List.of((String[]) words.invoke(options)));
      }
      assertThat(LineSplitter.split(line)).as("seed %d: [%s]", seed, line).isEqualTo(expected);
    }
  }

  private static String randomLine(Random random) {
    String alphabet = "ab/\\ \t'\"'\" -";
    StringBuilder line = new StringBuilder();
    for (int i = random.nextInt(14); i > 0; i--) {
      line.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return line.toString();
  }
}
