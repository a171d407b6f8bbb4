package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a person sets for the JVM wins over what we choose, whatever the flag and wherever it is
 * set, on every Java of this machine. The JVM itself says what it made of the flags.
 */
class JvmFlagsIT {
  private static final String AGENT =
      "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";

  /** What decides what, for a server: variable, value, and what the JVM says then. */
  private static final String[][] SERVER = {
    {"SERVER_JVMFLAGS", "", "UseG1GC=true MaxHeapSize=1048576000"},
    {"SERVER_JVMFLAGS", "-XX:+UseZGC", "UseZGC=true UseG1GC=false MaxHeapSize=1048576000"},
    {"JVMFLAGS", "-XX:+UseParallelGC", "UseParallelGC=true UseG1GC=false"},
    {"JDK_JAVA_OPTIONS", "-XX:+UseSerialGC -Xmx300m", "UseSerialGC=true MaxHeapSize=314572800"},
    {"JAVA_TOOL_OPTIONS", "-XX:+UseZGC -Xmx300m", "UseZGC=true MaxHeapSize=314572800"},
    {"_JAVA_OPTIONS", "-XX:+UseParallelGC", "UseParallelGC=true UseG1GC=false"},
    {"SERVER_JVMFLAGS", "-XX:-UseG1GC", "UseSerialGC=true UseG1GC=false"},
    {"SERVER_JVMFLAGS", "-XX:+AggressiveHeap", "UseParallelGC=true"},
    {"SERVER_JVMFLAGS", "-Xms1200m", "InitialHeapSize=1258291200 MaxHeapSize=1258291200"},
    {"JVMFLAGS", "-XX:InitialHeapSize=1200m", "MaxHeapSize=1258291200"},
    {"SERVER_JVMFLAGS", "-XX:MaxHeapSize=209715200", "MaxHeapSize=209715200 UseSerialGC=true"},
    {"SERVER_JVMFLAGS", "-XX:MaxRAM=1g -XX:MaxRAMPercentage=40", "MaxHeapSize=429916160"},
    {"ZK_SERVER_HEAP", "200", "MaxHeapSize=209715200 UseSerialGC=true"},
    {"ZK_SERVER_HEAP", "2g", "MaxHeapSize=2147483648 UseG1GC=true"},
    {"SERVER_JVMFLAGS", "-XX:-UseCompressedClassPointers", "UseCompactObjectHeaders=false"},
    {"SERVER_JVMFLAGS", "-Xshare:off -Xint " + AGENT, "UseSharedSpaces=false"},
    {"SERVER_JVMFLAGS", "-XX:-ExitOnOutOfMemoryError", "ExitOnOutOfMemoryError=false"},
    {"JAVA_TOOL_OPTIONS", "-XX:-ExitOnOutOfMemoryError", "ExitOnOutOfMemoryError=false"},
    {"SERVER_JVMFLAGS", "-Xlog:gc -Xlog:cds=off", "UseG1GC=true"},
    {"SERVER_JVMFLAGS", "-Xss2m\n-XX:+UseZGC\n", "UseZGC=true ThreadStackSize=2048"},
  };

  @TempDir static Path directory;
  private static Shell shell;

  @BeforeAll
  static void unpack() throws IOException {
    shell = Shell.inUnpackedTarball(Files.createDirectories(directory.resolve("with blanks")));
  }

  static Stream<Arguments> rows() throws IOException {
    List<Arguments> rows = new ArrayList<>();
    for (Map.Entry<String, Path> java : javas().entrySet()) {
      for (String[] row : SERVER) {
        rows.add(Arguments.of(java.getKey(), java.getValue(), row[0], row[1], row[2]));
      }
    }
    return rows.stream();
  }

