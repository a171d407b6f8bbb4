package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.JournalPaths;
import io.paddock.config.ZooCfg;
import io.paddock.machine.FileStorage;
import io.paddock.machine.ServerNote;
import io.paddock.testlib.QuietLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts hear about a configuration, beside a server that runs by it. */
@ExtendWith(QuietLog.class)
class ConfigAnswersTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path data;
  private Path zooCfg;

  @BeforeEach
  void writeConfiguration() throws IOException {
    data = folder.resolve("data");
    zooCfg = folder.resolve("zoo.cfg");
    write("clientPort=0\n");
  }

  private void write(String more) throws IOException {
    Files.writeString(
        zooCfg,
        "dataDir=" + data + "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n" + more);
  }

  private int ask(String question) {
    out.reset();
    err.reset();
    return new ConfigAnswers(new PrintStream(out, true), new PrintStream(err, true))
        .answer(question, zooCfg.toString());
  }

  private Path lock() {
    return data.resolve(JournalPaths.VERSION).resolve(FileStorage.LOCK_NAME);
  }

  @Test
  void aRunningServerIsNamedByItsNoteAndAStoppedOneIsNot() throws Exception {
    long self = ProcessHandle.current().pid();
    try (PaddockServer server = PaddockServer.start(ZooCfg.load(zooCfg, Map.of()), () -> {})) {
      assertThat(ask("where")).isZero();
      assertThat(out.toString())
          .contains("dataDir=" + data + "\n", "relative=false\n", "process=" + self + "\n")
          .contains("client=127.0.0.1:" + server.clientPort() + "\n");
      // The port that the server chose, not the 0 that the file has; nor what it has since.
      write("clientPort=nonsense\n");
      assertThat(ask("status")).as(err.toString()).isZero();
      assertThat(out.toString())
          .isEqualTo(
              "Client port found: %d. Client address: 127.0.0.1. Client SSL: false.%nMode: standalone%n"
                  .formatted(server.clientPort()));
    }
    assertThat(lock()).isEmptyFile();
    assertThat(ask("where")).isZero();
    assertThat(out.toString()).doesNotContain("process=").contains("wrong=zoo.cfg:4: clientPort");
  }

  @Test
  void aNoteNamesNobodyOnceItsProcessIsAnother() throws Exception {
    Files.createDirectories(lock().getParent());
    ServerNote own = ServerNote.ofThisProcess();
    Files.writeString(lock(), own.text());
    assertThat(ServerNote.ofLiving(lock())).contains(own);
    Files.writeString(lock(), new ServerNote(own.process(), "1 other-boot", "", false).text());
    assertThat(ServerNote.ofLiving(lock())).isEmpty();
    for (String torn : new String[] {"", "process=", "process=x\n", "process=-1\nborn=\n", "\0"}) {
      Files.writeString(lock(), torn);
      assertThat(ServerNote.ofLiving(lock())).as(torn).isEmpty();
    }
  }

  @Test
  void aServerThatDoesNotRunIsToldInZooKeepersWords() throws Exception {
    int port;
    try (PaddockServer server = PaddockServer.start(ZooCfg.load(zooCfg, Map.of()), () -> {})) {
      port = server.clientPort();
    }
    write("clientPort=" + port + "\n");
    assertThat(ask("status")).isEqualTo(1);
    assertThat(out.toString())
        .startsWith("Client port found: " + port + ". Client address: 127.0.0.1.")
        .endsWith("Error contacting service. It is probably not running.\n");
  }

  @Test
  void aConfigurationWithoutADirectoryIsToldWithTheRemedy() throws Exception {
    Files.writeString(zooCfg, "dataDri=/x\n");
    assertThat(ask("where")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("did you mean dataDir?");
    assertThat(out.toString()).isEmpty();
  }
}
