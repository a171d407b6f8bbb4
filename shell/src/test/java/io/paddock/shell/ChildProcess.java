package io.paddock.shell;

import io.paddock.testlib.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A Java program with this JVM's class path, run to its end. */
record ChildProcess(List<String> command) {

  /** What it printed and returned. */
  record Result(String out, String err, int exitCode) {}

  static ChildProcess java(Class<?> main, String... arguments) {
    List<String> command =
        ChildJvm.words(
            List.of("-Xmx128m", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"),
            main.getName());
    command.addAll(List.of(arguments));
    return new ChildProcess(command);
  }

  Result run(String input) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    CompletableFuture<String> out = read(process.getInputStream());
    CompletableFuture<String> err = read(process.getErrorStream());
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    int exitCode = process.waitFor();
    return new Result(out.join(), err.join(), exitCode);
  }

  private static CompletableFuture<String> read(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
