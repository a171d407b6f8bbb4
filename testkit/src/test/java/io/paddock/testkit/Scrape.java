package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An answer for Prometheus, read as strictly as its text format 0.0.4 allows: each name has one
 * head, its samples follow it and nothing else does, no sample stands twice.
 */
final class Scrape {
  private static final Pattern HEAD =
      Pattern.compile("# TYPE ([a-z_][a-z0-9_]*) (gauge|counter|summary)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-z_][a-z0-9_]*)(\\{([a-z]+=\"([^\"\\\\\n]|\\\\[\"\\\\n])*\",?)+})?"
              + " (NaN|[+-]Inf|-?[0-9]+\\.[0-9]+(E-?[0-9]+)?)");

  /** Types by name. */
  final Map<String, String> types = new LinkedHashMap<>();

  /** Values by name with labels. */
  final Map<String, Double> samples = new LinkedHashMap<>();

  static Scrape of(String text) {
    assertThat(text).endsWith("\n");
    Scrape scrape = new Scrape();
    String name = null;
    for (String line : text.split("\n")) {
      if (line.startsWith("# HELP ")) {
        assertThat(line).matches("# HELP [a-z_][a-z0-9_]* .+");
        name = null;
      } else if (line.startsWith("#")) {
        Matcher head = HEAD.matcher(line);
        assertThat(head.matches()).as(line).isTrue();
        name = head.group(1);
        assertThat(scrape.types.put(name, head.group(2))).as(line).isNull();
      } else {
        scrape.add(name, line);
      }
    }
    return scrape;
  }

  private void add(String name, String line) {
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    boolean summary = "summary".equals(types.get(name));
    String belongs = summary ? sample.group(1).replaceFirst("_(count|sum)$", "") : sample.group(1);
    assertThat(name).as(line).isIn(sample.group(1), belongs);
    int space = line.lastIndexOf(' ');
    String value = line.substring(space + 1).replace("Inf", "Infinity");
    assertThat(samples.put(line.substring(0, space), Double.valueOf(value))).as(line).isNull();
  }

  /** The names of all samples, without labels. */
  Set<String> sampleNames() {
    return samples.keySet().stream()
        .map(sample -> sample.replaceFirst("\\{.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** How often something was recorded or counted, over all labels. */
  double count(String name) {
    String sample = "summary".equals(types.get(name)) ? name + "_count" : name;
    return samples.entrySet().stream()
        .filter(e -> e.getKey().equals(sample) || e.getKey().startsWith(sample + "{"))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }
}
