package io.paddock.server;

import io.paddock.replica.MemberFigures;
import io.paddock.tree.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * All figures of a server under the names that monitoring of ZooKeeper expects (client protocol
 * sheet, section 12.2), for mntr, the command monitor and Prometheus.
 *
 * <p>Names of parts that a server alone does not use, such as the learner's, show zero as they do
 * in Apache's standalone server. Names of Apache's processor pipeline and response cache, which
 * would show numbers there and have no counterpart here, are left out: a zero would be a lie. So
 * are the figures per top-level znode.
 */
final class MetricsReport {
  private static final String COUNTERS_AT_ZERO =
      "add_dead_watcher_stall_time dead_watchers_queued dead_watchers_cleared watch_bytes"
          + " ensemble_auth_success ensemble_auth_fail ensemble_auth_skip request_commit_queued"
          + " quit_leading_due_to_disloyal_voter insecure_admin_count tls_handshake_exceeded"
          + " skip_learner_request_to_next_processor_count"
          + " requests_not_forwarded_to_commit_processor";

  private static final String SUMMARIES_AT_ZERO =
      "inflight_snap_count inflight_diff_count"
          + " unavailable_time leader_unavailable_time requests_in_session_queue"
          + " pending_session_queue_size reads_after_write_in_session_queue"
          + " reads_issued_from_session_queue session_queues_drained"
          + " time_waiting_empty_pool_in_commit_processor_read_ms"
          + " write_batch_time_in_commit_processor concurrent_request_processing_in_commit_processor"
          + " read_commit_proc_req_queued write_commit_proc_req_queued commit_commit_proc_req_queued"
          + " read_commit_proc_issued write_commit_proc_issued commit_process_time"
          + " learner_request_processor_queue_size socket_closing_time netty_queued_buffer_capacity"
          + " restore_time";

  private static final String QUANTILES_AT_ZERO =
      "dead_watchers_cleaner_latency read_commitproc_time_ms write_commitproc_time_ms"
          + " local_write_committed_time_ms server_write_committed_time_ms"
          + " om_proposal_process_time_ms om_commit_process_time_ms read_final_proc_time_ms"
          + " write_final_proc_time_ms proposal_latency proposal_ack_creation_latency"
          + " commit_propagation_latency quorum_ack_latency";

  private MetricsReport() {}

  /** Every figure, gauges first. */
  static List<Metric> of(ServerStatus status) {
    Optional<MemberView> member = AdminCommands.wait(status.member());
    List<Metric> report = new ArrayList<>();
    gauges(status, report);
    if (status.mode() != ServerMode.READ_ONLY) {
      member.ifPresent(view -> view.gauges(report));
    }
    counters(status.metrics(), report);
    summaries(status.metrics(), report);
    member(member.map(view -> view.figures().counts()).orElse(MemberFigures.Counts.NONE), report);
    return report;
  }

  private static void gauges(ServerStatus status, List<Metric> report) {
    ServerMetrics metrics = status.metrics();
    ServerStatus.TreeFigures tree = status.tree();
    Summary latency = metrics.requests();
    ServerMetrics.ResponseSizes sizes = metrics.responseSizes();
    gauge(report, "avg_latency", rounded(latency.average()));
    gauge(report, "max_latency", latency.max());
    gauge(report, "min_latency", latency.min());
    gauge(report, "packets_received", metrics.packetsReceived());
    gauge(report, "packets_sent", metrics.packetsSent());
    gauge(report, "num_alive_connections", metrics.connections());
    gauge(report, "outstanding_requests", status.outstanding());
    gauge(report, "uptime", status.uptimeMs());
    gauge(report, "znode_count", tree.nodeCount());
    gauge(report, "watch_count", metrics.watches());
    gauge(report, "ephemerals_count", tree.ephemeralCount());
    gauge(report, "approximate_data_size", tree.dataBytes());
    gauge(report, "global_sessions", tree.sessionCount());
    gauge(report, "local_sessions", status.localSessions());
    gauge(report, "open_file_descriptor_count", JvmFigures.openFiles());
    gauge(report, "max_file_descriptor_count", JvmFigures.openFilesMax());
    gauge(report, "connection_drop_probability", 0.0);
    gauge(report, "last_client_response_size", sizes.last());
    gauge(report, "max_client_response_size", sizes.max());
    gauge(report, "min_client_response_size", sizes.min());
    gauge(report, "outstanding_tls_handshake", 0);
    gauge(report, "auth_failed_count", metrics.value(EventCounter.AUTH_FAILED_COUNT));
    gauge(report, "non_mtls_remote_conn_count", 0);
    gauge(report, "non_mtls_local_conn_count", 0);
    // Paddock's own.
    gauge(report, "client_unsent_bytes", metrics.unsentBytes());
    gauge(report, "client_half_request_bytes", metrics.requestBytes());
  }

  private static void gauge(List<Metric> report, String name, Number value) {
    report.add(Metric.gauge(name, value));
  }

