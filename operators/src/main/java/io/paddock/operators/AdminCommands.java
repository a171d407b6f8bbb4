package io.paddock.operators;

import io.paddock.config.AdminConfig;
import io.paddock.config.JournalConfig;
import io.paddock.metrics.ConnectionInfo;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.Summary;
import io.paddock.replica.ZxidDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The commands of the AdminServer by name, with the keys that ZooKeeper's have (client protocol
 * sheet, section 12.3). Each answers on the thread that asks, and waits for event loops where it
 * must, but not for ever.
 */
final class AdminCommands {
  private static final int WAIT_MS_MAX = 10_000;

  /** One command; its first name is the primary one. */
  private record Command(
      List<String> names,
      boolean needsServing,
      Function<AdminRequest, CompletableFuture<AdminAnswer>> run) {
    String name() {
      return names.get(0);
    }
  }

  private final ServerStatus status;
  private final BuildInfo build;
  private final AtomicLong traceMask;
  private final SnapshotCommand snapshots;
  private final Map<String, Command> byName = new HashMap<>();

  AdminCommands(AdminConfig config, ServerStatus status, BuildInfo build, AtomicLong traceMask) {
    this.status = status;
    this.build = build;
    this.traceMask = traceMask;
    this.snapshots = new SnapshotCommand(config, status);
    addReports();
    addActions();
    addEnsemble();
  }

  private void addReports() {
    report("configuration conf config", () -> ConfigReport.admin(status));
    report("connections cons", () -> connections(false));
    report("dirs", this::dirs);
    report("dump", this::dump);
    report("hash", this::hash);
    report(
        "initial_configuration icfg",
        () -> Map.of("initial_configuration", status.config().text()));
    probe("is_read_only isro", () -> Map.of("read_only", status.mode() == ServerMode.READ_ONLY));
    report("last_snapshot lsnp", this::lastSnapshot);
    report("monitor mntr", this::monitor);
    probe("server_stats srvr", this::serverStats);
    probe("stats stat", this::stats);
    report(
        "watches wchc", () -> Map.of("session_id_to_watched_paths", wait(status.watchedPaths())));
    report("watches_by_path wchp", this::watchesByPath);
    report("watch_summary wchs", this::watchSummary);
    reportAlways(
        "environment env envi",
        () -> new LinkedHashMap<>(Environment.list(build, status.config().systemProperties())));
    reportAlways("system_properties sysp", () -> new TreeMap<>(status.config().systemProperties()));
    reportAlways("get_trace_mask gtmk", () -> Map.of("tracemask", traceMask.get()));
  }

  private void addActions() {
    probe("ruok", Map::of);
    report(
        "connection_stat_reset crst",
        () -> {
          status.resetConnectionStats();
          return Map.of();
        });
    report(
        "stat_reset srst",
        () -> {
          status.metrics().reset();
          return Map.of();
        });
    add("set_trace_mask stmk", false, this::setTraceMask);
    addLong("snapshot snap", snapshots::snapshot);
    add("restore rest", true, request -> snapshots.restore(request));
  }

  /** What only ensembles have; a server alone answers as Apache's does. */
  private void addEnsemble() {
    report("observer_connection_stat_reset orst", Map::of);
    reportMember(
        "observers obsr",
        MemberView::observers,
        ordered("synced_observers", 0, "observers", List.of()));
    reportMember("voting_view", MemberView::votingView, Map.of("current_config", Map.of()));
    reportMember(
        "zabstate",
        member -> member.zabState(status.tree().zxid()),
        ordered("voting", false, "zabstate", ""));
    add(
        "leader lead",
        true,
        request ->
            wait(status.member())
                .map(member -> AdminAnswer.ok("leader", member.leader()))
                .orElse(AdminAnswer.error(200, "leader", "server is not initialized")));
  }

  private void reportMember(
      String names, Function<MemberView, Map<String, Object>> ofMember, Map<String, Object> alone) {
    report(names, () -> wait(status.member()).map(ofMember).orElse(alone));
  }

  private void report(String names, java.util.function.Supplier<Map<String, Object>> values) {
    String primary = names.split(" ")[0];
    add(names, true, request -> AdminAnswer.ok(primary, values.get()));
  }

