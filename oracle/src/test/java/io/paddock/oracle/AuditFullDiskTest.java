package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the audit log is full: the server goes on and says so, and no line is missing. */
class AuditFullDiskTest {
  private static final int LONG_NAMES = 60;

  private static final String LOGGER = "Slf4jAuditLogger";

  @TempDir Path scratch;

  @Test
  void theServerGoesOnAndTheLinesComeWhenThereIsRoomAgain() throws IOException {
    Path small = Files.createDirectory(scratch.resolve("small"));
    Path audit = small.resolve("audit.log");
    try (SmallDisk disk = new SmallDisk(small, 4);
        ProgramUnderTest server =
            new ProgramUnderTest(
                scratch,
                scratch.resolve("data"),
                List.of("audit.enable=true", "paddock.audit.file=" + audit))) {
      server.start();
      disk.fillUp();
      try (RawClient client = RawClient.session(server.port())) {
        // Refused, since /no is not there: what grows is the audit log.
        for (int i = 0; i < LONG_NAMES; i++) {
          client.call(Op.create("/no/" + i + "-" + "x".repeat(10_000), ""));
        }
        server.awaitSaid("The audit log cannot be written: " + audit, 0);
        assertThat(client.call(Op.create("/still-serves", "x")).err()).isZero();
        assertThat(client.call(Op.exists("/still-serves", false)).err()).isZero();
      }
      disk.makeRoom();
      server.awaitSaid("0 lines were lost", 0);
      server.terminate();
      List<String> lines = Files.readAllLines(audit);
      assertThat(lines).filteredOn(line -> line.contains("znode=/no/")).hasSize(LONG_NAMES);
      assertThat(lines).filteredOn(line -> line.contains("znode=/still-serves\t")).hasSize(1);
      assertThat(lines)
          .as("nothing is left of what was half written")
          .allMatch(line -> line.indexOf(LOGGER) == line.lastIndexOf(LOGGER))
          .allMatch(line -> line.contains("\tresult="));
      assertThat(lines.get(lines.size() - 1)).endsWith("operation=serverStop\tresult=invoked");
    }
  }
}
