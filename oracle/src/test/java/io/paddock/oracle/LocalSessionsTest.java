package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sessions that are one server's own, beside Apache's (client protocol sheet, section 8.3), at a
 * follower and at the leader.
 */
@Timeout(240)
class LocalSessionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void aLocalSessionThatMayNotBecomeGlobalMakesNoEphemerals() throws Exception {
    compare(false);
  }

  @Test
  void aLocalSessionBecomesGlobalWithItsFirstEphemeral() throws Exception {
    compare(true);
  }

  /** Among themselves, and each behind the other's leader. */
  private static void compare(boolean upgrading) throws Exception {
    List<String> apaches = transcript(APACHE, APACHE, upgrading);
    assertThat(transcript(PADDOCK, PADDOCK, upgrading)).isEqualTo(apaches);
    assertThat(transcript(PADDOCK, APACHE, upgrading)).as("Apache leads").isEqualTo(apaches);
    assertThat(transcript(APACHE, PADDOCK, upgrading)).as("Paddock leads").isEqualTo(apaches);
  }

  private static List<String> transcript(
      MixedEnsemble.Kind follower, MixedEnsemble.Kind leader, boolean upgrading) throws Exception {
    Map<String, String> settings =
        Map.of(
            "localSessionsEnabled",
            "true",
            "localSessionsUpgradingEnabled",
            Boolean.toString(upgrading));
    List<String> seen = new ArrayList<>();
    try (MixedEnsemble ensemble = new MixedEnsemble(2, 0, settings, Map.of())) {
      ensemble.start(1, follower);
      ensemble.start(2, leader);
      ensemble.await(2, "leader");
      ensemble.await(1, "follower");
      for (int seat : List.of(1, 2)) {
        seen.add(ensemble.mode(seat));
        talk(ensemble.clientPort(seat), ensemble.clientPort(3 - seat), "/" + seat, seen);
      }
    }
    return seen;
  }

  private static void talk(int port, int other, String path, List<String> seen) {
    RawClient.Welcome welcome;
    try (RawClient client = new RawClient(port)) {
      welcome = client.handshake(RawClient.connectRequest(0, 30_000, 0, new byte[16], true));
      seen.add("opened, readOnly " + Reading.bytes(welcome.tail()));
      count(port, seen);
      // In one piece: what makes the session global stands between two writes.
      List<Op> ops =
          List.of(
              Op.create(path, "0"),
              Op.setData(path, "1"),
              Op.create(path + "/e", Op.EPHEMERAL),
              Op.setData(path, "2"),
              Op.multi(
                  OpCode.MULTI,
                  List.of(Op.create(path + "/p", ""), Op.create(path + "/f", Op.EPHEMERAL))),
              Op.create(OpCode.CREATE2, path + "/s-", new byte[0], Op.OPEN, 3),
              Op.getData(path, false),
              Op.exists(path + "/e", false),
              Op.exists(path + "/f", false));
      List<Integer> xids = client.requests(ops, 0);
      for (int i = 0; i < ops.size(); i++) {
        RawClient.Frame frame = client.next(PATIENCE);
        assertThat(frame.xid()).isEqualTo(xids.get(i));
        seen.add(ops.get(i).words() + " " + frame.err() + body(ops.get(i), frame));
      }
      count(port, seen);
    }
    seen.add("elsewhere " + renewed(other, welcome, false));
    seen.add("at home " + renewed(port, welcome, false));
    seen.add("closed " + renewed(port, welcome, true));
    seen.add("and again " + renewed(port, welcome, false));
    count(port, seen);
    try (RawClient next = RawClient.session(other)) {
      next.call(Op.path(OpCode.SYNC, "/"));
      seen.add("the ephemeral " + next.call(Op.exists(path + "/e", false)).err());
      seen.add("closed at once " + next.call(Op.bare(OpCode.CLOSE_SESSION)).err());
    }
  }

  /** Bodies without stats. */
  private static String body(Op op, RawClient.Frame frame) {
    if (op.type() != OpCode.MULTI) {
      return "";
    }
    // Behind an Apache follower the leader says of a session it does not know that it has expired.
    return " " + Reading.bytes(frame.body()).replace("\\ff\\ff\\ff\\90", "\\ff\\ff\\ff\\88");
  }

  private static void count(int port, List<String> seen) {
    seen.add(
        "local "
            + FourLetterConformanceTest.monitor(port, "zk_local_sessions")
            + ", global "
            + FourLetterConformanceTest.monitor(port, "zk_global_sessions"));
  }

  private static String renewed(int port, RawClient.Welcome welcome, boolean thenClosed) {
    try (RawClient client = new RawClient(port)) {
      RawClient.Welcome again =
          client.handshake(
              RawClient.connectRequest(0, 30_000, welcome.sessionId(), welcome.password(), true));
      if (again == null) {
        return "cut";
      }
      String end = thenClosed ? " " + client.call(Op.bare(OpCode.CLOSE_SESSION)).err() : "";
      return (again.accepted() ? "alive" : "expired") + end;
    }
  }

  @Test
  void aLocalSessionThatIsNotHeardExpires() throws Exception {
    Map<String, String> settings = Map.of("localSessionsEnabled", "true");
    try (MixedEnsemble ensemble = new MixedEnsemble(2, 0, settings, Map.of())) {
      ensemble.start(1, PADDOCK);
      ensemble.start(2, PADDOCK);
      ensemble.await(2, "leader");
      ensemble.await(1, "follower");
      for (int seat : List.of(1, 2)) {
        try (RawClient client = new RawClient(ensemble.clientPort(seat))) {
          client.handshake(RawClient.connectRequest(0, 1000, 0, new byte[16], true));
          assertThat(client.next(PATIENCE).kind()).isEqualTo(RawClient.Kind.END);
        }
        assertThat(
                FourLetterConformanceTest.monitor(ensemble.clientPort(seat), "zk_local_sessions"))
            .isEqualTo("0");
      }
    }
  }
}
