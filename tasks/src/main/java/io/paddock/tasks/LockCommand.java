package io.paddock.tasks;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code paddock lock}: runs a command while it has a lock. */
@Command(
    customSynopsis = "paddock lock [OPTIONS] PATH -- COMMAND [ARGS...]",
    description = {
      "Run a command while nobody else has the lock at PATH. The lock is fair: who came first has"
          + " it first. The command finds its znode in PADDOCK_ZNODE and a number that grows with"
          + " each holder in PADDOCK_FENCE.",
      "",
      "Exits with the command's exit code; 75 if the session was lost, which kills the command; "
          + "124 if the lock was not free in time; 69 if no server answers."
    })
final class LockCommand implements Callable<Integer> {
  @Mixin private ConnectOptions options;
  @Mixin private HeldCommandOptions held;

  @Override
  public Integer call() throws IOException {
    Mutex mutex =
        Mutex.connect(options.connect(), held.path(), held.name(), held.sessionTimeoutMs());
    return held.run(options, mutex, "locked");
  }
}
