package io.paddock.operators;

import io.paddock.metrics.LearnerConnection;
import io.paddock.metrics.Metric;
import io.paddock.replica.MemberFigures;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.LearnerFigures;
import io.paddock.zab.Phase;
import io.paddock.zab.Role;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * What a member of an ensemble tells people of it, under the names that ZooKeeper's tools know
 * (client protocol sheet, sections 12.2 and 12.3).
 *
 * @param myId this server
 * @param clientAddress where this server's clients connect
 * @param figures as of now
 * @param connections of a leader's learners
 */
public record MemberView(
    long myId, String clientAddress, MemberFigures figures, List<LearnerConnection> connections) {

  boolean leads() {
    return figures.role() == Role.LEADING && figures.phase() == Phase.BROADCAST;
  }

  /** What mntr begins with: role and phase, such as {@code leading - broadcast}. */
  Map<String, Object> state() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("peer_state", lower(figures.role()) + " - " + lower(figures.phase()));
    if (figures.role() == Role.OBSERVING) {
      values.put("observer_master_id", figures.leader());
    }
    return values;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Sizes of proposals: the last, the smallest, the largest. */
  String proposalSizes() {
    MemberFigures.Counts counts = figures.counts();
    return counts.lastProposalBytes()
        + "/"
        + counts.proposalBytesMin()
        + "/"
        + counts.proposalBytesMax();
  }

  Map<String, Object> proposalStats() {
    Map<String, Object> stats = new LinkedHashMap<>();
    stats.put("last_buffer_size", figures.counts().lastProposalBytes());
    stats.put("min_buffer_size", figures.counts().proposalBytesMin());
    stats.put("max_buffer_size", figures.counts().proposalBytesMax());
    return stats;
  }

  // Figures.

  void gauges(List<Metric> report) {
    report.add(Metric.gauge("quorum_size", figures.config().quorum().size()));
    if (!leads()) {
      return;
    }
    report.add(Metric.gauge("learners", connections.size()));
    report.add(Metric.gauge("synced_followers", count(l -> l.follower() && l.voter())));
    report.add(Metric.gauge("synced_non_voting_followers", count(l -> l.follower() && !l.voter())));
    report.add(Metric.gauge("synced_observers", syncedObservers()));
    report.add(Metric.gauge("pending_syncs", figures.pendingSyncs()));
    report.add(Metric.gauge("leader_uptime", figures.leadingForMs()));
    report.add(Metric.gauge("last_proposal_size", figures.counts().lastProposalBytes()));
    report.add(Metric.gauge("min_proposal_size", figures.counts().proposalBytesMin()));
    report.add(Metric.gauge("max_proposal_size", figures.counts().proposalBytesMax()));
  }

  int syncedObservers() {
    return leads() ? count(l -> !l.follower()) : 0;
  }

  private int count(java.util.function.Predicate<LearnerFigures> wanted) {
    return (int) figures.learners().stream().filter(LearnerFigures::synced).filter(wanted).count();
  }

  // Commands of the AdminServer.

  Map<String, Object> leader() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("is_leader", leads());
    values.put("leader_id", figures.leader());
    EnsembleServer leader = figures.config().server(figures.leader());
    values.put("leader_ip", leader == null ? "" : ip(leader.addresses().get(0).host()));
    return values;
  }

  Map<String, Object> observers() {
    Map<Long, LearnerConnection> byNumber =
        connections.stream().collect(Collectors.toMap(LearnerConnection::connection, c -> c));
    List<Object> observers = new ArrayList<>();
    for (LearnerFigures learner : figures.learners()) {
      LearnerConnection connection = byNumber.get(learner.connection());
      if (!learner.follower() && connection != null) {
        observers.add(observer(learner, connection));
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("synced_observers", syncedObservers());
    values.put("observers", observers);
    return values;
  }

  private static Map<String, Object> observer(
      LearnerFigures learner, LearnerConnection connection) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("remote_socket_address", String.valueOf(connection.remote()));
    values.put("sid", learner.sid());
    values.put("established", connection.establishedMs());
    values.put("queued_packets", connection.queuedPackets());
    values.put("queued_packets_size", connection.queuedBytes());
    values.put("packets_received", connection.received());
    values.put("packets_sent", connection.sent());
    values.put("requests", connection.requests());
    values.put("last_zxid", learner.lastZxid());
    return values;
  }

  Map<String, Object> votingView() {
    Map<String, Object> voters = new LinkedHashMap<>();
    for (EnsembleServer server : figures.config().servers()) {
      if (!server.observer()) {
        voters.put(Long.toString(server.sid()), voter(server));
      }
    }
    return Map.of("current_config", voters);
  }

  private Map<String, Object> voter(EnsembleServer server) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("server_addresses", addresses(server, EnsembleServer.Address::quorumPort));
    values.put("election_addresses", addresses(server, EnsembleServer.Address::electionPort));
    values.put("client_address", clientAddressOf(server));
    values.put("learner_type", "participant");
    return values;
  }

  private String clientAddressOf(EnsembleServer server) {
    if (server.sid() == myId) {
      return clientAddress;
    }
    return server.clientHost() == null ? "" : server.clientHost() + ":" + server.clientPort();
  }

  Map<String, Object> zabState(long lastZxid) {
    EnsembleServer self = figures.config().server(myId);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("myid", myId);
    values.put("is_leader", leads());
    values.put("quorum_address", place(self, EnsembleServer.Address::quorumPort));
    values.put("election_address", place(self, EnsembleServer.Address::electionPort));
    values.put("client_address", clientAddress);
    values.put("voting", figures.config().isVoter(myId));
    values.put("last_zxid", "0x" + Long.toHexString(lastZxid));
    values.put("zab_epoch", lastZxid >>> 32);
    values.put("zab_counter", lastZxid & 0xffffffffL);
    values.put("zabstate", lower(figures.phase()));
    return values;
  }

  /** An address with all its views, as Apache's server happens to show it. */
  private static Map<String, Object> place(
      EnsembleServer self, ToIntFunction<EnsembleServer.Address> port) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (self == null) {
      values.put("empty", true);
      return values;
    }
    List<String> all = addresses(self, port);
    values.put("empty", false);
    values.put("all_addresses", all);
    values.put(
        "wildcard_addresses",
        self.addresses().stream().map(a -> "0.0.0.0:" + port.applyAsInt(a)).toList());
    values.put("all_ports", self.addresses().stream().map(port::applyAsInt).toList());
    values.put(
        "all_host_strings", self.addresses().stream().map(EnsembleServer.Address::host).toList());
    values.put("reachable_address", all.get(0));
    values.put("all_reachable_addresses", all);
    values.put("all_reachable_addresses_or_all", all);
    values.put("reachable_or_one", all.get(0));
    values.put("one", all.get(0));
    return values;
  }

  private static List<String> addresses(
      EnsembleServer server, ToIntFunction<EnsembleServer.Address> port) {
    return server.addresses().stream().map(a -> ip(a.host()) + ":" + port.applyAsInt(a)).toList();
  }

  private static String ip(String host) {
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      return host;
    }
  }
}
