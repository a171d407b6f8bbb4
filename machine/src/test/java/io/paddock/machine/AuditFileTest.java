package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.frontend.AuditEvent;
import io.paddock.testlib.QuietLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The audit log's files: how a line reads, when the next file begins, and which are kept. */
@ExtendWith(QuietLog.class)
class AuditFileTest {
  @TempDir Path folder;

  private static AuditThread.Entry entry(String operation, AuditEvent.Outcome outcome) {
    AuditEvent event = AuditEvent.ofServer("root", operation, outcome);
    return new AuditThread.Entry(0, event, event.bytes());
  }

  private static void write(AuditFile file, int from, int to) throws IOException {
    List<AuditThread.Entry> entries = new ArrayList<>();
    for (int i = from; i < to; i++) {
      entries.add(entry("o" + i, AuditEvent.Outcome.SUCCESS));
    }
    while (!entries.isEmpty()) {
      entries.subList(0, file.write(entries)).clear();
    }
  }

  /** The numbers in the lines of a file, oldest first. */
  private List<Integer> numbers(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name)).stream()
        .map(line -> Integer.valueOf(line.replaceAll(".*operation=o(\\d+)\t.*", "$1")))
        .toList();
  }

  @Test
  void noFileOfItCanBeReadByEverybody() throws IOException {
    Path path = folder.resolve("audit.log");
    try (AuditFile file = new AuditFile(path, 200, 2)) {
      write(file, 0, 10);
    }
    for (String name : List.of("audit.log", "audit.log.1")) {
      assertThat(Files.getPosixFilePermissions(folder.resolve(name)))
          .as(name)
          .doesNotContain(PosixFilePermission.OTHERS_READ, PosixFilePermission.GROUP_WRITE);
    }
  }

  @Test
  void aLineIsAsApachesConfigurationOfLogbackWritesIt() throws IOException {
    Path path = folder.resolve("logs/audit.log");
    try (AuditFile file = new AuditFile(path, 1 << 20, 1)) {
      file.write(List.of(entry("serverStart", AuditEvent.Outcome.FAILURE)));
      file.write(List.of(entry("serverStop", AuditEvent.Outcome.INVOKED)));
    }
    assertThat(Files.readString(path))
        .matches(
            "19(69|70)-\\d\\d-\\d\\d \\d\\d:\\d\\d:00,000 ERROR o\\.a\\.z\\.a\\.Slf4jAuditLogger: user=root\toperation=serverStart\tresult=failure\n"
                + "19(69|70)-\\d\\d-\\d\\d \\d\\d:\\d\\d:00,000 INFO o\\.a\\.z\\.a\\.Slf4jAuditLogger: user=root\toperation=serverStop\tresult=invoked\n");
  }

  @Test
  void aFullFileMakesRoomForTheNextAndTheOldestGoes() throws IOException {
    long lineBytes;
    try (AuditFile file = new AuditFile(folder.resolve("one.log"), 1 << 20, 3)) {
      write(file, 10, 11);
      lineBytes = Files.size(folder.resolve("one.log"));
    }
    try (AuditFile file = new AuditFile(folder.resolve("a.log"), 10 * lineBytes, 3)) {
      write(file, 10, 65);
    }
    assertThat(numbers("a.log")).containsExactly(60, 61, 62, 63, 64);
    assertThat(numbers("a.log.1")).hasSize(10).startsWith(50).endsWith(59);
    assertThat(numbers("a.log.3")).startsWith(30);
    assertThat(folder.resolve("a.log.4")).doesNotExist();
  }

  @Test
  void aRestartGoesOnInTheSameFile() throws IOException {
    for (int i = 10; i < 12; i++) {
      try (AuditFile file = new AuditFile(folder.resolve("a.log"), 1 << 20, 3)) {
        write(file, i, i + 1);
      }
    }
    assertThat(numbers("a.log")).containsExactly(10, 11);
  }

  @Test
  void aFileThatSomebodyRotatedIsMadeAnew() throws Exception {
    long began = System.nanoTime();
    try (AuditFile file = new AuditFile(folder.resolve("a.log"), 1 << 20, 3)) {
      write(file, 10, 11);
      Files.move(folder.resolve("a.log"), folder.resolve("a.log-2026"));
      int last = 11;
      while (!Files.exists(folder.resolve("a.log"))
          && System.nanoTime() - began < 60_000_000_000L) {
        write(file, last, ++last);
      }
      assertThat(numbers("a.log")).containsExactly(last - 1);
      assertThat(numbers("a.log-2026")).hasSize(last - 11).startsWith(10);
    }
  }

  @Test
  void aFileThatCannotBeRenamedGrowsOn() throws IOException {
    try (AuditFile file = new AuditFile(folder.resolve("a.log"), 200, 1)) {
      // In the way of the name that the full file would get.
      Files.createDirectories(folder.resolve("a.log.1/x"));
      write(file, 10, 30);
    }
    assertThat(numbers("a.log")).hasSize(20);
  }
}
