package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Welcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server process for which something else than room on the disk is used up: it goes on as
 * with a full disk, says which limit to raise, and loses nothing.
 */
class UsedUpTest {
  private static final int WRITES = 200;
  private static final int REFUSALS = 100;
  private static final int CONNECTIONS = 300;
  private static final int DESCRIPTORS = 200;
  private static final int PATIENCE_MS = 20_000;
  private static final List<String> SETTINGS =
      List.of("preAllocSize=64", "snapCount=100", "4lw.commands.whitelist=ruok");

  @TempDir Path dir;

  @Test
  void connectionsAreRefusedBeforeTheLogLacksDescriptors() throws IOException {
    try (ProgramUnderTest server = program(dir.resolve("data"))) {
      server.prefix("prlimit", "--nofile=" + DESCRIPTORS + ":" + DESCRIPTORS);
      Assumptions.assumeTrue(SmallDisk.run("prlimit", "--version"), "prlimit is missing");
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      RawClient early = RawClient.session(server.port());
      List<RawClient> crowd = new ArrayList<>();
      try {
        int letIn = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
          RawClient client = new RawClient(server.port());
          crowd.add(client);
          letIn += isWelcome(client) ? 1 : 0;
        }
        assertThat(letIn).isPositive().isLessThan(DESCRIPTORS);
        assertThat(server.said("Connections are refused")).isOne();
        assertThat(server.said("LimitNOFILE")).isPositive();
        write(writer, server, early);
      } finally {
        crowd.forEach(RawClient::close);
      }
      checkAfterAKill(writer, server);
      assertThat(server.said("Snapshot 0x")).as("snapshots were written").isPositive();
    }
  }

  @Test
  void withoutAnyDescriptorWritesAreRefusedAndGoOnWhenTheLimitIsRaised() throws IOException {
    try (ProgramUnderTest server = program(dir.resolve("data"))) {
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      String pid = Long.toString(server.pid());
      // Here classes come from directories, which takes descriptors: those of a roll are loaded.
      write(writer, server, RawClient.session(server.port()));
      RawClient early = RawClient.session(server.port());
      try (Socket probe = new Socket("127.0.0.1", server.port())) {
        boolean limited = SmallDisk.run("prlimit", "--pid", pid, "--nofile=8:");
        Assumptions.assumeTrue(limited, "prlimit is missing");
        // The first of all, so that nothing of it was loaded or opened before.
        assertThat(fourLetters(probe, "ruok")).isEqualTo("imok");
        writer.write(early, () -> writer.refusals() >= REFUSALS);
      }
      assertThat(server.said("no file descriptor left; raise ulimit -n"))
          .as(server.tail())
          .isPositive();
      assertThat(SmallDisk.run("prlimit", "--pid", pid, "--nofile=1024:")).isTrue();
      server.awaitSaid("The disk takes writes again", 0);
      write(writer, server, RawClient.session(server.port()));
      checkAfterAKill(writer, server);
    }
  }

  @Test
  void withoutAnInodeWritesAreRefusedAndGoOnWhenThereAreSome() throws IOException {
    Path folder = Files.createDirectory(dir.resolve("disk"));
    try (SmallDisk disk = SmallDisk.ofFiles(folder, 60);
        ProgramUnderTest server = program(folder)) {
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      disk.takeAllInodes();
      writer.write(RawClient.session(server.port()), () -> writer.refusals() >= REFUSALS);
      assertThat(server.said("no inode is left on its device")).isPositive();
      disk.giveInodes();
      server.awaitSaid("The disk takes writes again", 0);
      write(writer, server, RawClient.session(server.port()));
      checkAfterAKill(writer, server);
      server.kill();
    }
  }

  @Test
  void withoutAThreadTheServerServesOn() throws IOException {
    Path group = Path.of("/sys/fs/cgroup/pids/paddock-test-" + ProcessHandle.current().pid());
    Assumptions.assumeTrue(isMade(group), "a cgroup that counts threads needs root and cgroup v1");
    try (ProgramUnderTest server = program(dir.resolve("data"))) {
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(server.pid()));
      Files.writeString(group.resolve("pids.max"), "1");
      assertThat(fourLetters(server.port(), "ruok")).as("the first of all").isEqualTo("imok");
      write(writer, server, RawClient.session(server.port()));
      assertThat(fourLetters(server.port(), "srvr")).contains("Zxid");
      Files.writeString(group.resolve("pids.max"), "max");
      write(writer, server, RawClient.session(server.port()));
      checkAfterAKill(writer, server);
      server.kill();
    } finally {
      Files.deleteIfExists(group);
    }
  }

  private ProgramUnderTest program(Path dataDir) throws IOException {
    return new ProgramUnderTest(dir, dataDir, SETTINGS);
  }

  private static boolean isMade(Path group) {
    try {
      Files.createDirectory(group);
      return Files.exists(group.resolve("pids.max"));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isWelcome(RawClient client) {
    try {
      Welcome welcome =
          client.handshake(RawClient.connectRequest(0, 30_000, 0, new byte[16], true));
      return welcome != null && welcome.accepted();
    } catch (UncheckedIOException closed) {
      return false;
    }
  }

  private static void write(NumberedWriter writer, ProgramUnderTest server, RawClient client) {
    int before = writer.acknowledged();
    writer.write(client, () -> writer.acknowledged() >= before + WRITES);
    assertThat(writer.acknowledged()).as(server.tail()).isGreaterThanOrEqualTo(before + WRITES);
  }

  private static String fourLetters(int port, String word) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return fourLetters(socket, word);
    }
  }

  private static String fourLetters(Socket socket, String word) throws IOException {
    socket.setSoTimeout(PATIENCE_MS);
    socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private static void checkAfterAKill(NumberedWriter writer, ProgramUnderTest server) {
    server.kill();
    server.prefix();
    server.start();
    writer.verify(server.port());
  }
}
