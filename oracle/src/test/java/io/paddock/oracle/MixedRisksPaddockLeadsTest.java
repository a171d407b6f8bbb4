package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedRisks.Visit;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Welcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Interop risks (docs/interop.md, by number) with a Paddock, seat 3, leading Apache's servers. The
 * ensemble is the same for all tests, which leave it whole.
 */
@Timeout(240)
@TestMethodOrder(MethodOrderer.MethodName.class)
class MixedRisksPaddockLeadsTest {
  private static final int LARGE_BYTES = 1_048_000;

  private static MixedEnsemble ensemble;

  @BeforeAll
  static void start() throws Exception {
    ensemble = new MixedEnsemble(3, 0, MixedRisks.LIMITS, MixedRisks.PROPERTIES);
    // Of two without a history the larger id wins.
    ensemble.start(3, PADDOCK);
    ensemble.start(2, APACHE);
    ensemble.await(3, "leader");
    ensemble.start(1, APACHE);
    ensemble.await(1, "follower");
    ensemble.await(2, "follower");
  }

  @AfterAll
  static void stop() throws Exception {
    ensemble.close();
  }

  @Test
  void risk01And14FailedRequestsLeaveNoHoleAndNoWrongDigest() throws Exception {
    int refused = 0;
    for (int seat = 1; seat <= 3; seat++) {
      refused += MixedRisks.fuzz(ensemble.clientPort(seat), 30 + seat, 300);
    }
    assertThat(refused).as("refused requests").isGreaterThan(100);
    for (int seat = 1; seat <= 2; seat++) {
      assertThat(MixedRisks.monitor(ensemble, seat, "zk_digest_mismatches_count")).isEqualTo("0");
      // A hole in its log would keep it from starting.
      ensemble.stop(seat);
      ensemble.start(seat, APACHE);
      ensemble.await(seat, "follower");
    }
    MixedRisks.assertSameTrees(ensemble, 1, 2, 3);
  }

  @Test
  void risk02ApachesAreRestartedInALoopUnderLoad() throws Exception {
    NumberedWriter writer = new NumberedWriter("/load");
    writer.prepare(ensemble.clientPort(3));
    AtomicBoolean enough = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Visit visit = MixedRisks.session(ensemble, 3);
    Thread load = new Thread(() -> writer.write(visit.client(), enough::get), "writer");
    load.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    load.start();
    for (int seat = 1; seat <= 2; seat++) {
      int before = writer.acknowledged();
      ensemble.stop(seat);
      ensemble.start(seat, APACHE);
      ensemble.await(seat, "follower");
      assertThat(writer.acknowledged()).as("writes go on without %d", seat).isGreaterThan(before);
    }
    enough.set(true);
    load.join();
    assertThat(failure.get()).isNull();
    visit.again();
    visit.close();
    for (int seat = 1; seat <= 3; seat++) {
      try (Visit late = MixedRisks.session(ensemble, seat)) {
        MixedRisks.sync(late);
      }
      writer.verify(ensemble.clientPort(seat));
    }
  }

  @Test
  void risk12ASessionMovesFromKindToKindWithItsEphemeral() {
    RawClient client = new RawClient(ensemble.clientPort(1));
    Welcome session = client.handshake(RawClient.connectRequest(0, 30_000, 0, new byte[16], true));
    assertThat(MixedRisks.call(client, Op.create("/moving", Op.EPHEMERAL)).err()).isZero();
    for (int seat : new int[] {3, 2, 3, 1}) {
      client.close();
      client = MixedRisks.move(ensemble, seat, session);
      Op write = Op.setData("/moving", "at " + seat);
      assertThat(MixedRisks.call(client, write).err()).as("write at %d", seat).isZero();
    }
    assertThat(MixedRisks.has(ensemble, 2, "/moving")).isTrue();
    assertThat(MixedRisks.call(client, Op.bare(OpCode.CLOSE_SESSION)).err()).isZero();
    client.close();
    for (int seat = 1; seat <= 3; seat++) {
      assertThat(MixedRisks.has(ensemble, seat, "/moving")).isFalse();
    }
  }

  @Test
  void risk16AlmostTooLargeIsTakenByAllAndTooLargeByNone() {
    for (int seat = 1; seat <= 3; seat++) {
      String path = "/large-" + seat;
      try (Visit visit = MixedRisks.session(ensemble, seat)) {
        assertThat(visit.call(MixedRisks.largeCreate(path, LARGE_BYTES)).err()).isZero();
      }
      for (int at = 1; at <= 3; at++) {
        assertThat(MixedRisks.has(ensemble, at, path)).isTrue();
      }
    }
    // A request within the bounds whose transaction is not: its ACL is that of many identities.
    try (Visit visit = MixedRisks.session(ensemble, 3)) {
      for (int i = 0; i < 60; i++) {
        visit.call(Op.auth("digest", "user" + i + ":pw"));
      }
      List<Op> parts = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        List<Op.Acl> auth = List.of(new Op.Acl(31, "auth", ""));
        parts.add(Op.create(OpCode.CREATE, "/many-" + i, new byte[0], auth, Op.PERSISTENT));
      }
      Frame reply = visit.call(Op.multi(OpCode.MULTI, parts));
      assertThat(reply.err()).as("refused, not proposed").isNotZero();
    }
    for (int seat = 1; seat <= 3; seat++) {
      MixedRisks.create(ensemble, seat, "/after-large-" + seat);
      assertThat(MixedRisks.has(ensemble, seat, "/many-0")).isFalse();
    }
  }

  @Test
  void risk21ATailThatAnApacheAloneHasIsCut() throws Exception {
    MixedRisks.settle(ensemble, "/before-tail", 1, 2, 3);
    ensemble.stop(1);
    MixedRisks.appendTail(ensemble.dataDir(1), "/tail");
    ensemble.start(1, APACHE);
    ensemble.await(1, "follower");
    assertThat(MixedRisks.has(ensemble, 1, "/tail")).isFalse();
    MixedRisks.create(ensemble, 1, "/instead-of-tail");
    for (int seat = 1; seat <= 3; seat++) {
      assertThat(MixedRisks.has(ensemble, seat, "/instead-of-tail")).isTrue();
    }
    assertThat(MixedRisks.monitor(ensemble, 1, "zk_digest_mismatches_count")).isEqualTo("0");
    // And it is not in the log any more either.
    ensemble.stop(1);
    ensemble.start(1, APACHE);
    ensemble.await(1, "follower");
    assertThat(MixedRisks.has(ensemble, 1, "/tail")).isFalse();
  }
}
