package io.paddock.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Looks at a running ensemble, reports what changes, and does what is typed. For one thread. */
final class EnsembleWatch {
  private static final long LOOK_MS = 250;

  private final LocalEnsemble ensemble;
  private final EnsembleReport report;
  private final StringBuilder typed = new StringBuilder();
  private Map<LocalServer, String> modes = new LinkedHashMap<>();
  private final Map<LocalServer, Boolean> alive = new LinkedHashMap<>();
  private LocalServer leader;

  EnsembleWatch(LocalEnsemble ensemble, EnsembleReport report) {
    this.ensemble = ensemble;
    this.report = report;
  }

  /** Watches until {@code stopping}, or until somebody types quit. */
  void run(Path folder, BooleanSupplier stopping) {
    modes = EnsembleReport.modes(ensemble);
    modes.keySet().forEach(server -> alive.put(server, server.alive()));
    report.started(ensemble, folder, modes);
    leader = leader(modes);
    if (leader != null) {
      report.leads(leader);
    }
    boolean quit = false;
    while (!quit && !stopping.getAsBoolean()) {
      LocalEnsemble.pause(LOOK_MS);
      Map<LocalServer, String> now = EnsembleReport.modes(ensemble);
      if (!stopping.getAsBoolean()) {
        tellEnds();
        tellLeader(now);
        tellNewcomers(now);
        modes = now;
      }
      quit = obey();
    }
  }

  private static LocalServer leader(Map<LocalServer, String> modes) {
    for (Map.Entry<LocalServer, String> entry : modes.entrySet()) {
      if (entry.getValue().equals("leader")) {
        return entry.getKey();
      }
    }
    return null;
  }

  private void tellEnds() {
    for (LocalServer server : ensemble.servers()) {
      boolean runs = server.alive();
      if (alive.put(server, runs) && !runs) {
        report.ended(server);
      }
    }
  }

  private void tellLeader(Map<LocalServer, String> now) {
    LocalServer found = leader(now);
    if (found == leader) {
      return;
    }
    leader = found;
    if (found != null) {
      report.leads(found);
    } else {
      long running =
          ensemble.servers().stream()
              .filter(server -> server.id() <= ensemble.voters() && server.alive())
              .count();
      report.noLeader(running, ensemble.voters());
    }
  }

  private void tellNewcomers(Map<LocalServer, String> now) {
    now.forEach(
        (server, mode) -> {
          if (!mode.isEmpty() && modes.get(server).isEmpty() && server != leader) {
            report.serves(server, mode);
          }
        });
  }

  /** Does what was typed; returns whether it was to quit. */
  private boolean obey() {
    try {
      // Asked first, since a read would stop a process in the background.
      while (System.in.available() > 0) {
        int read = System.in.read();
        if (read < 0) {
          return false;
        }
        if (read != '\n') {
          typed.append(new String(new byte[] {(byte) read}, StandardCharsets.ISO_8859_1));
          continue;
        }
        String line = typed.toString().trim();
        typed.setLength(0);
        if (line.equals("quit") || line.equals("exit")) {
          return true;
        }
        obey(line);
      }
    } catch (IOException e) {
      // Closed: then nobody types.
    }
    return false;
  }

  private void obey(String line) {
    if (line.isEmpty()) {
      return;
    }
    if (line.equals("status")) {
      report.status(EnsembleReport.modes(ensemble));
      return;
    }
    String[] words = line.split("\\s+");
    LocalServer server = words.length == 2 ? named(words[1]) : null;
    if (server == null) {
      report.say(
          "kill N, stop N, start N (N from 1 to " + ensemble.servers().size() + "), status, quit");
      return;
    }
    switch (words[0]) {
      case "kill" -> server.kill();
      case "stop" -> server.stop();
      case "start" -> server.start();
      default -> report.say("'" + words[0] + "' is none of kill, stop, start");
    }
    alive.put(server, alive.get(server) || server.alive());
  }

  private LocalServer named(String word) {
    for (LocalServer server : ensemble.servers()) {
      if (word.equals(Integer.toString(server.id())) || word.equals(server.name())) {
        return server;
      }
    }
    return null;
  }
}
