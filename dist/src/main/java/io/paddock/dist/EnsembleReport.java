package io.paddock.dist;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How {@code paddock ensemble} tells what happens, to people or to programs. */
interface EnsembleReport {
  /** All serve; {@code modes} by server. */
  void started(LocalEnsemble ensemble, Path folder, Map<LocalServer, String> modes);

  /** How things stand, asked for. */
  void status(Map<LocalServer, String> modes);

  void leads(LocalServer server);

  void noLeader(long running, int voters);

  void ended(LocalServer server);

  void serves(LocalServer server, String mode);

  void allEnded();

  /** An answer to what was typed. */
  void say(String line);

  /** What the servers say they are, by number. */
  static Map<LocalServer, String> modes(LocalEnsemble ensemble) {
    Map<LocalServer, String> modes = new LinkedHashMap<>();
    for (LocalServer server : ensemble.servers()) {
      modes.put(server, server.ask().mode());
    }
    return modes;
  }

  /** For people. */
  record Text(PrintWriter out, boolean temporary) implements EnsembleReport {
    @Override
    public void started(LocalEnsemble ensemble, Path folder, Map<LocalServer, String> modes) {
      out.printf(
          "An ensemble of %d servers in %s%s:%n",
          modes.size(), folder, temporary ? " (removed at the end)" : "");
      status(modes);
      out.printf("%nConnect to %s, for instance:%n", ensemble.connectString());
      out.printf("  ./paddock shell -server %s%n", ensemble.connectString());
      LocalServer leader = ensemble.leader();
      if (leader != null) {
        out.printf(
            "See what happens when the leader dies: kill -9 %d, or type here: kill %d (then: start %d).%n",
            leader.processId(), leader.id(), leader.id());
      }
      out.println("Ctrl-C ends all.");
      out.println();
      out.flush();
    }

    @Override
    public void status(Map<LocalServer, String> modes) {
      modes.forEach(
          (server, mode) -> {
            String process = server.alive() ? "process " + server.processId() : "not running";
            String role = !server.alive() ? "" : mode.isEmpty() ? "looking for a leader" : mode;
            out.println(
                "  %-9s %-16s %-14s %-21s log %s"
                    .formatted(server.name(), server.connectString(), process, role, server.log()));
          });
      out.flush();
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private void event(String format, Object... values) {
      LocalTime now = LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS);
      out.println("%tT  %s".formatted(now, format.formatted(values)));
      out.flush();
    }

    @Override
    public void leads(LocalServer server) {
      event("%s leads", server.name());
    }

    @Override
    public void noLeader(long running, int voters) {
      int needed = voters / 2 + 1;
      event(
          "no leader: %d of %d voters run, %d are needed%s",
          running, voters, needed, running < needed ? "" : "; they elect one");
    }

    @Override
    public void ended(LocalServer server) {
      event("%s has ended; start %d starts it again", server.name(), server.id());
    }

    @Override
    public void serves(LocalServer server, String mode) {
      event("%s serves as %s, process %d", server.name(), mode, server.processId());
    }

    @Override
    public void allEnded() {
      event("all servers have ended");
    }

    @Override
    public void say(String line) {
      out.println(line);
      out.flush();
    }
  }

  /** For programs: one object a line, told apart by {@code event}. */
  record Json(PrintWriter out, ObjectMapper mapper) implements EnsembleReport {
    Json(PrintWriter out) {
      this(out, new ObjectMapper());
    }

    private void write(String event, Map<String, Object> more) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("event", event);
      fields.putAll(more);
      try {
        out.println(mapper.writeValueAsString(fields));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
      out.flush();
    }

    private static List<Map<String, Object>> rows(Map<LocalServer, String> modes) {
      List<Map<String, Object>> rows = new ArrayList<>();
      modes.forEach(
          (server, mode) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("server", server.id());
            row.put("connect", server.connectString());
            row.put("process", server.alive() ? server.processId() : null);
            row.put("mode", mode.isEmpty() ? null : mode);
            row.put("config", server.config().toString());
            row.put("log", server.log().toString());
            rows.add(row);
          });
      return rows;
    }

    @Override
    public void started(LocalEnsemble ensemble, Path folder, Map<LocalServer, String> modes) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("connect", ensemble.connectString());
      fields.put("folder", folder.toString());
      fields.put("servers", rows(modes));
      write("started", fields);
    }

    @Override
    public void status(Map<LocalServer, String> modes) {
      write("status", Map.of("servers", rows(modes)));
    }

    @Override
    public void leads(LocalServer server) {
      write("leader", Map.of("server", server.id()));
    }

    @Override
    public void noLeader(long running, int voters) {
      write("no-leader", new TreeMap<>(Map.of("running", running, "voters", voters)));
    }

    @Override
    public void ended(LocalServer server) {
      write("ended", Map.of("server", server.id()));
    }

    @Override
    public void serves(LocalServer server, String mode) {
      write(
          "serves",
          new TreeMap<>(
              Map.of("server", server.id(), "mode", mode, "process", server.processId())));
    }

    @Override
    public void allEnded() {
      write("all-ended", Map.of());
    }

    @Override
    public void say(String line) {
      write("message", Map.of("text", line));
    }
  }
}
