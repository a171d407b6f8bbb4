package io.paddock.tasks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code paddock config}: configuration in a znode, pushed to whoever watches it. */
@Command(
    description = {
      "Get, set or watch a piece of configuration. Exit codes: 3 there is none; 4 it is not at "
          + "the version that was given; 69 no server answers."
    })
final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private ConnectOptions options;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "get, set or watch?");
  }

  @Command(name = "get", description = "Print it.")
  int get(@Mixin ConnectOptions given, @Parameters(paramLabel = "PATH") String path) {
    try (SharedConfig config = SharedConfig.connect(given.connect(), path)) {
      SharedConfig.Value value = config.get();
      if (value.value() == null) {
        throw new TasksException(ExitCode.NOT_FOUND, "there is no " + path);
      }
      given.print(value, value.value());
      return ExitCode.OK.number();
    }
  }

  @Command(name = "set", description = "Set it; prints the new version.")
  int set(
      @Mixin ConnectOptions given,
      @Option(
              names = "--if-version",
              paramLabel = "N",
              description = "Only if it is at this version; -1: only if there is none yet.")
          Integer version,
      @Parameters(index = "0", paramLabel = "PATH") String path,
      @Parameters(index = "1", paramLabel = "VALUE", description = "- reads standard input.")
          String value)
      throws IOException {
    String text =
        value.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : value;
    try (SharedConfig config = SharedConfig.connect(given.connect(), path)) {
      int now = version == null ? config.set(text) : config.set(text, version);
      given.print(Map.of("path", path, "version", Integer.toString(now)), path + " version " + now);
      return ExitCode.OK.number();
    }
  }

  @Command(name = "watch", description = "Print it now and after each change, until stopped.")
  int watch(
      @Mixin ConnectOptions given,
      @Option(
              names = "--count",
              paramLabel = "N",
              description = "End after so many values; without end by default.")
          Integer count,
      @Parameters(paramLabel = "PATH") String path) {
    CountDownLatch left = new CountDownLatch(count == null ? Integer.MAX_VALUE : count);
    try (SharedConfig config = SharedConfig.connect(given.connect(), path)) {
      config.watch(
          value -> {
            if (left.getCount() > 0) {
              given.print(value, value.value() == null ? "(removed)" : value.value());
              left.countDown();
            }
          });
      left.await();
      return ExitCode.OK.number();
    } catch (InterruptedException e) {
      throw RetryDelay.interrupted(e);
    }
  }
}
