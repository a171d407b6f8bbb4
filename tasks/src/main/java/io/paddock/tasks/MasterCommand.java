package io.paddock.tasks;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code paddock master}: a master in the foreground, active or standing by. */
@Command(
    description = {
      "Run a master: it assigns tasks to workers. Any number may run; one is active,",
      "the others take over when it is gone. It answers on its port with one line of JSON."
    })
final class MasterCommand implements Callable<Integer> {
  @Mixin private ConnectOptions options;

  @Option(
      names = "--host",
      description = "The host name to show in /master; by default this machine's.")
  private String host = Worker.host();

  @Option(names = "--port", description = "The port for the line of JSON; by default a free one.")
  private int port;

  @Option(
      names = "--session-timeout",
      converter = TaskCommands.SpanConverter.class,
      defaultValue = "10s",
      description = "After how long without contact another takes over (${DEFAULT-VALUE}).")
  private long sessionTimeoutMs;

  @Override
  public Integer call() {
    Master master =
        Master.builder(options.connect())
            .host(host)
            .port(port)
            .sessionTimeoutMs((int) sessionTimeoutMs)
            .start();
    options.print(
        Map.of("event", "started", "role", "master", "name", master.name()),
        "master " + master.name() + " on " + options.connect());
    Foreground.untilStopped(master::close);
    return ExitCode.OK.number();
  }
}
