package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.shell.ShellMain;
import io.paddock.testlib.ChildJvm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** config and reconfig as typed: zkCli at an Apache ensemble, our shell at one of Paddock's. */
@Timeout(240)
class ReconfigShellTest {
  private static final List<String> LINES =
      List.of(
          "config",
          "config -c",
          "config -s",
          "reconfig -remove 9",
          "addauth digest super:secret",
          "reconfig -remove 9",
          "reconfig -s -add server.2=10.1.1.1:1:2:observer;3",
          "config",
          "config -c",
          "config -s",
          "get -s /zookeeper/config",
          // One at a time: Apache writes more in the order of a hash table.
          "reconfig -add 3=10.1.1.2:1:2:observer;3 -remove 2",
          "reconfig -add server.5=10.1.1.4:1:2;3",
          "reconfig -v 5 -remove 9",
          "reconfig -v 100000000 -remove 9",
          "reconfig -remove 1",
          "reconfig -remove one",
          "reconfig -add server.5=10.1.1.4:1:2",
          "reconfig -members server.8=10.1.1.1:1:2;3,server.9=10.1.1.2:1:2;3",
          "reconfig -file @DIR@/members.cfg",
          "reconfig -members server.8=10.1.1.1:1:2;3 -add server.9=10.1.1.2:1:2;3",
          "reconfig -remove 3,2",
          "config");

  @TempDir private Path folder;

  @Test
  void bothPrintTheSame() throws Exception {
    Files.writeString(
        folder.resolve("members.cfg"), "server.8=10.1.1.1:1:2;3\nserver.9=10.1.1.2:1:2;3\n");
    String script = String.join("\n", LINES).replace("@DIR@", folder.toString()) + "\n";
    String[] theirs;
    String[] ours;
    try (MixedEnsemble ensemble = ensemble()) {
      ensemble.start(1, APACHE);
      ensemble.await(1, "leader");
      theirs = zkCli(ensemble.connectString(1), script);
      while (theirs[1].contains("connectToZK")) {
        // It gives up after 30 s, before it has read a line; this machine may be slow.
        theirs = zkCli(ensemble.connectString(1), script);
      }
    }
    try (MixedEnsemble ensemble = ensemble()) {
      ensemble.start(1, PADDOCK);
      ensemble.await(1, "leader");
      ours = shell(ensemble.connectString(1), script);
    }
    assertThat(normal(ours[1])).isEqualTo(normal(theirs[1]));
    assertThat(normal(ours[0])).isEqualTo(normal(theirs[0]));
  }

  private static MixedEnsemble ensemble() throws IOException {
    return new MixedEnsemble(
        1,
        0,
        Map.of(
            "reconfigEnabled",
            "true",
            "standaloneEnabled",
            "false",
            "DigestAuthenticationProvider.superDigest",
            "super:lK75jTNcA+U9vtVEw5vB51mj/w4="),
        Map.of());
  }

  private String[] zkCli(String server, String script) throws Exception {
    Path in = Files.writeString(folder.resolve("in"), script);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                ChildJvm.words(
                    List.of("-Xmx128m"),
                    ZkCliLines.class.getName(),
                    "-waitforconnection",
                    "-server",
                    server))
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("zkCli ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new String[] {Files.readString(out), Files.readString(err)};
  }

  private static String[] shell(String server, String script) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    ShellMain.run(
        new String[] {"-waitforconnection", "-server", server},
        new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
    return new String[] {
      out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8)
    };
  }

  /** Without ports and times, and what happens beside the commands; zxids by their order. */
  private static String normal(String text) {
    String plain =
        text.replaceAll("(?m)^[0-9-]+ [0-9:,.]+ .*\n", "")
            .replaceAll("\n?WATCHER::\n\nWatchedEvent [^\n]*\n", "")
            .replaceAll("(?m)^(Connecting|Welcome|JLine).*\n", "")
            .replaceAll("127\\.0\\.0\\.1:[0-9]+:[0-9]+", "127.0.0.1:PORT:PORT")
            .replaceAll("mtime = .*", "mtime = TIME");
    Map<String, String> zxids = new HashMap<>();
    return Pattern.compile("\\b(0x)?([1-9a-f]0{2,7}[0-9a-f]{1,7})\\b")
        .matcher(plain)
        .replaceAll(found -> zxids.computeIfAbsent(found.group(2), zxid -> "ZXID" + zxids.size()));
  }
}
