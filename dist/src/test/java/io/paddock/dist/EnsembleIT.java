package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code paddock ensemble} with real processes: who leads, who dies, and what it leaves behind. */
@Timeout(600)
class EnsembleIT {
  @TempDir static Path directory;
  private static Shell shell;

  private final List<ProcessHandle> servers = new ArrayList<>();
  private Process command;
  private BufferedReader says;

  @BeforeAll
  static void unpack() {
    shell = Shell.inUnpackedTarball(directory);
  }

  @AfterEach
  void endWhatStillRuns() {
    if (command != null) {
      command.destroyForcibly();
    }
    servers.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void anotherServerLeadsWhenTheLeaderIsKilledAndNothingIsLeftBehind() throws Exception {
    open("--json");
    JsonNode started = event("started");
    for (JsonNode server : started.get("servers")) {
      servers.add(ProcessHandle.of(server.get("process").asLong()).orElseThrow());
    }
    assertThat(servers).hasSize(3);
    int leader = event("leader").get("server").asInt();

    servers.get(leader - 1).destroyForcibly();
    assertThat(event("ended").get("server").asInt()).isEqualTo(leader);
    assertThat(event("leader").get("server").asInt()).isNotEqualTo(leader);

    PrintWriter type = new PrintWriter(command.getOutputStream(), true, StandardCharsets.UTF_8);
    type.println("start " + leader);
    JsonNode back = event("serves");
    while (back.get("server").asInt() != leader) {
      back = event("serves"); // the other follower, which may have been without a leader
    }
    servers.add(ProcessHandle.of(back.get("process").asLong()).orElseThrow());

    command.toHandle().destroy(); // its output is still to be read
    event("all-ended");
    assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(servers).noneMatch(ProcessHandle::isAlive);
    assertThat(Path.of(started.get("folder").asText())).doesNotExist();
  }

  @Test
  void aPersonIsToldHowToConnectAndWhoLeadsAndTheFolderStaysIfItWasGiven() throws Exception {
    Path folder = directory.resolve("kept");
    open("--servers", "1", "--observers", "1", "--dir", folder.toString());
    assertThat(line()).startsWith("An ensemble of 2 servers in " + folder + ":");
    assertThat(line()).matches(" +server\\.1 +127\\.0\\.0\\.1:\\d+ +process \\d+ +leader +log .*");
    assertThat(line())
        .matches(" +server\\.2 +127\\.0\\.0\\.1:\\d+ +process \\d+ +observer +log .*");
    assertThat(line()).isEmpty();
    assertThat(line())
        .matches("Connect to 127\\.0\\.0\\.1:\\d+,127\\.0\\.0\\.1:\\d+, for instance:");

    assertThat(status(folder.resolve("server1/zoo.cfg"))).endsWith("\nMode: leader\n");
    assertThat(status(folder.resolve("server2/zoo.cfg"))).endsWith("\nMode: observer\n");

    new PrintWriter(command.getOutputStream(), true, StandardCharsets.UTF_8).println("quit");
    assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(command.exitValue()).isZero();
    assertThat(folder.resolve("server1/zoo.cfg")).exists();
    assertThat(folder.resolve("server2/data/version-2")).isDirectory();
  }

  /** What zkServer.sh says; the client port stands in the server line only. */
  private String status(Path config) {
    Shell.Result result = shell.run("bin/zkServer.sh", "status", config.toString());
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).startsWith("Client port found: ");
    return result.out();
  }

  private void open(String... options) {
    List<String> words = new ArrayList<>(List.of("./paddock", "ensemble", "--base-port", "0"));
    words.addAll(List.of(options));
    command = shell.open(words.toArray(String[]::new));
    says = command.inputReader(StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    String line = says.readLine();
    assertThat(line).as("the command has ended").isNotNull();
    return line;
  }

  private JsonNode event(String name) throws IOException {
    JsonNode event = new ObjectMapper().readTree(line());
    while (!event.get("event").asText().equals(name)) {
      event = new ObjectMapper().readTree(line());
    }
    return event;
  }
}
