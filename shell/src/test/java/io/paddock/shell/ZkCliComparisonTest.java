package io.paddock.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.ZooKeeperMain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZkCliComparisonTest {
  @TempDir Path folder;

  @Test
  void theSameScriptPrintsTheSameAsInApachesShell() throws Exception {
    List<String> script = ShellComparison.script("zkcli-script.txt");
    try (var first = new ApacheServer(Files.createDirectory(folder.resolve("first")));
        var second = new ApacheServer(Files.createDirectory(folder.resolve("second")))) {
      List<String> differences =
          new ShellComparison(folder)
              .differences(script, first.connectString(), second.connectString());
      assertThat(script).hasSizeGreaterThan(500);
      assertThat(String.join("\n", differences)).isEmpty();
    }
  }

  @Test
  void aSingleCommandPrintsAndReturnsTheSameAsInApachesShell() throws Exception {
    try (var server = new ApacheServer(folder)) {
      for (String command :
          List.of("ls /", "ls /nope", "nonsense", "get -z /", "-timeout 5000 stat -w /", "quit")) {
        String line = "-server " + server.connectString() + " " + command;
        String[] arguments = line.split(" ");
        ChildProcess.Result theirs = ChildProcess.java(ZooKeeperMain.class, arguments).run("");
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode =
            ShellMain.run(
                arguments,
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(exitCode).as(command).isEqualTo(theirs.exitCode());
        assertThat(withoutEvents(out.toString(StandardCharsets.UTF_8)))
            .as(command)
            .isEqualTo(withoutEvents(theirs.out()));
        assertThat(err.toString(StandardCharsets.UTF_8)).as(command).isEqualTo(theirs.err());
      }
    }
  }

  /** Whether an event still reaches the screen before such a process ends is chance in both. */
  private static String withoutEvents(String out) {
    return out.replaceAll("\nWATCHER::\n\nWatchedEvent [^\n]*\n", "");
  }
}
