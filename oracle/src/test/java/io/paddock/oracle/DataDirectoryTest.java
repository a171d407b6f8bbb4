package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import io.paddock.oracle.Workload.LeftOpen;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data directory changes hands between Apache and the server under test, there and back. */
class DataDirectoryTest {

  private static final int NODES = 6_000;

  @TempDir Path dir;

  private ServerSpec spec() {
    return ServerSpec.standard().in(dir);
  }

  private ApacheFiles files() {
    return new ApacheFiles(dir);
  }

  @Test
  void apachesDirectoryOpensHereAndGoesBack() {
    changeHands(Contender.oracle(), Contender.subject());
  }

  @Test
  void ourDirectoryOpensInApacheAndComesBack() {
    changeHands(Contender.subject(), Contender.oracle());
  }

  private void changeHands(Contender first, Contender second) {
    ServerSpec snapping = spec().with("snapCount", "500");
    TreeDump before;
    LeftOpen session;
    try (ServerUnderTest server = first.start(snapping)) {
      Workload work = new Workload(server.port());
      work.everyKindOfNode("/first");
      work.fill("/churn", 500);
      session = work.leaveASession("/left-open");
      work.churn("/churn", 500, 1_000, 1);
      before = TreeDump.of(server.port());
    }
    files().assertApacheLoadsItWithoutDigestMismatch();
    TreeDump between;
    try (ServerUnderTest server = second.start(snapping)) {
      before.assertSame(TreeDump.of(server.port()));
      resume(server, session);
      Workload work = new Workload(server.port());
      work.everyKindOfNode("/second");
      work.churn("/churn", 500, 1_000, 2);
      between = TreeDump.of(server.port());
    }
    files().assertApacheLoadsItWithoutDigestMismatch();
    try (ServerUnderTest server = first.start(snapping)) {
      between.assertSame(TreeDump.of(server.port()));
      resume(server, session);
      closeAndMiss(server, session);
    }
    files().assertApacheLoadsItWithoutDigestMismatch();
  }

  /** The session of before the restart is taken up again, and owns its ephemeral still. */
  private static void resume(ServerUnderTest server, LeftOpen session) {
    try (RawClient client = new RawClient(server.port())) {
      Welcome welcome = attach(client, session);
      assertThat(welcome.sessionId()).isEqualTo(session.id());
      assertThat(welcome.password()).isEqualTo(session.password());
      Jute.In owned = client.call(Op.path(OpCode.GET_EPHEMERALS, "/")).in();
      assertThat(owned.i32()).isEqualTo(1);
      assertThat(owned.str()).isEqualTo(session.ephemeral());
    }
  }

  private static Welcome attach(RawClient client, LeftOpen session) {
    return client.handshake(
        RawClient.connectRequest(0, Integer.MAX_VALUE, session.id(), session.password(), true));
  }

  private static void closeAndMiss(ServerUnderTest server, LeftOpen session) {
    try (RawClient client = new RawClient(server.port());
        RawClient witness = RawClient.session(server.port())) {
      attach(client, session);
      client.call(Op.bare(OpCode.CLOSE_SESSION));
      assertThat(witness.call(Op.exists(session.ephemeral(), false)).err()).isEqualTo(-101);
    }
  }

  @Test
  void apachesFuzzySnapshotWithATailOpensHere() {
    TreeDump before;
    long zxid;
    try (ServerUnderTest server = Contender.oracle().start(spec().with("snapCount", "4000"))) {
      Workload work = new Workload(server.port());
      work.fill("/fuzzy", NODES);
      int round = 0;
      do {
        assertThat(round).as("rounds without a fuzzy snapshot").isLessThan(20);
        work.churn("/fuzzy", NODES, 1_500, 100 + 10 * round++);
      } while (!files().newestSnapshotIsFuzzy());
      work.churn("/fuzzy", NODES, 200, 99);
      before = TreeDump.of(server.port());
      zxid = zxid(server);
    }
    List<String> ours;
    try (ServerUnderTest server = Contender.subject().start(spec())) {
      before.assertSame(TreeDump.of(server.port()));
      assertThat(zxid(server)).isEqualTo(zxid + 3);
      new Workload(server.port()).fill("/more", 200);
      new Workload(server.port()).churn("/more", 200, 300, 7);
      List<String> all = ApacheFiles.hashes(server.port());
      assertThat(all).hasSizeGreaterThan(5);
      ours = all.subList(all.size() - 5, all.size());
    }
    files().assertApacheLoadsItWithoutDigestMismatch();
    try (ServerUnderTest server = Contender.oracle().start(spec())) {
      assertThat(ApacheFiles.hashes(server.port())).containsAll(ours);
    }
  }