  /** What probes ask is answered only while every thread that serves comes by. */
  private void probe(String names, java.util.function.Supplier<Map<String, Object>> values) {
    String primary = names.split(" ")[0];
    add(
        names,
        true,
        request -> {
          try {
            wait(status.round(), status.roundMsMax());
          } catch (CompletionException e) {
            return AdminAnswer.error(
                503, primary, "a thread that serves clients is stuck or has ended");
          }
          return AdminAnswer.ok(primary, values.get());
        });
  }

  private void reportAlways(String names, java.util.function.Supplier<Map<String, Object>> values) {
    String primary = names.split(" ")[0];
    add(names, false, request -> AdminAnswer.ok(primary, values.get()));
  }

  private void add(String names, boolean needsServing, Function<AdminRequest, AdminAnswer> run) {
    add(
        new Command(
            List.of(names.split(" ")),
            needsServing,
            request -> CompletableFuture.completedFuture(run.apply(request))));
  }

  /** A command that takes longer than a thread may be kept. */
  private void addLong(String names, Function<AdminRequest, CompletableFuture<AdminAnswer>> run) {
    add(new Command(List.of(names.split(" ")), true, run));
  }

  private void add(Command command) {
    command.names().forEach(name -> byName.put(name, command));
  }

  /** The primary names, sorted. */
  Set<String> primaryNames() {
    Set<String> names = new TreeSet<>();
    byName.values().forEach(command -> names.add(command.name()));
    return names;
  }

  /** Answers a request; what goes wrong is told in the answer. */
  CompletableFuture<AdminAnswer> run(AdminRequest request) {
    Command command = byName.get(request.command());
    String name = command == null ? request.command() : command.name();
    AdminAnswer refusal = refusal(command, name, request.method());
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    try {
      return command.run().apply(request).exceptionally(e -> failed(name, e));
    } catch (CompletionException e) {
      return CompletableFuture.completedFuture(failed(name, e));
    }
  }

  /** Why a command is not run; null when it is. */
  private AdminAnswer refusal(Command command, String name, String method) {
    if (command == null && Set.of("GET", "HEAD", "POST").contains(method)) {
      return AdminAnswer.error(200, name, "Unknown command: " + name);
    }
    boolean posts = name.equals("restore");
    boolean allowed = posts ? method.equals("POST") : Set.of("GET", "HEAD").contains(method);
    if (!allowed) {
      String wanted = posts ? "POST" : "GET";
      return AdminAnswer.error(405, name, name + " wants " + wanted)
          .withHeaders(Map.of("Allow", posts ? "POST" : "GET, HEAD"));
    }
    return command.needsServing() && !status.serving()
        ? AdminAnswer.error(200, name, FourLetterWords.NOT_SERVING)
        : null;
  }

  private static AdminAnswer failed(String name, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return AdminAnswer.error(500, name, "failed: " + cause);
  }

  /** Waits for what an event loop gives; a loop that hangs must not hang its inspection. */
  static <T> T wait(CompletableFuture<T> future) {
    return wait(future, WAIT_MS_MAX);
  }

