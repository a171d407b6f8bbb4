package io.paddock.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.OptionGroup;
import org.apache.commons.cli.ParseException;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static final List<String> PIECES =
      List.of(
          "-s",
          "-v",
          "-v3",
          "-v=3",
          "-sv",
          "-sv4",
          "-vs",
          "-s=1",
          "-ss",
          "-z",
          "-sz",
          "-zs",
          "-",
          "--",
          "--s",
          "--v=1",
          "-add",
          "-add=1",
          "-addx",
          "-ad",
          "-n",
          "-b",
          "-nb",
          "-bn",
          "-n5",
          "-1",
          "-1.5e3",
          "/p",
          "true",
          "\"q\"",
          "\"",
          "a\"b",
          "\"a\"b\"",
          "",
          "-v\"7\"",
          "-\"s\"",
          "=",
          "-=",
          "-v=",
          "-v=-s",
          "-v=\"7\"",
          "---",
          "--add",
          "-N");

  @Test
  void flagsValuesAndWordsMayStandInAnyOrder() throws CommandFailure {
    Arguments parsed =
        Options.none().flags("s").value("v", "").parse(List.of("/p", "-s", "d", "-v", "-1"));
    assertThat(parsed.has("s")).isTrue();
    assertThat(parsed.intValue("v", 9)).isEqualTo(-1);
    assertThat(parsed.rest()).containsExactly("/p", "d");
  }

  @Test
  void aNumberThatIsNoneIsToldWithItsOption() throws CommandFailure {
    Arguments parsed = Options.none().value("v", "").parse(List.of("-v", "x"));
    assertThatThrownBy(() -> parsed.intValue("v", -1))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("-v argument must be an int value");
  }

  /** Commons CLI, which zkCli parses with, is the oracle for results and for error texts. */
  @Test
  void anyWordsAreParsedAsByCommonsCli() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 30_000; round++) {
      List<String> words = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        words.add(PIECES.get(random.nextInt(PIECES.size())));
      }
      boolean required = random.nextInt(4) == 0;
      assertThat(ours(words, required))
          .as("seed %d: %s", seed, words)
          .isEqualTo(theirs(words, required));
    }
  }

  private static String ours(List<String> words, boolean required) {
    Options options =
        Options.none()
            .flags("s")
            .value("v", "")
            .value("add", "")
            .value("n", "num soft quota")
            .flag("b", "bytes soft quota")
            .group(required, "n", "b");
    try {
      Arguments parsed = options.parse(words);
      return new TreeMap<>(parsed.values()) + " " + parsed.rest();
    } catch (CommandFailure e) {
      return e.getMessage();
    }
  }

  private static String theirs(List<String> words, boolean required) {
    var options = new org.apache.commons.cli.Options();
    options.addOption("s", false, "").addOption("v", true, "").addOption("add", true, "");
    var group = new OptionGroup();
    group.addOption(new Option("n", true, "num soft quota"));
    group.addOption(new Option("b", false, "bytes soft quota"));
    group.setRequired(required);
    options.addOptionGroup(group);
    try {
      CommandLine parsed = new DefaultParser().parse(options, words.toArray(String[]::new));
      Map<String, String> values = new TreeMap<>();
      for (String name : List.of("s", "v", "add", "n", "b")) {
        if (parsed.hasOption(name)) {
          String value = parsed.getOptionValue(name);
          values.put(name, value == null ? "" : value);
        }
      }
      return values + " " + parsed.getArgList();
    } catch (ParseException e) {
      return e.toString();
    }
  }
}
