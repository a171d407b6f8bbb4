package io.paddock.operators;

import io.paddock.machine.Descriptors;
import io.paddock.metrics.Distribution;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.EventSummary;
import io.paddock.metrics.HotCounter;
import io.paddock.metrics.HotSummary;
import io.paddock.metrics.KeyedSummary;
import io.paddock.metrics.Metric;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.Summary;
import io.paddock.replica.MemberFigures;
import io.paddock.tree.QuotaFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * All figures of a server under the names that monitoring of ZooKeeper expects, for mntr, the
 * command monitor and Prometheus. docs/metrics.md lists them with their meaning, and a test holds
 * the two together.
 *
 * <p>Apache's server has a pipeline of processors that does not exist here; its names stand for the
 * nearest thing that does. Names of what cannot happen here show zero, as they do in Apache's
 * server where that is switched off.
 */
public final class MetricsReport {
  /** What cannot happen here. */
  private static final String COUNTERS_AT_ZERO =
      "add_dead_watcher_stall_time"
          + " skip_learner_request_to_next_processor_count"
          + " requests_not_forwarded_to_commit_processor response_packet_cache_hits"
          + " response_packet_cache_misses response_packet_get_children_cache_hits"
          + " response_packet_get_children_cache_misses";

  private static final String SUMMARIES_AT_ZERO =
      "time_waiting_empty_pool_in_commit_processor_read_ms restore_time";

  private static final String QUANTILES_AT_ZERO =
      "om_proposal_process_time_ms om_commit_process_time_ms";

  private MetricsReport() {}

  /** Every figure but those of the virtual machine, gauges first. */
  public static List<Metric> of(ServerStatus status) {
    ServerMetrics metrics = status.metrics();
    Optional<MemberView> member = AdminCommands.wait(status.member());
    List<Metric> report = new ArrayList<>();
    gauges(status, report);
    quotas(status.quotas(), report);
    if (status.mode() != ServerMode.READ_ONLY) {
      member.ifPresent(view -> view.gauges(report));
    }
    counters(metrics, report);
    member(member.map(view -> view.figures().counts()).orElse(MemberFigures.Counts.NONE), report);
    summaries(metrics, report);
    nearest(metrics, member.isPresent(), report);
    byKey(metrics, report);
    return report;
  }

  /** With those of the virtual machine, where Prometheus is to get them. */
  static List<Metric> withJvm(ServerStatus status) {
    List<Metric> report = of(status);
    if (status.config().metrics().exportJvmInfo()) {
      report.addAll(JvmFigures.of(status.metrics().allocations()));
    }
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
    gauge(report, "open_file_descriptor_count", Descriptors.openFiles());
    gauge(report, "max_file_descriptor_count", Descriptors.openFilesMax());
    gauge(report, "connection_drop_probability", metrics.connectionDropChance());
    gauge(report, "last_client_response_size", sizes.last());
    gauge(report, "max_client_response_size", sizes.max());
    gauge(report, "min_client_response_size", sizes.min());
    gauge(report, "outstanding_tls_handshake", metrics.handshakes());
    for (EventCounter counter : EventCounter.values()) {
      if (counter.shown() == EventCounter.Shown.GAUGE) {
        gauge(report, counter.key(), metrics.value(counter));
      }
    }
    // Paddock's own.
    gauge(report, "client_unsent_bytes", metrics.unsentBytes());
    gauge(report, "client_half_request_bytes", metrics.requestBytes());
    metrics
        .certificateDaysLeft()
        .ifPresent(days -> gauge(report, "tls_certificate_days_left", days));
    metrics
        .peerCertificateDaysLeft()
        .ifPresent(days -> gauge(report, "tls_quorum_certificate_days_left", days));
  }

  private static void gauge(List<Metric> report, String name, Number value) {
    report.add(Metric.gauge(name, value));
  }

  private static void quotas(Map<String, QuotaFigures> quotas, List<Metric> report) {
    quotas.forEach(
        (top, q) -> {
          gauge(report, "quota_count_limit_per_namespace", q.countLimit(), top);
          gauge(report, "quota_bytes_limit_per_namespace", q.bytesLimit(), top);
          gauge(report, "quota_count_usage_per_namespace", q.count(), top);
          gauge(report, "quota_bytes_usage_per_namespace", q.bytes(), top);
        });
  }

  private static void gauge(List<Metric> report, String name, Number value, String key) {
    report.add(Metric.gauge(name, value).of(key));
  }

