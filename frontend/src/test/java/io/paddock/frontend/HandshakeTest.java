package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.replica.SessionIds;
import io.paddock.wire.ConnectResponse;
import io.paddock.wire.OpCode;
import io.paddock.wire.SessionPasswd;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The handshake of the client protocol sheet, section 2. */
class HandshakeTest {
  private static final byte[] NO_PASSWD = new byte[16];

  private final World world = new World();

  private ConnectResponse renew(Client client, long sessionId, byte[] passwd) {
    client.sendConnect(0, sessionId, 30_000, passwd, true).settle();
    return client.takeConnect();
  }

  @Test
  void theFirstSessionGetsItsIdTimeoutAndPassword() {
    Client ann =
        world
            .dial("ann")
            .sendHex(
                "00000000 0000000000000000 00007530 0000000000000000 00000010"
                    + "00000000000000000000000000000000 00");
    assertThat(ann.takeHex()).as("not before the session is durable").isEmpty();
    assertThat(ann.lane.wantsRead()).isFalse();
    assertThat(ann.resumed).isZero();
    world.settle();
    assertThat(ann.takeHex())
        .isEqualTo(
            "00000025000000000000753001"
                + "01234567890000"
                + "00000010"
                + HexFormat.of().formatHex(SessionPasswd.of(0x0101234567890000L))
                + "00");
    assertThat(ann.lane.wantsRead()).isTrue();
    assertThat(ann.resumed).isOne();
  }

  @Test
  void anIdThatLivesOnInTheTreeIsNotGivenOutAgain() {
    Client ann = world.connect("ann");
    SessionIds again = new SessionIds(1, 0x123456789L);
    world.loops.set(
        0, new View(world, world.last(), again, World.ACCESS, World.LIMITS, 1, Meter.NONE));
    Client bob = world.connect("bob");
    assertThat(bob.lane.sessionId()).isEqualTo(ann.lane.sessionId() + 1);
  }

  @Test
  void theReadOnlyByteIsAnsweredOnlyToThoseWhoSentIt() {
    Client old = world.dial("old").sendConnect(0, 0, 30_000, NO_PASSWD, false).settle();
    assertThat(old.takeHex()).hasSize(2 * (4 + 36));
    Client current = world.dial("new").sendConnect(0, 0, 30_000, NO_PASSWD, true).settle();
    assertThat(current.takeHex()).hasSize(2 * (4 + 37));
    Client gone = world.dial("gone").sendConnect(0, 99, 30_000, NO_PASSWD, false).settle();
    assertThat(gone.takeHex()).hasSize(2 * (4 + 36));
  }

  @Test
  void theTimeoutIsClamped() {
    int[][] wantedAndAgreed = {{-1, 4000}, {0, 4000}, {3999, 4000}, {4001, 4001}, {99_999, 40_000}};
    for (int[] pair : wantedAndAgreed) {
      Client ann = world.dial("ann").sendConnect(0, 0, pair[0], null, true).settle();
      assertThat(ann.takeConnect().timeoutMs()).isEqualTo(pair[1]);
      assertThat(world.last().tree().sessionTimeoutMs(ann.lane.sessionId())).isEqualTo(pair[1]);
    }
  }

