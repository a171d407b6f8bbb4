package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What operators' tools read from a leader, a follower and an observer, beside Apache's (client
 * protocol sheet, section 12). One ensemble of each, with one session and its ephemeral.
 */
@Timeout(240)
class EnsembleMonitorTest {
  /** Seats by the part they play. */
  private static final Map<String, Integer> PARTS =
      new TreeMap<>(Map.of("follower", 1, "leader", 2, "observer", 3));

  /** One figure per learner and per first part of a path. */
  private static final Pattern GROWING = Pattern.compile("_learner_handler_|_per_namespace$");

  private static MixedEnsemble apache;
  private static MixedEnsemble paddock;
  private static RawClient ofApache;
  private static RawClient ofPaddock;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> settings = Map.of("localSessionsUpgradingEnabled", "true");
    apache = new MixedEnsemble(2, 1, settings, Map.of());
    paddock = new MixedEnsemble(2, 1, settings, Map.of());
    for (int seat = 1; seat <= 3; seat++) {
      apache.start(seat, APACHE);
      paddock.start(seat, PADDOCK);
    }
    for (MixedEnsemble ensemble : List.of(apache, paddock)) {
      for (Map.Entry<String, Integer> part : PARTS.entrySet()) {
        ensemble.await(part.getValue(), part.getKey());
      }
    }
    ofApache = session(apache);
    ofPaddock = session(paddock);
  }

  private static RawClient session(MixedEnsemble ensemble) {
    RawClient client = RawClient.session(ensemble.clientPort(1));
    assertThat(client.call(Op.create("/e", Op.EPHEMERAL)).err()).isZero();
    for (int seat : PARTS.values()) {
      try (RawClient other = RawClient.session(ensemble.clientPort(seat))) {
        other.call(Op.path(OpCode.SYNC, "/"));
        other.call(Op.bare(OpCode.CLOSE_SESSION));
      }
    }
    return client;
  }

  @AfterAll
  static void stop() throws Exception {
    ofApache.close();
    ofPaddock.close();
    apache.close();
    paddock.close();
  }

  private static String word(MixedEnsemble ensemble, int seat, String word) {
    return FourLetterConformanceTest.word(ensemble.clientPort(seat), word, false);
  }

  @Test
  void theWordsHaveApachesFormInEveryPart() {
    PARTS.forEach(
        (part, seat) -> {
          for (String word : List.of("srvr", "conf", "isro", "dirs", "wchs")) {
            assertThat(FourLetterConformanceTest.form(word(paddock, seat, word)))
                .as("%s of the %s", word, part)
                .isEqualTo(FourLetterConformanceTest.form(word(apache, seat, word)));
          }
          assertThat(word(paddock, seat, "srvr")).contains("Mode: " + part + "\n");
        });
  }

  @Test
  void theDumpTellsOfSessionsWhatApachesTells() {
    PARTS.forEach(
        (part, seat) ->
            assertThat(sessions(word(paddock, seat, "dump")))
                .as("dump of the %s", part)
                .isEqualTo(sessions(word(apache, seat, "dump"))));
  }

  /** Without connections, and without the times at which there is something to expire. */
  static List<String> sessions(String dump) {
    return FourLetterConformanceTest.form(dump.substring(0, dump.indexOf("Connections dump")))
        .lines()
        .filter(line -> !line.contains("expire at"))
        .toList();
  }

  @Test
  void theMonitorHasEveryKeyThatApachesHasInEveryPart() {
    PARTS.forEach(
        (part, seat) -> {
          Map<String, String> theirs = monitor(apache, seat);
          Map<String, String> ours = monitor(paddock, seat);
          TreeSet<String> missing = new TreeSet<>(theirs.keySet());
          missing.removeAll(ours.keySet());
          missing.removeIf(key -> GROWING.matcher(key).find());
          assertThat(missing).as("missing at the %s", part).isEmpty();
          for (String key :
              List.of(
                  "zk_server_state",
                  "zk_peer_state",
                  "zk_quorum_size",
                  "zk_global_sessions",
                  "zk_local_sessions",
                  "zk_ephemerals_count",
                  "zk_learners",
                  "zk_synced_followers",
                  "zk_synced_observers",
                  "zk_synced_non_voting_followers",
                  "zk_pending_syncs",
                  "zk_observer_master_id")) {
            assertThat(ours.get(key)).as("%s of the %s", key, part).isEqualTo(theirs.get(key));
          }
          // How often they look depends on how busy the machine is.
          for (Map<String, String> values : List.of(theirs, ours)) {
            assertThat(Integer.parseInt(values.get("zk_looking_count"))).as(part).isPositive();
          }
        });
  }

  private static Map<String, String> monitor(MixedEnsemble ensemble, int seat) {
    Map<String, String> values = new TreeMap<>();
    word(ensemble, seat, "mntr")
        .lines()
        .map(line -> line.split("\t", 2))
        .forEach(pair -> values.put(pair[0], pair[1]));
    assertThat(values).hasSizeGreaterThan(10);
    return values;
  }
}