  private static void counters(ServerMetrics metrics, List<Metric> report) {
    report.add(Metric.counter("bytes_received_count", metrics.bytesReceived()));
    for (HotCounter counter : HotCounter.values()) {
      report.add(Metric.counter(counter.key(), metrics.value(counter)));
    }
    for (EventCounter counter : EventCounter.values()) {
      if (counter.shown() == EventCounter.Shown.COUNTER) {
        report.add(Metric.counter(counter.key(), metrics.value(counter)));
      }
    }
    for (String name : COUNTERS_AT_ZERO.split(" ")) {
      report.add(Metric.counter(name, 0));
    }
    metrics
        .quotaExceeded()
        .forEach(
            (key, count) ->
                report.add(Metric.counter("quota_exceeded_error_per_namespace", count).of(key)));
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
    report.add(Metric.counter("quit_leading_due_to_disloyal_voter", counts.disloyalVoters()));
  }

  private static void summaries(ServerMetrics metrics, List<Metric> report) {
    for (EventSummary summary : EventSummary.values()) {
      DoubleUnaryOperator quantile = share -> metrics.quantile(summary, share);
      Distribution recorded = new Distribution(metrics.value(summary), quantile);
      report.add(Metric.of(summary.key(), recorded, summary.advanced()));
    }
    for (HotSummary summary : HotSummary.values()) {
      report.add(Metric.of(summary.key(), metrics.value(summary), summary.advanced));
    }
    report.add(Metric.of("readlatency", metrics.readDistribution(), true));
    report.add(Metric.of("updatelatency", metrics.updateDistribution(), true));
    for (String name : SUMMARIES_AT_ZERO.split(" ")) {
      report.add(Metric.of(name, Distribution.EMPTY, false));
    }
    for (String name : QUANTILES_AT_ZERO.split(" ")) {
      report.add(Metric.of(name, Distribution.EMPTY, true));
    }
  }

  /** Stages of Apache's for which something stands that is recorded under another name, too. */
  private static void nearest(ServerMetrics metrics, boolean inEnsemble, List<Metric> report) {
    Distribution walks = metrics.value(HotSummary.COMMIT_PROCESS_TIME);
    report.add(Metric.of("write_batch_time_in_commit_processor", walks, false));
    report.add(Metric.of("write_final_proc_time_ms", walks, true));
    report.add(
        Metric.of(
            "reads_issued_from_session_queue",
            metrics.value(HotSummary.READ_COMMIT_PROC_ISSUED),
            false));
    report.add(Metric.of("read_commitproc_time_ms", metrics.readDistribution(), true));
    report.add(Metric.of("write_commitproc_time_ms", metrics.updateDistribution(), true));
    report.add(Metric.of("local_write_committed_time_ms", metrics.updateDistribution(), true));
    Distribution acknowledged =
        inEnsemble
            ? metrics.value(HotSummary.SYNC_PROCESSOR_QUEUE_AND_FLUSH_TIME_MS)
            : Distribution.EMPTY;
    report.add(Metric.of("proposal_ack_creation_latency", acknowledged, true));
  }

  private static void byKey(ServerMetrics metrics, List<Metric> report) {
    for (KeyedSummary summary : KeyedSummary.values()) {
      metrics
          .value(summary)
          .forEach(
              (key, values) ->
                  report.add(Metric.of(summary.key(), values, summary.advanced).of(key)));
    }
  }

  /** What mntr and the command monitor show after the server's state, by ZooKeeper's keys. */
  static Map<String, Number> monitor(ServerStatus status) {
    boolean asPrometheus = status.config().metrics().prometheus();
    return flat(asPrometheus ? withJvm(status) : of(status), asPrometheus);
  }

  /**
   * The figures as ZooKeeper's default provider names them: a summary becomes several keys.
   *
   * @param asPrometheus the names and numbers of the Prometheus provider, which mntr shows when
   *     that is configured
   */
  public static Map<String, Number> flat(List<Metric> report, boolean asPrometheus) {
    Map<String, Number> flat = new LinkedHashMap<>();
    for (Metric metric : report) {
      if (asPrometheus) {
        PrometheusText.samples(metric, flat::put);
      } else if (metric.kind() == Metric.Kind.SUMMARY) {
        flattenSummary(metric, flat);
      } else {
        flat.put(metric.flatName(), metric.value());
      }
    }
    return flat;
  }

  private static void flattenSummary(Metric metric, Map<String, Number> flat) {
    Summary summary = metric.summary();
    String name = metric.flatName();
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

  /** With at most four decimals, as ZooKeeper shows averages. */
  static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
