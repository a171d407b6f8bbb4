package io.paddock.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.metrics.LearnerConnection;
import io.paddock.metrics.Metric;
import io.paddock.replica.MemberFigures;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.LearnerFigures;
import io.paddock.zab.Phase;
import io.paddock.zab.Role;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a member tells operators, as Apache's servers were seen to tell it. */
class MemberViewTest {
  private static final EnsembleConfig CONFIG =
      EnsembleConfig.parse(
          """
          server.1=127.0.0.1:2181:3181:participant;0.0.0.0:4181
          server.2=127.0.0.1:2182:3182:participant
          server.3=127.0.0.1:2183:3183:observer""");

  private static MemberView view(long myId, Role role) {
    List<LearnerFigures> learners =
        role != Role.LEADING
            ? List.of()
            : List.of(
                new LearnerFigures(7, 1, true, true, true, 0x100000008L),
                new LearnerFigures(8, 3, false, false, true, 0x100000009L),
                new LearnerFigures(9, 4, true, false, true, 0x100000009L),
                new LearnerFigures(10, 5, true, true, false, 0));
    List<LearnerConnection> connections =
        learners.stream()
            .map(
                learner ->
                    new LearnerConnection(
                        learner.connection(),
                        new InetSocketAddress("127.0.0.1", 42472),
                        1795184655654L,
                        0,
                        0,
                        56,
                        64,
                        3))
            .toList();
    MemberFigures figures =
        new MemberFigures(
            role,
            Phase.BROADCAST,
            2,
            1,
            CONFIG,
            learners,
            5,
            13029,
            Map.of(),
            MemberFigures.Counts.NONE);
    return new MemberView(myId, "0.0.0.0:4182", figures, connections);
  }

  private static List<String> gauges(MemberView view) {
    List<Metric> report = new ArrayList<>();
    view.gauges(report);
    return report.stream().map(metric -> metric.name() + "=" + metric.value()).toList();
  }

  @Test
  void onlyTheLeaderTellsOfItsLearners() {
    assertThat(gauges(view(1, Role.FOLLOWING))).containsExactly("quorum_size=2");
    assertThat(gauges(view(2, Role.LEADING)))
        .containsExactly(
            "quorum_size=2",
            "learners=4",
            "synced_followers=1",
            "synced_non_voting_followers=1",
            "synced_observers=1",
            "pending_syncs=5",
            "leader_uptime=13029",
            "last_proposal_size=-1",
            "min_proposal_size=-1",
            "max_proposal_size=-1");
    assertThat(view(2, Role.LEADING).proposalSizes()).isEqualTo("-1/-1/-1");
  }

  @Test
  void theStateSaysRoleAndPhase() {
    assertThat(view(2, Role.LEADING).state()).hasToString("{peer_state=leading - broadcast}");
    assertThat(view(3, Role.OBSERVING).state())
        .hasToString("{peer_state=observing - broadcast, observer_master_id=2}");
  }

  @Test
  void everyMemberKnowsItsLeader() {
    assertThat(view(1, Role.FOLLOWING).leader())
        .hasToString("{is_leader=false, leader_id=2, leader_ip=127.0.0.1}");
    assertThat(view(2, Role.LEADING).leader())
        .hasToString("{is_leader=true, leader_id=2, leader_ip=127.0.0.1}");
  }

  @Test
  void theLeaderListsItsObservers() {
    assertThat(view(2, Role.LEADING).observers())
        .hasToString(
            "{synced_observers=1, observers=[{remote_socket_address=/127.0.0.1:42472, sid=3,"
                + " established=1795184655654, queued_packets=0, queued_packets_size=0,"
                + " packets_received=56, packets_sent=64, requests=3, last_zxid=4294967305}]}");
    assertThat(view(1, Role.FOLLOWING).observers())
        .hasToString("{synced_observers=0, observers=[]}");
  }

  @Test
  void theVotersAreListedWithWhereTheyAre() {
    assertThat(view(2, Role.LEADING).votingView().get("current_config"))
        .hasToString(
            "{1={server_addresses=[127.0.0.1:2181], election_addresses=[127.0.0.1:3181],"
                + " client_address=0.0.0.0:4181, learner_type=participant},"
                + " 2={server_addresses=[127.0.0.1:2182], election_addresses=[127.0.0.1:3182],"
                + " client_address=0.0.0.0:4182, learner_type=participant}}");
  }

  @Test
  void theStateOfTheBroadcastIsTold() {
    Map<String, Object> state = view(3, Role.OBSERVING).zabState(0x100000009L);
    assertThat(state.keySet())
        .containsExactly(
            "myid",
            "is_leader",
            "quorum_address",
            "election_address",
            "client_address",
            "voting",
            "last_zxid",
            "zab_epoch",
            "zab_counter",
            "zabstate");
    assertThat(state)
        .containsEntry("voting", false)
        .containsEntry("last_zxid", "0x100000009")
        .containsEntry("zab_epoch", 1L)
        .containsEntry("zab_counter", 9L)
        .containsEntry("zabstate", "broadcast");
    assertThat(state.get("quorum_address"))
        .hasToString(
            "{empty=false, all_addresses=[127.0.0.1:2183], wildcard_addresses=[0.0.0.0:2183],"
                + " all_ports=[2183], all_host_strings=[127.0.0.1],"
                + " reachable_address=127.0.0.1:2183, all_reachable_addresses=[127.0.0.1:2183],"
                + " all_reachable_addresses_or_all=[127.0.0.1:2183],"
                + " reachable_or_one=127.0.0.1:2183, one=127.0.0.1:2183}");
  }
}
