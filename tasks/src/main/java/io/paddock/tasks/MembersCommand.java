package io.paddock.tasks;

import java.time.Instant;
import java.util.Locale;
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

/** {@code paddock members}: who is in a group. */
@Command(
    description = {
      "Join a group, list its members, or watch them come and go. Exit codes: 4 somebody else has "
          + "that name; 69 no server answers."
    })
final class MembersCommand implements Callable<Integer> {
  private static final int SESSION_MS = 10_000;

  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private ConnectOptions options;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "join, list or watch?");
  }

  @Command(name = "join", description = "Be a member until stopped; session losses are healed.")
  int join(
      @Mixin ConnectOptions given,
      @Option(
              names = "--name",
              paramLabel = "NAME",
              description = "The member's name; by default HOST-PID.")
          String name,
      @Option(
              names = "--data",
              paramLabel = "TEXT",
              defaultValue = "",
              description = "What it says of itself.")
          String data,
      @Option(
              names = "--session-timeout",
              paramLabel = "TIME",
              converter = TaskCommands.SpanConverter.class,
              defaultValue = "10s",
              description = "After how long without contact it is gone (${DEFAULT-VALUE}).")
          long sessionTimeoutMs,
      @Parameters(paramLabel = "PATH") String path) {
    String own = name == null ? Worker.host() + "-" + ProcessHandle.current().pid() : name;
    GroupMembership group = GroupMembership.connect(given.connect(), path, (int) sessionTimeoutMs);
    try (group) {
      group.join(own, data);
      given.print(Map.of("event", "joined", "path", path, "name", own), "joined as " + own);
      Foreground.untilStopped(group::close);
      return ExitCode.OK.number();
    }
  }

  @Command(name = "list", description = "List who is there.")
  int list(@Mixin ConnectOptions given, @Parameters(paramLabel = "PATH") String path) {
    try (GroupMembership group = GroupMembership.connect(given.connect(), path, SESSION_MS)) {
      if (!given.json()) {
        given.out().printf("%-24s %-24s %s%n", "MEMBER", "SINCE", "DATA");
      }
      for (GroupMembership.Member member : group.members()) {
        given.print(member, row(member));
      }
      return ExitCode.OK.number();
    }
  }

  private static String row(GroupMembership.Member member) {
    Instant since = Instant.ofEpochMilli(member.since());
    return String.format("%-24s %-24s %s", member.name(), since, member.data()).stripTrailing();
  }

  @Command(name = "watch", description = "Print who is there, and who joins and leaves.")
  int watch(
      @Mixin ConnectOptions given,
      @Option(
              names = "--count",
              paramLabel = "N",
              description = "End after so many events; without end by default.")
          Integer count,
      @Parameters(paramLabel = "PATH") String path) {
    CountDownLatch left = new CountDownLatch(count == null ? Integer.MAX_VALUE : count);
    try (GroupMembership group = GroupMembership.connect(given.connect(), path, SESSION_MS)) {
      group.watch(
          (what, member) -> {
            if (left.getCount() > 0) {
              String word = what.name().toLowerCase(Locale.ROOT);
              given.print(
                  Map.of("event", word, "name", member.name(), "data", member.data()),
                  word + " " + member.name());
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
