package io.paddock.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands in an unpacked distribution as a person would, with an environment to choose. */
final class Shell {
  private static final int TIMEOUT_SECONDS = 240;

  /** How a command ended. */
  record Result(int exitCode, String out, String err) {}

  private final Path home;
  private final Map<String, String> environment;

  private Shell(Path home, Map<String, String> environment) {
    this.home = home;
    this.environment = environment;
  }

  /** Unpacks the tarball that the build made; without bash or tar the calling test is skipped. */
  static Shell inUnpackedTarball(Path directory) {
    for (String program : List.of("bash", "tar")) {
      boolean there =
          List.of("/bin", "/usr/bin", "/usr/local/bin").stream()
              .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
      assumeTrue(there, program + " is not installed");
    }
    Path layout = Path.of(System.getProperty("paddock.layout"));
    String name = layout.getFileName().toString();
    Shell outside = new Shell(directory, Map.of());
    Result unpacked = outside.run("tar", "xzf", layout.resolveSibling(name + ".tar.gz").toString());
    assertThat(unpacked.exitCode()).as(unpacked.err()).isZero();
    return new Shell(
        directory.resolve(name),
        Map.of(
            "ZOO_LOG_DIR", directory.resolve("logs").toString(),
            "HOME", directory.toString(),
            "PADDOCK_CLASS_ARCHIVE", "off"));
  }

  Path home() {
    return home;
  }

  /**
   * The same shell with the class archive that a user has after the first script, made here and
   * now: for those who start many JVMs.
   */
  Shell withClassArchive() {
    Shell with = with("PADDOCK_CLASS_ARCHIVE", "on");
    String make =
        "source bin/paddock-env.sh && paddock_find_java_for_scripts && paddock_ensure_lib"
            + " && paddock_jvm_flags && paddock_archive_classes && paddock_jvm_flags"
            + " && [[ -z $PADDOCK_ARCHIVE_WANTED ]]";
    Result made = with.run("bash", "-c", make);
    assertThat(made.exitCode()).as(made.err()).isZero();
    return with;
  }

  /** The same shell with one more environment variable. */
  Shell with(String variable, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(variable, value);
    return new Shell(home, more);
  }

  /** Starts a command whose output nobody needs; for what serves until it is ended. */
  Process start(String... command) {
    return start(ProcessBuilder.Redirect.DISCARD, ProcessBuilder.Redirect.DISCARD, command);
  }

  /** Starts a command to talk with: its input and its output are pipes. */
  Process open(String... command) {
    ProcessBuilder builder = builder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a command to its end. Output goes through files: a daemon may inherit a pipe and hold it.
   */
  Result run(String... command) {
    try {
      Path out = Files.createTempFile("paddock-it", ".out");
      Path err = Files.createTempFile("paddock-it", ".err");
      Process process =
          start(
              ProcessBuilder.Redirect.to(out.toFile()),
              ProcessBuilder.Redirect.to(err.toFile()),
              command);
      boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("%s ended within %d s", List.of(command), TIMEOUT_SECONDS).isTrue();
      Result result = new Result(process.exitValue(), Files.readString(out), Files.readString(err));
      Files.delete(out);
      Files.delete(err);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Process start(
      ProcessBuilder.Redirect out, ProcessBuilder.Redirect err, String... command) {
    ProcessBuilder builder = builder(command);
    builder.redirectInput(Path.of("/dev/null").toFile()).redirectOutput(out).redirectError(err);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().keySet().removeIf(Shell::wouldDisturb);
    builder.environment().putAll(environment);
    return builder;
  }

  /** Variables of whoever runs the build that the scripts would honour. */
  private static boolean wouldDisturb(String variable) {
    return variable.startsWith("ZOO")
        || variable.startsWith("ZK_")
        || variable.startsWith("JMX")
        || variable.endsWith("JVMFLAGS")
        || variable.endsWith("JAVA_OPTIONS")
        || variable.equals("JAVA_TOOL_OPTIONS")
        || variable.equals("CLASSPATH");
  }
}
