package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs on clients that are not Java, as Debian packages them. */
final class OtherClients {
  private static final String PYTHON = "/usr/bin/python3";

  private final Path dir;

  record Ended(int status, String output) {}

  /** A program that is being run, and what it has printed. */
  record Running(Process process, Path output) {
    String printed() {
      try {
        return Files.readString(output, StandardCharsets.UTF_8);
      } catch (IOException e) {
        return e.toString();
      }
    }

    /** Gives it the end of its input, and waits. */
    Ended end() throws IOException, InterruptedException {
      process.getOutputStream().close();
      if (!process.waitFor(90, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      return new Ended(process.exitValue(), printed());
    }
  }

  /**
   * @param dir for the programs
   */
  OtherClients(Path dir) {
    this.dir = dir;
  }

  /** The command that runs a program on kazoo; the test is skipped where that is not installed. */
  List<String> kazoo(String name) throws Exception {
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), "no python3: apt-get install python3-kazoo");
    assumeTrue(
        start(List.of(PYTHON, "-c", "import kazoo")).end().status() == 0,
        "no kazoo: apt-get install python3-kazoo");
    return List.of(PYTHON, resource(name).toString());
  }

  /** The same on the C client: the compiled program. */
  List<String> c(String name) throws Exception {
    assumeTrue(
        Files.exists(Path.of("/usr/include/zookeeper/zookeeper.h")),
        "no C client: apt-get install libzookeeper-mt-dev");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "no gcc: apt-get install gcc");
    String program = dir.resolve(name + ".out").toString();
    resource("c_common.h");
    String source = resource(name).toString();
    List<String> compile =
        List.of("/usr/bin/gcc", "-DTHREADED", "-o", program, source, "-lzookeeper_mt", "-lpthread");
    assertThat(start(compile).end()).isEqualTo(new Ended(0, ""));
    return List.of(program);
  }

  Running start(List<String> command, String... more) throws IOException {
    List<String> words = new ArrayList<>(command);
    words.addAll(Arrays.asList(more));
    Path output = Files.createTempFile(dir, "output", ".txt");
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    return new Running(process, output);
  }

  private Path resource(String name) throws IOException {
    Path copy = dir.resolve(name);
    try (InputStream in = OtherClients.class.getResourceAsStream("/clients/" + name)) {
      Files.copy(in, copy);
    }
    return copy;
  }
}
