package io.paddock.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The words a process was started with, as the system has them. */
final class CommandLine {
  private CommandLine() {}

  /** Where there is no /proc, the calling test is skipped. */
  static List<String> of(long process) throws IOException {
    Path file = Path.of("/proc/" + process + "/cmdline");
    assumeTrue(Files.isReadable(file), "there is no " + file);
    return List.of(Files.readString(file, StandardCharsets.UTF_8).split("\0"));
  }
}
