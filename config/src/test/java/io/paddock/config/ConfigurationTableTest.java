package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/configuration.md says of each key, tried. */
class ConfigurationTableTest {
  @TempDir Path directory;

  /** A row; of a family of keys, {@code key} is one of them. */
  private record Row(String written, String key, String otherwise, String here) {
    boolean isWithoutEffect() {
      return here.startsWith("no effect");
    }

    /** A value of the key's kind. */
    String example() {
      return otherwise.equals("true") || otherwise.equals("false") ? "true" : "1";
    }
  }

  @BeforeEach
  void nameTheServer() throws IOException {
    Files.writeString(directory.resolve("myid"), "1\n");
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../docs/configuration.md"))) {
      if (line.startsWith("| `")) {
        String[] cells = line.split("\\|");
        String written = cells[1].strip().replace("`", "");
        rows.add(
            new Row(
                written, written.replace("*", "any.thing"), cells[2].strip(), cells[3].strip()));
      }
    }
    return rows;
  }

  private ZooCfg load(String key, String value) throws ConfigException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("dataDir", directory.toString());
    settings.put("clientPort", "2181");
    settings.put("initLimit", "10");
    settings.put("syncLimit", "5");
    settings.put("server.1", "a:1:2");
    settings.put("server.2", "b:1:2");
    settings.put("server.3", "c:1:2");
    settings.put(key, value);
    return ZooCfg.of(settings, Map.of());
  }

  @Test
  void theTableHasEveryKeyThatIsKnownAndNoOther() throws IOException {
    Set<String> written = new TreeSet<>();
    for (Row row : rows()) {
      assertThat(written.add(row.written())).as("%s stands there once", row.written()).isTrue();
    }
    ConfigKeys keys = new ConfigKeys();
    Set<String> known = new TreeSet<>(keys.all());
    keys.prefixes().forEach(prefix -> known.add(prefix + "*"));
    assertThat(written).isEqualTo(known);
  }

  @Test
  void whatHasNoEffectIsSaidSoByNameAndNothingElseIs() throws Exception {
    ConfigKeys keys = new ConfigKeys();
    for (Row row : rows()) {
      if (row.isWithoutEffect()) {
        assertThat(load(row.key(), row.example()).warnings())
            .as(row.key())
            .anyMatch(
                line -> line.contains(row.key()) && line.matches(".* (has|have) no effect.*"));
      } else {
        assertThat(keys.origin(row.key())).isNotEqualTo(ConfigKeys.Origin.NO_EFFECT);
      }
    }
  }

  @Test
  void aKeyWithoutEffectIsFoundAmongTheSystemPropertiesToo() throws Exception {
    ZooCfg config =
        ZooCfg.of(
            Map.of("dataDir", directory.toString(), "clientPort", "2181"),
            Map.of("zookeeper.maxResponseCacheSize", "0", "zookeeper.client.certReload", "false"));
    assertThat(config.warnings())
        .containsExactly(
            "maxResponseCacheSize (-Dzookeeper.maxResponseCacheSize) has no effect here;"
                + " docs/configuration.md says of each key what it does");
  }

  @Test
  void whatIsRefusedIsRefusedByName() throws Exception {
    int refused = 0;
    for (Row row : rows()) {
      String value =
          row.here().startsWith("refused when `false`")
              ? "false"
              : row.here().startsWith("refused when `true`") ? "true" : "1";
      if (row.here().startsWith("refused")) {
        assertThatThrownBy(() -> load(row.key(), value))
            .isInstanceOf(ConfigException.class)
            .hasMessageContaining(row.key());
        refused++;
      }
    }
    // Fewer with everything that comes to be there.
    assertThat(refused).isGreaterThan(5);
  }
}
