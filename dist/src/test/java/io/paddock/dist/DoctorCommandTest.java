package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paddock.testkit.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DoctorCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();

  @BeforeEach
  void needRoomOnTheDisk() throws IOException {
    assumeTrue(
        Files.getFileStore(directory).getUsableSpace() > 2L << 30,
        "less than 2 GiB free, of which the doctor would warn");
  }

  private int doctor(String... words) {
    return new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out, true)).execute(words);
  }

  private String config(String more) throws IOException {
    return Files.writeString(
            directory.resolve("zoo.cfg"),
            "clientPort="
                + FreePorts.one()
                + "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                + more)
        .toString();
  }

  @Test
  void aConfigurationThatIsWellIsATableAndExitCodeZero() throws IOException {
    assertThat(doctor(config("dataDir=" + directory.resolve("data") + "\n"))).isZero();
    assertThat(out.toString())
        .contains("ok     configuration  " + directory)
        .contains("ok     journal        empty\n")
        .endsWith("\nAll is well.\n");
  }

  @Test
  void aWarningIsExitCodeOneAndComesWithItsRemedy() throws IOException {
    assertThat(doctor(config("dataDir=" + directory + "\ntickTime=50\n"))).isEqualTo(1);
    assertThat(out.toString())
        .contains("warn   limits         tickTime=50 ms is unusual\n")
        .contains("                      -> 2000 ms is usual")
        .endsWith("\n0 errors, 1 warning.\n");
  }

  @Test
  void anErrorIsExitCodeTwoAlsoAsJson() throws IOException {
    assertThat(doctor("--json", config("dataDri=x\n"))).isEqualTo(2);
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.get("errors").asInt()).isEqualTo(1);
    JsonNode finding = report.get("findings").get(0);
    assertThat(finding.get("level").asText()).isEqualTo("error");
    assertThat(finding.get("subject").asText()).isEqualTo("configuration");
    assertThat(finding.get("finding").asText()).contains("did you mean dataDir?");
    assertThat(finding.get("remedy").asText()).isNotEmpty();
  }
}
