package io.paddock.tasks;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code paddock master}: a master in the foreground, active or standing by. */
@Command(
    description =
        "Run a master: it assigns tasks to workers. Any number may run; one is active, the others"
            + " take over when it is gone. It answers on its port with one line of JSON.")
final class MasterCommand implements Callable<Integer> {
  private static final int PORT_MAX = 65_535;

  @Spec private CommandSpec spec;
  @Mixin private ConnectOptions options;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "The host name to show in /master; by default this machine's.")
  private String host = Worker.host();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port for the line of JSON; by default a free one.")
  private int port;

  @Option(
      names = "--session-timeout",
      paramLabel = "TIME",
      converter = TaskCommands.SpanConverter.class,
      defaultValue = "10s",
      description = "After how long without contact another takes over (${DEFAULT-VALUE}).")
  private long sessionTimeoutMs;

  @Override
  public Integer call() {
    Master master =
        Master.builder(options.connect())
            .host(host)
            .port(TaskCommands.within(spec, "--port", port, 0, PORT_MAX))
            .sessionTimeoutMs((int) sessionTimeoutMs)
            .start();
    options.print(
        Map.of("event", "started", "role", "master", "name", master.name()),
        "master " + master.name() + " on " + options.connect());
    Foreground.untilStopped(master::close);
    return ExitCode.OK.number();
  }
}
