package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What monitoring reads, in each role: the names are those that Apache ZooKeeper 3.9.6 shows, which
 * stand in this package's resources, and those of docs/metrics.md; and what can be measured is.
 */
@Timeout(240)
class ApacheNamesTest {
  private static final List<String> ROLES = List.of("standalone", "leader", "follower", "observer");

  /** Apache's server shows these, too, but only when it has something to show. */
  private static final Set<String> ONCE_THEY_HAPPEN =
      Set.of("ack_latency", "quota_exceeded_error_per_namespace");

  private static final Pattern JSON_KEY = Pattern.compile("\"([a-z0-9_]+)\" :");

  /** {@code zk_avg_2_learner_handler_qp_size}, or a namespace in the place of the number. */
  private static final Pattern KEYED =
      Pattern.compile(
          "_(?:[0-9]+_(learner_handler_qp_(?:size|time_ms)|ack_latency)"
              + "|[a-z]+_((?:read|write|quota_[a-z_]+)_per_namespace))$");

  private static MonitoredServers plain;
  private static MonitoredServers prometheus;
  private static DocumentedMetrics docs;

  @BeforeAll
  static void start() throws Exception {
    docs = DocumentedMetrics.read();
    plain = new MonitoredServers(false);
    prometheus = new MonitoredServers(true);
    // What the memory pools were given is known from the first collection on.
    System.gc();
    await("jvm_memory_pool_allocated_bytes_total", "standalone");
    await("learner_handler_qp_time_ms", "leader");
    for (int i = 0; !hasKey(plain, "learner_handler_qp_time_ms") && i < 1000; i++) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static boolean hasKey(MonitoredServers servers, String part) throws IOException {
    return servers.mntr("leader").keySet().stream().anyMatch(key -> key.contains(part));
  }

  private static void await(String family, String role) throws Exception {
    for (int i = 0; !prometheus.scrape(role).types.containsKey(family) && i < 1000; i++) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  @AfterAll
  static void stop() {
    for (MonitoredServers servers : new MonitoredServers[] {plain, prometheus}) {
      if (servers != null) {
        servers.close();
      }
    }
  }

  private static List<String> resource(String name) throws IOException {
    try (InputStream in = ApacheNamesTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** Whose figures they are is left out; so is what Apache shows once it happens. */
  private static TreeSet<String> keys(Collection<String> keys) {
    TreeSet<String> general = new TreeSet<>();
    for (String key : keys) {
      Matcher keyed = KEYED.matcher(key);
      if (!keyed.find()) {
        general.add(key);
        continue;
      }
      String name = keyed.group(1) == null ? keyed.group(2) : keyed.group(1);
      if (!ONCE_THEY_HAPPEN.contains(name)) {
        general.add(key.substring(0, keyed.start()) + "_#_" + name);
      }
    }
    return general;
  }

  private static boolean isAbsent(String role, String key) {
    return docs.absent.stream()
        .anyMatch(
            absent ->
                absent.where().equals(role)
                    && key.replaceFirst("_(count|sum)$", "").endsWith(absent.name()));
  }

  private static boolean isOwn(String key) {
    return docs.rows.stream()
        .anyMatch(
            row -> row.like().equals("own") && key.replaceFirst("^zk_", "").equals(row.name()));
  }

  /** As equality but for Paddock's own; tells what is missing and what is too much. */
  private static void same(String what, Set<String> ours, Set<String> theirs) {
    TreeSet<String> missing = new TreeSet<>(theirs);
    missing.removeAll(ours);
    TreeSet<String> more = new TreeSet<>(ours);
    more.removeAll(theirs);
    more.removeIf(ApacheNamesTest::isOwn);
    assertThat(missing).as("missing: %s", what).isEmpty();
    assertThat(more).as("only here: %s", what).isEmpty();
  }

  @Test
  void mntrAndTheCommandMonitorHaveApachesKeys() throws Exception {
    for (String role : ROLES) {
      TreeSet<String> theirs = keys(resource("apache-3.9.6/mntr-" + role + ".txt"));
      theirs.removeIf(key -> isAbsent(role, key));
      same("mntr of the " + role, keys(plain.mntr(role).keySet()), theirs);

      TreeSet<String> shown = new TreeSet<>(Set.of("zk_command", "zk_error"));
      theirs.addAll(shown);
      Matcher key = JSON_KEY.matcher(plain.monitor(role));
      while (key.find()) {
        shown.add("zk_" + key.group(1));
      }
      same("monitor of the " + role, keys(shown), theirs);
    }
  }

  /** Names and names of labels, with the quantiles; whose figures they are is left out. */
  private static TreeSet<String> samples(Collection<String> samples) {
    return samples.stream()
        .map(sample -> sample.replace(",}", "}").replaceAll("(?<!quantile)=\"[^\"]*\"", "=#"))
        .filter(sample -> ONCE_THEY_HAPPEN.stream().noneMatch(name -> sample.startsWith(name)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void prometheusGetsApachesSamples() throws Exception {
    for (String role : ROLES) {
      TreeSet<String> theirs = samples(resource("apache-3.9.6/prometheus-" + role + ".txt"));
      theirs.removeIf(sample -> isAbsent(role, sample.replaceFirst("\\{.*", "")));
      same(role, samples(prometheus.scrape(role).samples.keySet()), theirs);
    }
  }

  @Test
  void withPrometheusMntrShowsTheSamplesThatAScrapeHas() throws Exception {
    for (String role : ROLES) {
      TreeSet<String> shown = new TreeSet<>(prometheus.mntr(role).keySet());
      shown.removeAll(
          List.of("zk_version", "zk_server_state", "zk_peer_state", "zk_observer_master_id"));
      assertThat(shown)
          .as(role)
          .containsExactlyInAnyOrderElementsOf(
              prometheus.scrape(role).samples.keySet().stream().map(s -> "zk_" + s).toList());
      assertThat(prometheus.mntr(role).get("zk_readlatency_count")).matches("[0-9]+\\.0");
    }
  }

  @Test
  void allSeriesOfAWidelyUsedDashboardAreThere() throws Exception {
    assertThat(prometheus.scrape("leader").sampleNames())
        .containsAll(resource("dashboard-10465.txt"));
  }

  @Test
  void theDocumentsTablesAreWhatIsShown() throws Exception {
    Map<String, DocumentedMetrics.Row> rows =
        docs.rows.stream().collect(Collectors.toMap(DocumentedMetrics.Row::name, row -> row));
    TreeSet<String> seen = new TreeSet<>();
    for (String role : ROLES) {
      Scrape scrape = prometheus.scrape(role);
      scrape.types.forEach(
          (name, type) -> {
            DocumentedMetrics.Row row = rows.get(name);
            assertThat(row).as("%s is in docs/metrics.md", name).isNotNull();
            assertThat(row.isFor(role)).as("%s is of the %s", name, role).isTrue();
            assertThat(row.type()).as(name).isIn(type, advanced(scrape, name, type));
            seen.add(name);
          });
      for (DocumentedMetrics.Row row : docs.rows) {
        if (row.isFor(role) && !row.isByKey()) {
          assertThat(scrape.types).as(role).containsKey(row.name());
        }
      }
    }
    // These servers have no secure port; TlsPortTest sees to what one shows.
    rows.values().removeIf(row -> row.roles().startsWith("with TLS"));
    assertThat(rows.keySet()).isEqualTo(seen);
  }

  private static String advanced(Scrape scrape, String name, String type) {
    boolean is =
        scrape.samples.keySet().stream()
            .anyMatch(s -> s.startsWith(name + "{") && s.contains("quantile=\"0.99\""));
    return is ? type + "+" : type;
  }

  @Test
  void onlyWhatTheDocumentCallsNeverStaysAtZeroOnTheWayOfAWrite() throws Exception {
    Scrape leader = prometheus.scrape("leader");
    for (DocumentedMetrics.Row row : docs.rows) {
      if (row.like().equals("never")) {
        for (String role : ROLES) {
          assertThat(prometheus.scrape(role).count(row.name())).as(row.name()).isZero();
        }
      } else if (row.section().equals("The way of a write")) {
        assertThat(leader.count(row.name())).as(row.name()).isPositive();
      }
    }
  }

  @Test
  void whatEnsemblesDoIsMeasuredWhereItIsDone() throws Exception {
    Map<String, List<String>> measured =
        Map.of(
            "leader",
            List.of(
                "looking_count",
                "election_time",
                "unavailable_time",
                "leader_unavailable_time",
                "proposal_count",
                "commit_count",
                "quorum_ack_latency",
                "ack_latency",
                "proposal_ack_creation_latency",
                "learner_handler_qp_size",
                "learner_handler_qp_time_ms",
                "quota_exceeded_error_per_namespace"),
            "follower",
            List.of(
                "follower_sync_time",
                "unavailable_time",
                "proposal_latency",
                "commit_propagation_latency",
                "proposal_ack_creation_latency",
                "learner_proposal_received_count",
                "learner_commit_received_count",
                "learner_request_processor_queue_size"),
            "observer",
            List.of(
                "observer_sync_time",
                "commit_propagation_latency",
                "learner_commit_received_count",
                "learner_request_processor_queue_size"));
    for (Map.Entry<String, List<String>> role : measured.entrySet()) {
      Scrape scrape = prometheus.scrape(role.getKey());
      for (String name : role.getValue()) {
        assertThat(scrape.count(name)).as("%s of the %s", name, role.getKey()).isPositive();
      }
    }
    Scrape leader = prometheus.scrape("leader");
    assertThat(leader.count("diff_count") + leader.count("snap_count")).isPositive();
    assertThat(leader.count("inflight_diff_count") + leader.count("inflight_snap_count"))
        .isPositive();
    // Every voter acknowledges, the leader with them; no observer does.
    assertThat(leader.samples.keySet())
        .contains(
            "ack_latency_count{key=\"1\"}",
            "ack_latency_count{key=\"2\"}",
            "ack_latency_count{key=\"3\"}")
        .doesNotContain("ack_latency_count{key=\"4\"}");
  }
}
