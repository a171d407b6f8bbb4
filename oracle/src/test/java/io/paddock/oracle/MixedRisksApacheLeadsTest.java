package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedRisks.Visit;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Interop risks (docs/interop.md, by number) with a Paddock, seat 2, under an Apache leader, seat
 * 3, until that one falls. One ensemble for all tests, in their order.
 */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MixedRisksApacheLeadsTest {
  private static final int LARGE_BYTES = 1_048_000;
  private static final int SESSIONMOVED = -118;

  private static MixedEnsemble ensemble;

  @BeforeAll
  static void start() throws Exception {
    ensemble = new MixedEnsemble(3, 0, MixedRisks.LIMITS, MixedRisks.PROPERTIES);
    ensemble.start(3, APACHE);
    ensemble.start(2, PADDOCK);
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
  @Order(1)
  void risk03WhatDoesNotDecodeNeverReachesTheApacheLeader() {
    Random random = new Random(3);
    int[] types = {
      OpCode.CREATE,
      OpCode.CREATE2,
      OpCode.CREATE_CONTAINER,
      OpCode.CREATE_TTL,
      OpCode.DELETE,
      OpCode.SET_DATA,
      OpCode.SET_ACL,
      OpCode.MULTI
    };
    Visit client = MixedRisks.session(ensemble, 2);
    for (int i = 0; i < 200; i++) {
      byte[] body = new byte[random.nextInt(60)];
      random.nextBytes(body);
      if (body.length >= 4 && random.nextBoolean()) {
        // A path of a possible length, so that the damage is further behind.
        ByteBuffer.wrap(body).putInt(Math.min(body.length - 4, 5));
      }
      int type = types[random.nextInt(types.length)];
      Frame reply = client.call(Op.of(type, body, "garbage"));
      assertThat(reply.kind()).isNotEqualTo(Kind.SILENCE);
      if (reply.kind() == Kind.END) {
        client.again();
      }
      if (i % 20 == 0) {
        // Writes by the leader go on; a damaged one would have stopped them all.
        MixedRisks.create(ensemble, 3, "/goes-on-" + i);
      }
    }
    client.close();
    MixedRisks.fuzz(ensemble.clientPort(2), 17, 300);
    for (int seat = 1; seat <= 3; seat++) {
      MixedRisks.create(ensemble, seat, "/went-on-" + seat);
    }
    MixedRisks.assertSameTrees(ensemble, 1, 2, 3);
  }

  @Test
  @Order(2)
  void risk04ABareCheckPoisonsNoLog() {
    for (int i = 0; i < 3; i++) {
      try (Visit client = MixedRisks.session(ensemble, 2)) {
        Frame reply = client.call(Op.check("/went-on-1", 0));
        assertThat(reply.kind() == Kind.END || reply.err() != 0).isTrue();
        client.again();
      }
      MixedRisks.create(ensemble, 2, "/checked-" + i);
    }
    // Everybody is started again in the last test.
  }

  @Test
  @Order(3)
  void risk16AlmostTooLargeGoesThroughAPaddockFollower() {
    try (Visit client = MixedRisks.session(ensemble, 2)) {
      assertThat(client.call(MixedRisks.largeCreate("/large", LARGE_BYTES)).err()).isZero();
    }
    for (int seat = 1; seat <= 3; seat++) {
      assertThat(MixedRisks.has(ensemble, seat, "/large")).isTrue();
    }
  }

  @Test
  @Order(4)
  void risk13AfterALeadersFallSessionsGoOnAndNoneHasMoved() throws Exception {
    RawClient paddocks = new RawClient(ensemble.clientPort(2));
    RawClient apaches = new RawClient(ensemble.clientPort(1));
    byte[] hello = RawClient.connectRequest(0, 30_000, 0, new byte[16], true);
    Welcome one = paddocks.handshake(hello);
    Welcome other = apaches.handshake(hello);
    assertThat(MixedRisks.call(paddocks, Op.create("/of-paddock", Op.EPHEMERAL)).err()).isZero();
    assertThat(MixedRisks.call(apaches, Op.create("/of-apache", Op.EPHEMERAL)).err()).isZero();
    for (int i = 0; i < 50; i++) {
      // In flight when the leader falls.
      paddocks.request(OpCode.SET_DATA, Op.setData("/of-paddock", "" + i).bodyAt(0));
      apaches.request(OpCode.SET_DATA, Op.setData("/of-apache", "" + i).bodyAt(0));
    }
    ensemble.stop(3);
    for (RawClient client : new RawClient[] {paddocks, apaches}) {
      for (Frame frame = client.next(); frame.kind() == Kind.FRAME; frame = client.next()) {
        assertThat(frame.err()).isNotEqualTo(SESSIONMOVED);
      }
      client.close();
    }
    ensemble.awaitServing(1, 2);
    for (int turn = 0; turn < 3; turn++) {
      // They come to the other server, and back.
      for (int seat = 1; seat <= 2; seat++) {
        try (RawClient client = MixedRisks.move(ensemble, seat, one)) {
          assertThat(MixedRisks.call(client, Op.setData("/of-paddock", "there")).err()).isZero();
        }
        try (RawClient client = MixedRisks.move(ensemble, 3 - seat, other)) {
          assertThat(MixedRisks.call(client, Op.setData("/of-apache", "there")).err()).isZero();
        }
      }
    }
    for (Welcome session : new Welcome[] {one, other}) {
      try (RawClient client = MixedRisks.move(ensemble, 1, session)) {
        MixedRisks.call(client, Op.bare(OpCode.CLOSE_SESSION));
      }
    }
    MixedRisks.assertSameTrees(ensemble, 1, 2);
  }

  @Test
  @Order(5)
  void risk21TailsThatOneAloneHasAreCutWhoeverLeads() throws Exception {
    ensemble.start(3, APACHE);
    ensemble.awaitServing(1, 2, 3);
    // A fallen Paddock leader, under an Apache of the next epoch.
    MixedRisks.settle(ensemble, "/first", 1, 2, 3);
    ensemble.stop(2);
    ensemble.awaitServing(1, 3);
    comesBackWithoutItsTail(2, PADDOCK, 1, "/paddocks-tail");
    // The same as follower, with a tail of the epoch that goes on.
    MixedRisks.settle(ensemble, "/second", 1, 2, 3);
    ensemble.stop(2);
    comesBackWithoutItsTail(2, PADDOCK, 0, "/paddocks-second-tail");
    // A fallen Apache leader, under the next.
    MixedRisks.settle(ensemble, "/third", 1, 2, 3);
    ensemble.stop(3);
    ensemble.awaitServing(1, 2);
    comesBackWithoutItsTail(3, APACHE, 2, "/apaches-tail");
    MixedRisks.assertSameTrees(ensemble, 1, 2, 3);
  }

  /**
   * @param writer where the others go on meanwhile; 0 when they do not
   */
  private static void comesBackWithoutItsTail(
      int seat, MixedEnsemble.Kind kind, int writer, String tail) throws Exception {
    if (writer > 0) {
      MixedRisks.create(ensemble, writer, tail + "-meanwhile");
    }
    MixedRisks.appendTail(ensemble.dataDir(seat), tail);
    ensemble.start(seat, kind);
    ensemble.await(seat, "follower");
    assertThat(MixedRisks.has(ensemble, seat, tail)).isFalse();
    assertThat(MixedRisks.has(ensemble, seat, tail + "-meanwhile")).isEqualTo(writer > 0);
    MixedRisks.create(ensemble, seat, tail + "-instead");
  }

  @Test
  @Order(6)
  void risk04EverybodyStartsAgainOnItsLog() throws Exception {
    for (int seat = 1; seat <= 3; seat++) {
      ensemble.stop(seat);
    }
    for (int seat = 1; seat <= 3; seat++) {
      ensemble.start(seat, seat == 2 ? PADDOCK : APACHE);
    }
    ensemble.awaitServing(1, 2, 3);
    assertThat(MixedRisks.has(ensemble, 2, "/checked-2")).isTrue();
    MixedRisks.assertSameTrees(ensemble, 1, 2, 3);
  }
}
