package io.paddock.zab;

import io.paddock.wire.JuteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A scenario as text: blocks of a command, a line {@code ----}, and what it printed. Running a
 * script gives the same text with what it prints now.
 *
 * <pre>
 * ensemble VOTERS OBSERVERS [reconfig] [counterMax=N] [memory=N]   a new world, nobody started
 * newcomer SID                 a server that knows the ensemble, which does not know it
 * start|crash|isolate SID …    cut A B    cutOneWay A B    heal
 * run MS                       lets time pass
 * propose SID TEXT             at a leader
 * request|sync|revalidate SID [TEXT]    at a learner
 * reconfig SID LINE …          at a leader; the new lines server.N
 * slow SID                     a disk that takes its time
 * tell FROM TO STATE LEADER ZXID ROUND EPOCH   a notification
 * show                         everybody's state
 * promises                     whether all promises of Zab are kept
 * trace all|packets|quiet      what is printed from here on
 * </pre>
 */
final class Script {
  private static final String RULER = "----";

  private World world;
  private final List<String> printed = new ArrayList<>();
  private String traced = "packets";

  /** Runs a script and returns it with its output. */
  static String run(String text) {
    return new Script().runAll(text);
  }

  private String runAll(String text) {
    StringBuilder out = new StringBuilder();
    for (String block : text.split("\n\n+")) {
      String command = block.split("\n" + RULER, 2)[0].strip();
      if (command.isEmpty()) {
        continue;
      }
      out.append(out.isEmpty() ? "" : "\n").append(command).append('\n');
      if (command.lines().allMatch(line -> line.startsWith("#"))) {
        continue;
      }
      printed.clear();
      command.lines().filter(line -> !line.startsWith("#")).forEach(this::execute);
      out.append(RULER).append('\n');
      printed.forEach(line -> out.append(line).append('\n'));
    }
    return out.toString();
  }

  private void execute(String line) {
    String[] words = line.trim().split(" +");
    switch (words[0]) {
      case "ensemble" -> ensemble(words);
      case "trace" -> traced = words[1];
      case "run" -> world.run(Long.parseLong(words[1]));
      case "start" -> sids(words).forEach(sid -> world.server(sid).start());
      case "crash" -> sids(words).forEach(sid -> world.server(sid).crash());
      case "isolate" -> sids(words).forEach(world::isolate);
      case "slow" -> sids(words).forEach(sid -> world.server(sid).disk.slow = true);
      case "cut" -> world.cut(number(words[1]), number(words[2]));
      case "cutOneWay" -> world.cutOneWay(number(words[1]), number(words[2]));
      case "heal" -> world.heal();
      case "newcomer" -> newcomer(number(words[1]));
      case "propose" -> server(words).propose(words[2]);
      case "reconfig" -> reconfigure(words);
      case "request" -> submit(words, words[2]);
      case "sync" -> submit(words, "sync");
      case "revalidate" ->
          server(words)
              .input(
                  zab ->
                      zab.on(
                          new ZabInput.Ask(new QuorumPacket.Revalidate(number(words[2]), 4000))));
      case "tell" -> tell(words);
      case "show" -> show();
      case "promises" ->
          printed.add(
              world.promises.broken().isEmpty()
                  ? "all kept, over " + world.promises.deliveries() + " deliveries"
                  : "broken: " + world.promises.broken());
      default -> throw new IllegalArgumentException(line);
    }
  }

  private static long number(String word) {
    return Long.decode(word);
  }

  private SimServer server(String[] words) {
    return world.server(number(words[1]));
  }

  private static List<Long> sids(String[] words) {
    List<Long> sids = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      sids.add(number(words[i]));
    }
    return sids;
  }

  private void ensemble(String[] words) {
    boolean reconfig = false;
    long counterMax = 0xfffffffeL;
    int memory = 500;
    for (int i = 3; i < words.length; i++) {
      if (words[i].equals("reconfig")) {
        reconfig = true;
      } else if (words[i].startsWith("counterMax=")) {
        counterMax = number(words[i].substring(11));
      } else if (words[i].startsWith("memory=")) {
        memory = (int) number(words[i].substring(7));
      } else {
        throw new IllegalArgumentException(words[i]);
      }
    }
    world =
        new World(
            new ZabSettings(
                200, 10, 5, 0, 200, 200, 2000, 5, 100, memory, 1 << 20, counterMax, reconfig));
    world.traceTo(this::print);
    EnsembleConfig config =
        ZabSimulationTest.config((int) number(words[1]), (int) number(words[2]));
    config.servers().forEach(server -> world.add(server.sid(), config));
  }

  private void newcomer(long sid) {
    EnsembleConfig first = world.servers.firstEntry().getValue().zab().committedConfig();
    world.add(sid, ZabSimulationTest.joining(first, sid).withVersion(0));
  }

  private void print(String line) {
    boolean notification = line.contains(": tells ");
    boolean packet = line.contains(": got ");
    boolean wanted =
        switch (traced) {
          case "all" -> true;
          case "packets" -> !notification;
          case "quiet" -> !notification && !packet;
          default -> throw new IllegalArgumentException(traced);
        };
    if (wanted) {
      printed.add(String.format(Locale.ROOT, "%5d %s", world.nowMs, line));
    }
  }

  private void submit(String[] words, String text) {
    SimServer server = server(words);
    JuteWriter body = new JuteWriter();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    body.writeRaw(bytes, 0, bytes.length);
    server.input(
        zab -> {
          if (zab.phase() != Phase.BROADCAST || zab.role() == Role.LEADING) {
            printed.add("there is no leader to forward it to");
          }
          zab.on(new ZabInput.Ask(new QuorumPacket.Request(body.toByteArray(), null)));
        });
  }

  private void reconfigure(String[] words) {
    StringBuilder lines = new StringBuilder();
    for (int i = 2; i < words.length; i++) {
      lines.append(words[i]).append('\n');
    }
    EnsembleConfig next = EnsembleConfig.parse(lines.toString());
    if (server(words).zab().hasSyncedQuorum(next)) {
      server(words).reconfigure(next);
    } else {
      printed.add("no quorum of the new configuration is synchronised");
    }
  }

  private void tell(String[] words) {
    SimServer to = world.server(number(words[2]));
    Notification word =
        new Notification(
            Role.valueOf(words[3]),
            number(words[4]),
            number(words[5]),
            number(words[6]),
            number(words[7]),
            2,
            null);
    to.input(zab -> zab.on(new ZabInput.Notified(number(words[1]), word)));
  }

  private void show() {
    for (SimServer server : world.servers.values()) {
      if (!server.isUp()) {
        printed.add(server.sid + ": down");
        continue;
      }
      Zab zab = server.zab();
      printed.add(
          server.sid
              + ": "
              + zab.role()
              + " in "
              + zab.phase()
              + ", epochs "
              + zab.acceptedEpoch()
              + "/"
              + zab.currentEpoch()
              + ", logged "
              + Zxid.text(zab.lastLogged())
              + ", published "
              + server.published().stream().map(t -> Zxid.text(t.zxid())).toList()
              + (server.heard.isEmpty() ? "" : ", heard " + server.heard));
    }
  }
}
