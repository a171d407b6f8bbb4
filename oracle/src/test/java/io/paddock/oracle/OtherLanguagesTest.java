package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that are not Java, as Debian packages them; skipped with the reason where not installed.
 */
class OtherLanguagesTest {

  @TempDir Path dir;
  private ServerUnderTest server;

  private record Ended(int status, String output) {}

  @BeforeEach
  void start() {
    server = Contender.subject().start(ServerSpec.standard());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Ended run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(dir, "output", ".txt");
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  private Path resource(String name) throws IOException {
    Path copy = dir.resolve(name);
    try (InputStream in = getClass().getResourceAsStream("/clients/" + name)) {
      Files.copy(in, copy);
    }
    return copy;
  }

  @Test
  void kazooIsServed() throws Exception {
    String python = "/usr/bin/python3";
    assumeTrue(Files.isExecutable(Path.of(python)), "no python3: apt-get install python3-kazoo");
    assumeTrue(
        run(python, "-c", "import kazoo").status() == 0, "no kazoo: apt-get install python3-kazoo");
    Ended ended = run(python, resource("kazoo_check.py").toString(), server.connectString());
    assertThat(ended.output()).endsWith("ok\n");
    assertThat(ended.status()).isZero();
  }

  @Test
  void theCClientIsServed() throws Exception {
    assumeTrue(
        Files.exists(Path.of("/usr/include/zookeeper/zookeeper.h")),
        "no C client: apt-get install libzookeeper-mt-dev");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "no gcc: apt-get install gcc");
    Path program = dir.resolve("c_check");
    String source = resource("c_check.c").toString();
    Ended compiled =
        run(
            "/usr/bin/gcc",
            "-DTHREADED",
            "-o",
            program.toString(),
            source,
            "-lzookeeper_mt",
            "-lpthread");
    assertThat(compiled).isEqualTo(new Ended(0, ""));
    Ended ended = run(program.toString(), server.connectString());
    assertThat(ended.output()).endsWith("ok\n");
    assertThat(ended.status()).isZero();
  }
}