  private static void counters(ServerMetrics metrics, List<Metric> report) {
    report.add(Metric.counter("bytes_received_count", metrics.bytesReceived()));
    report.add(Metric.counter("response_bytes", metrics.bytesSent()));
    for (EventCounter counter : EventCounter.values()) {
      // These two stand elsewhere: among the gauges, and in the command server_stats.
      if (counter != EventCounter.AUTH_FAILED_COUNT
          && counter != EventCounter.FSYNC_THRESHOLD_EXCEED_COUNT) {
        report.add(Metric.counter(counter.key(), metrics.value(counter)));
      }
    }
    for (String name : COUNTERS_AT_ZERO.split(" ")) {
      report.add(Metric.counter(name, 0));
    }
  }

  /** What happens in an ensemble only. */
  private static void member(MemberFigures.Counts counts, List<Metric> report) {
    report.add(Metric.counter("looking_count", counts.elections()));
    report.add(Metric.counter("proposal_count", counts.proposals()));
    report.add(Metric.counter("commit_count", counts.commits()));
    report.add(Metric.counter("learner_proposal_received_count", counts.proposalsReceived()));
    report.add(Metric.counter("learner_commit_received_count", counts.commitsReceived()));
    report.add(Metric.counter("diff_count", counts.diffs()));
    report.add(Metric.counter("snap_count", counts.snapshots()));
    report.add(Metric.counter("revalidate_count", counts.revalidations()));
    report.add(Metric.basic("election_time", summary(counts.electionMs()), null));
    report.add(Metric.basic("follower_sync_time", summary(counts.followerSyncMs()), null));
    report.add(Metric.basic("observer_sync_time", summary(counts.observerSyncMs()), null));
  }

  private static Summary summary(MemberFigures.Spread spread) {
    return new Summary(spread.count(), spread.sum(), spread.min(), spread.max());
  }

  private static void summaries(ServerMetrics metrics, List<Metric> report) {
    for (EventSummary summary : EventSummary.values()) {
      Summary recorded = metrics.value(summary);
      DoubleUnaryOperator quantile = share -> metrics.quantile(summary, share);
      report.add(
          summary.advanced()
              ? Metric.advanced(summary.key(), recorded, quantile)
              : Metric.basic(summary.key(), recorded, quantile));
    }
    for (Change.Kind kind : Change.Kind.values()) {
      report.add(Metric.basic(firedName(kind), metrics.fired(kind), null));
    }
    for (String name : SUMMARIES_AT_ZERO.split(" ")) {
      report.add(Metric.basic(name, Summary.EMPTY, share -> 0));
    }
    report.add(Metric.advanced("readlatency", metrics.reads(), metrics::readQuantile));
    report.add(Metric.advanced("updatelatency", metrics.updates(), metrics::updateQuantile));
    for (String name : QUANTILES_AT_ZERO.split(" ")) {
      report.add(Metric.advanced(name, Summary.EMPTY, share -> 0));
    }
  }

  private static String firedName(Change.Kind kind) {
    return switch (kind) {
      case CREATED -> "node_created_watch_count";
      case DELETED -> "node_deleted_watch_count";
      case DATA_CHANGED -> "node_changed_watch_count";
      case CHILDREN_CHANGED -> "node_children_watch_count";
    };
  }

  /**
   * The figures as ZooKeeper's default provider names them: a summary becomes several keys.
   *
   * @param asPrometheus the names and numbers of the Prometheus provider, which mntr shows when
   *     that is configured
   */
  static Map<String, Number> flat(List<Metric> report, boolean asPrometheus) {
    Map<String, Number> flat = new LinkedHashMap<>();
    for (Metric metric : report) {
      if (asPrometheus) {
        flattenAsPrometheus(metric, flat);
      } else if (metric.kind() == Metric.Kind.SUMMARY) {
        flattenSummary(metric, flat);
      } else {
        flat.put(metric.name(), metric.value());
      }
    }
    return flat;
  }

  private static void flattenSummary(Metric metric, Map<String, Number> flat) {
    Summary summary = metric.summary();
    String name = metric.name();
    flat.put("avg_" + name, rounded(summary.average()));
    flat.put("min_" + name, summary.min());
    flat.put("max_" + name, summary.max());
    flat.put("cnt_" + name, summary.count());
    flat.put("sum_" + name, (long) summary.sum());
    if (metric.advanced()) {
      flat.put("p50_" + name, (long) metric.quantile().applyAsDouble(0.5));
      flat.put("p95_" + name, (long) metric.quantile().applyAsDouble(0.95));
      flat.put("p99_" + name, (long) metric.quantile().applyAsDouble(0.99));
      flat.put("p999_" + name, (long) metric.quantile().applyAsDouble(0.999));
    }
  }

  private static void flattenAsPrometheus(Metric metric, Map<String, Number> flat) {
    if (metric.kind() != Metric.Kind.SUMMARY) {
      flat.put(metric.name(), metric.value().doubleValue());
      return;
    }
    for (double share : PrometheusText.shares(metric)) {
      flat.put(
          metric.name() + "{quantile=\"" + share + "\"}", PrometheusText.quantile(metric, share));
    }
    flat.put(metric.name() + "_count", (double) metric.summary().count());
    flat.put(metric.name() + "_sum", metric.summary().sum());
  }

  /** With at most four decimals, as ZooKeeper shows averages. */
  static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