  @Test
  void everySessionHasAnIdOfItsOwn() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob", 1);
    assertThat(bob.session.sessionId()).isEqualTo(ann.session.sessionId() + 1);
  }

  @Test
  void aSessionMovesToAConnectionThatKnowsItsPassword() {
    Client ann = world.connect("ann");
    long id = ann.session.sessionId();
    ann.addWatch(1, "/", 1).take();
    long zxid = world.last().zxid();
    Client again = world.dial("again");
    ConnectResponse renewed = renew(again, id, ann.session.passwd());
    assertThat(renewed.sessionId()).isEqualTo(id);
    assertThat(renewed.timeoutMs()).isEqualTo(30_000);
    assertThat(renewed.passwd()).isEqualTo(ann.session.passwd());
    assertThat(world.last().zxid()).as("a renewal is no transaction").isEqualTo(zxid);
    assertThat(ann.closed).isTrue();
    assertThat(world.loops.get(0).lane(id)).isSameAs(again.lane);
    again.create(1, "/a", "").settle();
    assertThat(again.heard()).containsExactly("#1 @2");
    assertThat(ann.take()).as("its watches have gone with it").isEmpty();
  }

  @Test
  void aSessionThatMovesToAnotherLoopLeavesNoConnectionBehind() {
    Client ann = world.connect("ann", 0);
    Client again = world.dial("again", 1);
    renew(again, ann.session.sessionId(), ann.session.passwd());
    assertThat(ann.closed).isTrue();
    assertThat(world.loops.get(0).sessionCount()).isZero();
    assertThat(world.loops.get(1).sessionCount()).isOne();
    // The old socket goes at last; the new connection is not touched by it.
    ann.lane.onClosed();
    again.ping();
    assertThat(again.heard()).containsExactly("#-2 @1");
  }

  @Test
  void aWrongPasswordLooksLikeAnExpiredSessionAndStillCutsTheOldConnection() {
    Client ann = world.connect("ann");
    long id = ann.session.sessionId();
    Client thief = world.dial("thief", 1).sendConnect(0, id, 30_000, NO_PASSWD, true).settle();
    String wrong = thief.takeHex();
    assertThat(wrong).isEqualTo("00000025" + "0".repeat(2 * 16) + "00000010" + "0".repeat(2 * 17));
    assertThat(thief.closed).isTrue();
    assertThat(ann.closed).isTrue();

    Client unknown = world.dial("unknown").sendConnect(0, 77, 30_000, SessionPasswd.of(77), true);
    assertThat(unknown.settle().takeHex()).isEqualTo(wrong);

    Client again = world.dial("again");
    assertThat(renew(again, id, ann.session.passwd()).sessionId()).isEqualTo(id);
  }

  @Test
  void aClosedSessionIsNotRenewed() {
    Client ann = world.connect("ann");
    ann.closeSession(1).settle();
    Client again = world.dial("again");
    assertThat(renew(again, ann.session.sessionId(), ann.session.passwd()).timeoutMs()).isZero();
    assertThat(again.closed).isTrue();
  }

  @Test
  void aConnectionThatBreaksDuringTheHandshakeHearsNothing() {
    Client ann = world.dial("ann").sendConnect(0, 0, 30_000, NO_PASSWD, true);
    ann.lane.onClosed();
    world.settle();
    assertThat(ann.takeHex()).isEmpty();
    assertThat(world.loops.get(0).sessionCount()).isZero();
    assertThat(world.last().tree().sessionCount()).isOne();
  }

  @Test
  void aFirstFrameThatIsNoConnectRequestClosesTheConnection() {
    Client ann = world.dial("ann").sendHex("00000000 0000");
    assertThat(ann.closed).isTrue();
    assertThat(ann.takeHex()).isEmpty();
  }

  @Test
  void noFrameMayBeHandedOverBeforeTheSessionIsEstablished() {
    Client ann = world.dial("ann").sendConnect(0, 0, 30_000, NO_PASSWD, true);
    assertThatThrownBy(ann::ping).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRequestTooShortForItsHeaderClosesTheConnection() {
    Client ann = world.connect("ann").sendHex("00000001 000000");
    assertThat(ann.closed).isTrue();
    assertThat(ann.takeHex()).isEmpty();
  }

  @Test
  void brokenAuthAndSaslPacketsCloseTheConnection() {
    for (OpCode op : new OpCode[] {OpCode.AUTH, OpCode.SASL}) {
      Client ann = world.connect("ann").send(-4, op, body -> body.writeByte(1));
      assertThat(ann.closed).isTrue();
      assertThat(ann.takeHex()).isEmpty();
    }
    Client bob = world.connect("bob").send(7, OpCode.SASL, body -> body.writeBuffer(null));
    assertThat(bob.closed).isTrue();
  }

  @Test
  void saslWithoutALoginHereIsAnsweredWithNoToken() {
    Client ann = world.connect("ann").send(7, OpCode.SASL, body -> body.writeBuffer(new byte[3]));
    assertThat(ann.takeHex()).isEqualTo("00000014" + "00000007" + "0".repeat(24) + "ffffffff");
    assertThat(ann.closed).isFalse();
  }

  @Test
  void aSessionIsReportedAtItsFirstFrameInARoundAndAtTheRoundsEndIfMoreCame() {
    Client ann = world.connect("ann");
    View loop = world.loops.get(0);
    world.touches.clear();
    String heard = Long.toHexString(ann.session.sessionId()) + " 30000";
    ann.ping();
    assertThat(world.touches).containsExactly(heard);
    ann.ping().ping().ping();
    assertThat(world.touches).hasSize(1);
    loop.endTouchRound();
    assertThat(world.touches).hasSize(2);
    loop.endTouchRound();
    assertThat(world.touches).hasSize(2);
    ann.ping();
    assertThat(world.touches).hasSize(3);
  }

  @Test
  void trafficIsCountedPerConnectionAndInAll() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    bob.get(5, "/", true);
    ann.set(6, "/", "x");
    world.nowNanos += 7_000_000;
    world.settle();
    Traffic traffic = ann.lane.traffic();
    assertThat(traffic.received()).isEqualTo(2);
    assertThat(traffic.sent()).isEqualTo(2);
    assertThat(traffic.lastOp()).isEqualTo(OpCode.SET_DATA);
    assertThat(traffic.lastCxid()).isEqualTo(6);
    assertThat(traffic.lastZxid()).isEqualTo(3);
    assertThat(traffic.lastLatencyMs()).isEqualTo(7);
    assertThat(traffic.latencyMinMs()).as("the new session's").isZero();
    assertThat(traffic.latencyMaxMs()).isEqualTo(7);
    assertThat(bob.lane.traffic().sent()).as("with the event").isEqualTo(3);
    assertThat(bob.lane.traffic().latencyMaxMs()).isZero();
    assertThat(world.counted.received).isEqualTo(4);
    assertThat(world.counted.events).isEqualTo(1);
    assertThat(world.counted.replies).as("with two new sessions").isEqualTo(4);
    assertThat(world.counted.transactions).isEqualTo(3);
  }
}
