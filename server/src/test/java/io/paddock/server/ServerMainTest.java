package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.AdminConfig;
import io.paddock.config.ZooCfg;
import io.paddock.testlib.ChildJvm;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import io.paddock.testlib.QuietLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that cannot start says why, and ends with the exit code of the client protocol sheet.
 */
@ExtendWith(QuietLog.class)
class ServerMainTest {
  @TempDir Path folder;

  private String said;

  private int run(String... arguments) {
    PrintStream before = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      return ServerMain.run(arguments);
    } finally {
      System.setErr(before);
      said = err.toString(StandardCharsets.UTF_8);
    }
  }

  private String config(String... lines) throws IOException {
    Path file = folder.resolve("zoo.cfg");
    Files.write(file, List.of(lines));
    return file.toString();
  }

  /** A user's own that ends the process. */
  public static final class Exiting implements Supplier<SSLContext> {
    @Override
    public SSLContext get() {
      System.exit(7);
      return null;
    }
  }

  @Test
  void aClassOfTheUsersThatEndsTheProcessIsNamedInTheLog() throws Exception {
    String key = "ssl.context.supplier.class=" + Exiting.class.getName();
    String file =
        config(
            "dataDir=" + folder.resolve("data"),
            "secureClientPort=0",
            "secureClientPortAddress=127.0.0.1",
            "admin.enableServer=false",
            key);
    Process process =
        new ProcessBuilder(ChildJvm.words(List.of(), ServerMain.class.getName(), file))
            .redirectErrorStream(true)
            .start();
    String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(all).isEqualTo(7);
    assertThat(all).contains("The process ends while " + key + " is being made", "System.exit");
  }

  @Test
  void wrongArgumentsAndSettingsAreTwo() throws IOException {
    assertThat(run()).isEqualTo(2);
    assertThat(said).contains("Usage").contains("Invalid config, exiting abnormally");
    assertThat(run(folder.resolve("none.cfg").toString())).isEqualTo(2);
    assertThat(said).contains("there is no such file");
    assertThat(run(config("clientPort=0"))).isEqualTo(2);
    assertThat(said).contains("dataDir is missing");
  }

  @Test
  void anUnusableDataDirectoryIsThree() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(run(config("dataDir=" + file, "clientPort=0", "admin.enableServer=false")))
        .isEqualTo(3);
    assertThat(said).contains("is a file, not a directory");
  }

  @Test
  void aPortInUseIsOneAndOfAdminServerFour() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      String address = "clientPortAddress=127.0.0.1";
      assertThat(
              run(
                  config(
                      "dataDir=" + folder.resolve("data"),
                      address,
                      "clientPort=" + port,
                      "admin.enableServer=false")))
          .isEqualTo(1);
      assertThat(said).startsWith("clientPort " + port + " is in use");
      assertThat(
              run(
                  config(
                      "dataDir=" + folder.resolve("data"),
                      address,
                      "clientPort=0",
                      "admin.serverAddress=127.0.0.1",
                      "admin.serverPort=" + port)))
          .isEqualTo(4);
      assertThat(said).startsWith("AdminServer cannot be reached");
    }
  }

  @Test
  void aTakenPortOfAdminServerThatNobodyChoseEndsNoStart() throws Exception {
    startsWithoutAdminServer(false, "clientPort=0");
  }

  @Test
  void aMemberOfAnEnsembleStartsWithoutAdminServerWhoeverChoseItsPort() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("myid"), "1");
    startsWithoutAdminServer(
        true,
        "clientPort=0",
        "initLimit=5",
        "syncLimit=2",
        "standaloneEnabled=false",
        "server.1=127.0.0.1:" + LowPorts.free() + ":" + LowPorts.free());
  }

  private void startsWithoutAdminServer(boolean chosen, String... lines) throws Exception {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("dataDir=" + folder.resolve("data"));
    all.add("clientPortAddress=127.0.0.1");
    ZooCfg read = ZooCfg.load(Path.of(config(all.toArray(String[]::new))), Map.of());
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      AdminConfig admin =
          new AdminConfig(
              true,
              "127.0.0.1",
              port,
              chosen,
              "/commands",
              read.admin().limits(),
              true,
              300,
              Optional.empty());
      try (LogLines log = new LogLines();
          PaddockServer server = PaddockServer.start(with(read, admin), () -> {})) {
        assertThat(server.clientPort()).isPositive();
        log.await("runs without AdminServer", "choose another admin.serverPort");
      }
    }
  }

  private static ZooCfg with(ZooCfg config, AdminConfig admin) {
    return new ZooCfg(
        config.clientPort(),
        config.clientTls(),
        config.peerTls(),
        config.peerSasl(),
        config.session(),
        config.journal(),
        config.purge(),
        config.fourLetterWords(),
        admin,
        config.metrics(),
        config.pause(),
        config.tree(),
        config.auth(),
        config.limits(),
        config.throttles(),
        config.audit(),
        config.membership(),
        config.text(),
        config.systemProperties(),
        config.warnings(),
        config.file());
  }
}
