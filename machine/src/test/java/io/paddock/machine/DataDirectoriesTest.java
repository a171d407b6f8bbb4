package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.ConfigException;
import io.paddock.config.JournalConfig;
import io.paddock.config.ZooCfg;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of the data directories before the journal opens them. */
class DataDirectoriesTest {
  @TempDir Path directory;

  private JournalConfig config(String data, String log, boolean autoCreate) throws Exception {
    return ZooCfg.of(
            Map.of(
                "clientPort", "0",
                "dataDir", directory.resolve(data).toString(),
                "dataLogDir", directory.resolve(log).toString(),
                "datadir.autocreate", String.valueOf(autoCreate)),
            Map.of())
        .journal();
  }

  @Test
  void missingDirectoriesAreCreatedAndSaid() throws Exception {
    assertThat(DataDirectories.prepare(config("a/b", "logs", true)))
        .containsExactly(
            "dataDir " + directory.resolve("a/b") + " was missing and has been created",
            "dataLogDir " + directory.resolve("logs") + " was missing and has been created");
    assertThat(directory.resolve("a/b/version-2")).isDirectory();
    assertThat(directory.resolve("logs/version-2")).isDirectory();
    assertThat(DataDirectories.prepare(config("a/b", "logs", true))).isEmpty();
  }

  @Test
  void oneDirectoryForBothIsSaidOnce() throws Exception {
    assertThat(DataDirectories.prepare(config("a", "a", true))).hasSize(1);
  }

  @Test
  void aMissingDirectoryIsRefusedWhenCreationIsForbidden() throws Exception {
    JournalConfig config = config("a", "a", false);
    assertThatThrownBy(() -> DataDirectories.prepare(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("is missing, and datadir.autocreate=false forbids to create it")
        .extracting(e -> ((ConfigException) e).exitCode())
        .isEqualTo(3);
    assertThat(directory.resolve("a")).doesNotExist();
  }

  @Test
  void aFileInTheWayIsNamed() throws Exception {
    Files.writeString(directory.resolve("a"), "x");
    JournalConfig config = config("a/b", "a/b", true);
    assertThatThrownBy(() -> DataDirectories.prepare(config))
        .hasMessage(
            "dataDir="
                + directory.resolve("a/b")
                + " cannot be used: "
                + directory.resolve("a")
                + " is a file, not a directory; name another one");
  }

  @Test
  void filesInTheWrongDirectoryAreRefused() throws Exception {
    JournalConfig config = config("a", "b", true);
    DataDirectories.prepare(config);
    Path log = Files.createFile(directory.resolve("a/version-2/log.1"));
    assertThatThrownBy(() -> DataDirectories.prepare(config))
        .hasMessageContaining(
            "holds the transaction log file log.1, which belongs into dataLogDir");
    Files.delete(log);
    Files.createFile(directory.resolve("b/version-2/snapshot.0"));
    assertThatThrownBy(() -> DataDirectories.prepare(config))
        .hasMessageContaining("holds the snapshot file snapshot.0, which belongs into dataDir");
  }
}