  /** The zxid that a new session's ping shows; opening that session took one. */
  private static long zxid(ServerUnderTest server) {
    try (RawClient client = RawClient.session(server.port())) {
      return client.call(Op.bare(OpCode.PING)).zxid();
    }
  }

  @Test
  void whatApacheAcknowledgedBeforeItWasKilledIsHere() {
    killThenOpen(Contender.oracle(), Contender.subject());
  }

  @Test
  void whatWeAcknowledgedBeforeWeWereKilledIsInApache() {
    killThenOpen(Contender.subject(), Contender.oracle());
  }

  private void killThenOpen(Contender killed, Contender opens) {
    int acknowledged = 0;
    ServerSpec durable = spec().with("forceSync", "yes").with("snapCount", "100");
    ServerProcess server = ServerProcess.start(killed.name().toLowerCase(Locale.ROOT), durable);
    try (RawClient client = RawClient.session(server.port())) {
      for (int i = 0; i < 2_000; i++) {
        client.request(OpCode.CREATE, Op.create("/k" + i, "data " + i).bodyAt(0));
      }
      for (int i = 0; i < 1_000; i++) {
        Frame reply = client.next();
        assertThat(reply.kind()).isEqualTo(Kind.FRAME);
        acknowledged++;
      }
      server.kill();
      for (Frame f = client.next(); f.kind() == Kind.FRAME; f = client.next()) {
        acknowledged++;
      }
    }
    try (ServerUnderTest after = opens.start(spec());
        RawClient client = RawClient.session(after.port())) {
      List<Integer> missing = new ArrayList<>();
      boolean ended = false;
      for (int i = 0; i < 2_000; i++) {
        Frame reply = client.call(Op.getData("/k" + i, false));
        boolean there = reply.err() == 0;
        if (there) {
          assertThat(reply.in().str()).isEqualTo("data " + i);
          assertThat(ended).as("a write survived that an earlier one did not").isFalse();
        }
        ended |= !there;
        if (!there && i < acknowledged) {
          missing.add(i);
        }
      }
      assertThat(missing).as("acknowledged and lost").isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gz", "snappy"})
  void apachesCompressedSnapshotsOpenHere(String method) {
    TreeDump before;
    ServerSpec compressing =
        spec().with("snapCount", "100").with("snapshot.compression.method", method);
    try (ServerUnderTest server = Contender.oracle().start(compressing)) {
      new Workload(server.port()).everyKindOfNode("/zipped");
      new Workload(server.port()).fill("/more", 50);
      new Workload(server.port()).churn("/more", 50, 300, 5);
      before = TreeDump.of(server.port());
    }
    assertThat(files().newestSnapshot().orElseThrow().getName()).endsWith("." + method);
    try (ServerUnderTest server = Contender.subject().start(spec())) {
      before.assertSame(TreeDump.of(server.port()));
    }
  }

  @Test
  void nullAndEmptyDataSurviveARestart() {
    try (ServerUnderTest server = Contender.subject().start(spec());
        RawClient client = RawClient.session(server.port())) {
      client.call(Op.create(OpCode.CREATE, "/null", null, Op.OPEN, 0));
      client.call(Op.create(OpCode.CREATE, "/empty", new byte[0], Op.OPEN, 0));
    }
    try (ServerUnderTest server = Contender.subject().start(spec());
        RawClient client = RawClient.session(server.port())) {
      assertThat(client.call(Op.getData("/null", false)).in().buf()).isNull();
      assertThat(client.call(Op.getData("/empty", false)).in().buf()).isEmpty();
    }
  }
}