  /** One home for each release of Java from 17 on. */
  private static Map<String, Path> javas() throws IOException {
    Map<String, Path> homes = new TreeMap<>();
    homes.put(
        String.valueOf(Runtime.version().feature()), Path.of(System.getProperty("java.home")));
    Path all = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(all)) {
      try (Stream<Path> found = Files.list(all)) {
        for (Path home : found.sorted().toList()) {
          Path release = home.resolve("release");
          if (Files.isExecutable(home.resolve("bin/java")) && Files.isReadable(release)) {
            String text = Files.readString(release).replaceAll("(?s).*\\bJAVA_VERSION=\"", "");
            int major = Integer.parseInt(text.replaceAll("(?s)[^0-9].*", ""));
            if (major >= 17) {
              homes.putIfAbsent(String.valueOf(major), home);
            }
          }
        }
      }
    }
    return homes;
  }

  @ParameterizedTest(name = "Java {0}: {2}={3}")
  @MethodSource("rows")
  void whatAPersonSetsForAServerWins(
      String release, Path java, String variable, String value, String expected) {
    Shell.Result result =
        shell
            .with("JAVA_HOME", java.toString())
            .with(variable, value)
            .run(
                "bash",
                "-c",
                "source bin/zkEnv.sh; zk_set_server_command -XX:+ExitOnOutOfMemoryError;"
                    + " exec \"${ZK_SERVER_COMMAND[@]}\" -XX:+PrintFlagsFinal -version");
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    String said = result.out().replaceAll(" +", " ");
    for (String flag : expected.split(" ")) {
      String name = flag.substring(0, flag.indexOf('='));
      if (said.contains(" " + name + " ")) {
        assertThat(said).contains(" " + name + " = " + flag.substring(name.length() + 1) + " ");
      } else {
        assertThat(flag).as("a flag that this Java lacks").endsWith("=false");
      }
    }
  }

  @Test
  void everyCommandTakesAPersonsCollector() {
    for (String variable : List.of("CLIENT_JVMFLAGS", "JVMFLAGS", "JDK_JAVA_OPTIONS")) {
      Shell with = shell.with(variable, "-XX:+UseParallelGC -Xms300m");
      Shell.Result version = with.run("./paddock", "version");
      assertThat(version.exitCode()).as(version.out() + version.err()).isZero();
    }
    for (String command : List.of("server", "up", "bench", "sim", "ensemble")) {
      Shell.Result help =
          shell
              .with("JVMFLAGS", "-XX:+UseParallelGC -Xms1500m")
              .run("./paddock", command, "--help");
      assertThat(help.exitCode()).as(command + help.out() + help.err()).isZero();
    }
  }

  @Test
  void theProcessesThatACommandStartsTakeThemToo() throws Exception {
    Process ensemble =
        shell
            .with("SERVER_JVMFLAGS", "-XX:+UseParallelGC -Xms200m -Dmine=1")
            .open("./paddock", "ensemble", "--servers", "1", "--base-port", "0", "--json");
    try {
      String started = ensemble.inputReader().readLine();
      assertThat(started).startsWith("{\"event\":\"started\"");
      long server = Long.parseLong(started.replaceAll(".*\"process\":([0-9]+).*", "$1"));
      assertThat(CommandLine.of(server)).contains("-XX:+UseParallelGC", "-Dmine=1", "-Xmx200m");
      ensemble.outputWriter().write("quit\n");
      ensemble.outputWriter().flush();
      assertThat(ensemble.waitFor()).isZero();
    } finally {
      ensemble.destroyForcibly();
    }
  }

  @Test
  void theFilesThatPeopleSetThingsInCountForEveryCommandAlsoWithWindowsLineEnds()
      throws IOException {
    Path conf = Files.createDirectories(directory.resolve("conf of mine"));
    Files.writeString(
        conf.resolve("java.env"),
        "export SERVER_JVMFLAGS=\"$SERVER_JVMFLAGS -XX:+UseZGC\"\r\nZK_SERVER_HEAP=333\r\n");
    Shell with = shell.with("ZOOCFGDIR", conf.toString());
    assertThat(with.run("bin/zkServer.sh", "print-cmd").out())
        .contains("-XX:+UseZGC", "-Xmx333m")
        .doesNotContain("SerialGC", "\\r");
    Shell.Result help = with.run("./paddock", "server", "--help");
    assertThat(help.exitCode()).as(help.err()).isZero();
  }

  @Test
  void aHeapThatIsNoSizeIsToldByName() {
    Shell.Result result = shell.with("ZK_SERVER_HEAP", "lots").run("bin/zkServer.sh", "print-cmd");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("ZK_SERVER_HEAP=lots is no size");
  }
}