  /**
   * Not orTimeout: it starts a thread of the JDK's, which a machine without further ones refuses.
   */
  private static <T> T wait(CompletableFuture<T> future, long msMax) {
    try {
      return future.get(msMax, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (TimeoutException e) {
      throw new CompletionException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  private static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return values;
  }

  private Map<String, Object> dirs() {
    JournalConfig journal = status.config().journal();
    return ordered(
        "datadir_size", ConfigReport.size(journal.dataDir()),
        "logdir_size", ConfigReport.size(journal.dataLogDir()));
  }

  private Map<String, Object> dump() {
    return ordered(
        "expiry_time_to_session_ids", wait(status.sessionsByExpiry()),
        "session_id_to_ephemeral_paths", status.ephemerals());
  }

  private Map<String, Object> hash() {
    List<Object> digests = new ArrayList<>();
    for (ZxidDigest digest : wait(status.digests())) {
      digests.add(ordered("zxid", digest.zxid(), "digest", digest.digest(), "digest_version", 2));
    }
    return Map.of("digests", digests);
  }

  private Map<String, Object> lastSnapshot() {
    ServerStatus.SnapshotFile last = status.lastSnapshot();
    return ordered("zxid", Long.toHexString(last.zxid()), "timestamp", last.writtenMs() / 1000);
  }

  private Map<String, Object> monitor() {
    Map<String, Object> values =
        ordered("version", build.text(), "server_state", status.mode().text());
    if (status.mode() != ServerMode.READ_ONLY) {
      wait(status.member()).ifPresent(member -> values.putAll(member.state()));
    }
    values.putAll(MetricsReport.monitor(status));
    return values;
  }

  private Map<String, Object> watchesByPath() {
    return Map.of("path_to_session_ids", FourLetterWords.byPath(wait(status.watchedPaths())));
  }

  private Map<String, Object> watchSummary() {
    var watched = wait(status.watchedPaths());
    return ordered(
        "num_connections", watched.size(),
        "num_paths", FourLetterWords.byPath(watched).size(),
        "num_total_watches", watched.values().stream().mapToInt(List::size).sum());
  }

  private Map<String, Object> connections(boolean brief) {
    List<Object> connections = new ArrayList<>();
    List<Object> secure = new ArrayList<>();
    for (ConnectionInfo info : wait(status.connections())) {
      Map<String, Object> values =
          ordered(
              "remote_socket_address", info.plainAddress(),
              "interest_ops", info.interestOps(),
              "outstanding_requests", info.queued(),
              "packets_received", info.received(),
              "packets_sent", info.sent());
      if (!brief) {
        values.putAll(
            ordered(
                "session_id", info.sessionId(),
                "last_operation", info.lastOperation(),
                "established", info.establishedMs(),
                "session_timeout", info.timeoutMs(),
                "last_cxid", info.lastCxid(),
                "last_zxid", info.lastZxid(),
                "last_response_time", info.lastResponseMs(),
                "last_latency", info.lastLatencyMs(),
                "min_latency", info.minLatencyMs(),
                "avg_latency", info.avgLatencyMs(),
                "max_latency", info.maxLatencyMs()));
      }
      (info.secure() ? secure : connections).add(values);
    }
    return ordered("connections", connections, "secure_connections", secure);
  }

  private Map<String, Object> stats() {
    Map<String, Object> values = serverStats();
    values.putAll(connections(true));
    return values;
  }

  private Map<String, Object> serverStats() {
    ServerMetrics.ResponseSizes sizes = status.metrics().responseSizes();
    Map<String, Object> responses =
        ordered(
            "last_buffer_size", sizes.last(),
            "min_buffer_size", sizes.min(),
            "max_buffer_size", sizes.max());
    Map<String, Object> values =
        ordered(
            "version",
            build.text(),
            "read_only",
            status.mode() == ServerMode.READ_ONLY,
            "server_stats",
            figures(responses),
            "client_response",
            responses);
    wait(status.member())
        .filter(MemberView::leads)
        .ifPresent(member -> values.put("proposal_stats", member.proposalStats()));
    values.put("node_count", status.tree().nodeCount());
    return values;
  }

  private Map<String, Object> figures(Map<String, Object> responses) {
    ServerMetrics metrics = status.metrics();
    Summary latency = metrics.requests();
    JournalConfig journal = status.config().journal();
    return ordered(
        "packets_sent", metrics.packetsSent(),
        "packets_received", metrics.packetsReceived(),
        "fsync_threshold_exceed_count", metrics.value(EventCounter.FSYNC_THRESHOLD_EXCEED_COUNT),
        "client_response_stats", responses,
        "provider_null", false,
        "data_dir_size", ConfigReport.size(journal.dataDir()),
        "log_dir_size", ConfigReport.size(journal.dataLogDir()),
        "last_processed_zxid", status.tree().zxid(),
        "outstanding_requests", status.outstanding(),
        "server_state", status.mode().text(),
        "avg_latency", MetricsReport.rounded(latency.average()),
        "max_latency", latency.max(),
        "min_latency", latency.min(),
        "num_alive_client_connections", metrics.connections(),
        "uptime", status.uptimeMs(),
        "auth_failed_count", metrics.value(EventCounter.AUTH_FAILED_COUNT),
        "non_mtlsremote_conn_count", metrics.value(EventCounter.NON_MTLS_REMOTE_CONN_COUNT),
        "non_mtlslocal_conn_count", metrics.value(EventCounter.NON_MTLS_LOCAL_CONN_COUNT));
  }

  private AdminAnswer setTraceMask(AdminRequest request) {
    String name = "set_trace_mask";
    String mask = request.arguments().get("traceMask");
    String error = "setTraceMask requires long traceMask argument";
    if (mask == null) {
      return AdminAnswer.error(200, name, error);
    }
    try {
      traceMask.set(Long.parseLong(mask));
    } catch (NumberFormatException e) {
      return AdminAnswer.error(200, name, error + ", got " + mask);
    }
    return AdminAnswer.ok(name, Map.of("tracemask", traceMask.get()));
  }
}
