package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** The traps of the sheet's section 14 that concern handshakes, sessions and connections. */
class SessionConformanceTest extends ConformanceFixture {

  /** Runs a scenario against each server; both must give what is expected. */
  private void each(ToIntFunction<Integer> scenario, int expected) {
    assertThat(scenario.applyAsInt(apache.port())).as("Apache").isEqualTo(expected);
    assertThat(scenario.applyAsInt(subject.port())).as("subject").isEqualTo(expected);
  }

  @Test
  void trap10TheReadOnlyByteIsMirrored() {
    for (boolean withReadOnly : new boolean[] {true, false}) {
      each(
          port -> {
            try (RawClient client = new RawClient(port)) {
              client.send(RawClient.connectRequest(0, 30_000, 0, new byte[16], withReadOnly));
              return client.readPayload(RawClient.PATIENCE).length;
            }
          },
          withReadOnly ? 37 : 36);
    }
  }

  @Test
  void trap11BytesSentRightBehindTheHandshakeAreServedInOrder() {
    create("/n");
    each(
        port -> {
          try (RawClient client = new RawClient(port)) {
            ByteArrayOutputStream burst = new ByteArrayOutputStream();
            byte[] hello = RawClient.connectRequest(0, 30_000, 0, new byte[16], true);
            burst.writeBytes(RawClient.framed(hello));
            put(burst, -4, Op.auth("digest", "alice:s3cret"));
            put(burst, -8, Op.setWatches(0, java.util.Collections.nCopies(3, null)));
            put(burst, 1, Op.getData("/n", false));
            put(burst, 2, Op.bare(OpCode.WHO_AM_I));
            client.sendRaw(burst.toByteArray());
            assertThat(client.readWelcome().accepted()).isTrue();
            assertThat(client.next(4)).extracting(Frame::xid).containsExactly(-4, -8, 1, 2);
            return 0;
          }
        },
        0);
  }

  private static void put(ByteArrayOutputStream burst, int xid, Op op) {
    byte[] payload = RawClient.header(xid, op.type()).raw(op.bodyAt(0)).bytes();
    burst.writeBytes(RawClient.framed(payload));
  }

  @Test
  void trap12AWrongPasswordCutsTheOldConnectionAndTheSessionLives() {
    ok(0, Op.create("/e", Op.EPHEMERAL));
    String refused = connect(0, Attach.WRONG_PASSWORD);
    assertThat(refused)
        .contains("timeout=0 session=0 password=zeros", "the old connection: END")
        .contains("this connection: END");
    ok(1, Op.exists("/e", false));
    assertThat(connect(0, Attach.AGAIN)).contains("session=S0");
  }

  @Test
  void trap12AClosedSessionLooksLikeAWrongPassword() {
    ok(0, Op.bare(OpCode.CLOSE_SESSION));
    assertThat(connect(0, Attach.AGAIN)).contains("timeout=0 session=0 password=zeros");
  }

  @Test
  void trap13AClientFromTheFutureIsCutWithoutAWord() {
    assertThat(connect(0, Attach.FROM_THE_FUTURE)).contains("closed without a response");
  }

  @Test
  void trap14AMovedSessionLeavesItsOldConnectionDead() {
    each(
        port -> {
          try (RawClient old = new RawClient(port);
              RawClient young = new RawClient(port)) {
            byte[] hello = RawClient.connectRequest(0, 30_000, 0, new byte[16], true);
            Welcome first = old.handshake(hello);
            Welcome moved =
                young.handshake(
                    RawClient.connectRequest(0, 30_000, first.sessionId(), first.password(), true));
            assertThat(moved.sessionId()).isEqualTo(first.sessionId());
            assertThat(moved.password()).isEqualTo(first.password());
            assertThat(old.call(Op.create("/never", "x")).kind()).isEqualTo(Kind.END);
            return young.call(Op.exists("/never", false)).err();
          }
        },
        NO_NODE);
  }

  @Test
  void trap15AnExpiredSessionsConnectionJustEnds() {
    startBoth(ServerSpec.standard().with("tickTime", "200"));
    each(
        port -> {
          try (RawClient watcher = RawClient.session(port);
              RawClient silent = new RawClient(port)) {
            silent.handshake(RawClient.connectRequest(0, 400, 0, new byte[16], true));
            assertThat(silent.call(Op.create("/e", Op.EPHEMERAL)).err()).isZero();
            assertThat(watcher.call(Op.exists("/e", true)).err()).isZero();
            assertThat(silent.next().kind()).isEqualTo(Kind.END);
            assertThat(watcher.next().isNotification()).isTrue();
            return watcher.call(Op.exists("/e", false)).err();
          }
        },
        NO_NODE);
  }

  @Test
  void trap16ACheckOnItsOwnAndUnknownOpcodesEndTheConnection() {
    create("/n");
    int slot = 0;
    for (Op op :
        new Op[] {
          Op.check("/n", -1),
          Op.of(10, new byte[0], "opcode 10"),
          Op.of(77, new byte[5], "opcode 77"),
          Op.of(0, new byte[0], "notification"),
          Op.of(-1, new byte[0], "error")
        }) {
      agree(slot, op, -6);
      assertThat(both.connected(slot)).isFalse();
      connect(slot, Attach.AGAIN);
    }
  }

  @Test
  void trap16TtlNodesAreUnimplementedUnlessExtendedTypesAreOn() {
    startBoth(ServerSpec.standard().with("extendedTypesEnabled", "false"));
    agree(0, Op.createTtl("/t", null, Op.OPEN, Op.TTL, 1000), -6);
    agree(0, Op.createTtl("/t", null, Op.OPEN, Op.TTL_SEQUENTIAL, 0), -6);
    agree(0, Op.create("/t", Op.TTL));
    assertThat(both.connected(0)).isTrue();
    ok(0, Op.create(OpCode.CREATE_CONTAINER, "/c", null, Op.OPEN, Op.CONTAINER));
  }

  @Test
  void trap27TheTimeoutIsClampedToTheTick() {
    startBoth(ServerSpec.standard().with("tickTime", "3000"));
    for (int asked : new int[] {Integer.MIN_VALUE, 0, 5_999, 6_001, 60_001, Integer.MAX_VALUE}) {
      int granted = Math.max(6_000, Math.min(60_000, asked));
      each(
          port -> {
            try (RawClient client = new RawClient(port)) {
              byte[] hello = RawClient.connectRequest(0, asked, 0, null, true);
              return client.handshake(hello).timeoutMs();
            }
          },
          granted);
    }
  }

  @Test
  void trap27ASessionLivesItsWholeTimeout() {
    startBoth(ServerSpec.standard().with("tickTime", "300"));
    each(
        port -> {
          try (RawClient client = new RawClient(port)) {
            client.handshake(RawClient.connectRequest(0, 600, 0, new byte[16], true));
            long began = System.nanoTime();
            client.call(Op.create("/short", Op.EPHEMERAL));
            assertThat(client.next().kind()).isEqualTo(Kind.END);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(595), Duration.ofSeconds(3));
            return 0;
          }
        },
        0);
  }

  @Test
  void trap29TheFrameLimitIsExact() {
    for (int size : new int[] {1_048_575, 1_048_576}) {
      each(
          port -> {
            try (RawClient client = RawClient.session(port)) {
              Jute.Out frame = RawClient.header(1, OpCode.CREATE).str("/big" + size);
              int rest = size - frame.bytes().length - 4;
              byte[] body = new byte[rest - 4 - 8 - 5 - 4 - 6 - 4];
              frame.buf(body).vec(Op.OPEN, (o, a) -> a.write(o)).i32(0);
              byte[] payload = frame.bytes();
              client.send(java.util.Arrays.copyOf(payload, size));
              Frame reply = client.next();
              return reply.kind() == Kind.END ? -1 : reply.err();
            }
          },
          size == 1_048_575 ? 0 : -1);
    }
  }

  @Test
  void trap29ANegativeLengthEndsTheConnection() {
    for (int length : new int[] {-1, Integer.MIN_VALUE, 0x7fffffff}) {
      each(
          port -> {
            try (RawClient client = RawClient.session(port)) {
              client.sendRaw(new Jute.Out().i32(length).i32(1).i32(3).bytes());
              return client.next().kind().ordinal();
            }
          },
          Kind.END.ordinal());
    }
  }

  @Test
  void aHandshakeThatEndsEarlyIsCut() {
    byte[] whole = RawClient.connectRequest(0, 30_000, 0, new byte[16], false);
    for (int size : new int[] {0, 3, 4, 20, 27, 43}) {
      each(
          port -> {
            try (RawClient client = new RawClient(port)) {
              client.send(java.util.Arrays.copyOf(whole, size));
              return client.readPayload(RawClient.PATIENCE) == null ? -1 : 0;
            }
          },
          -1);
    }
  }

  @Test
  void passwordsAreTheOnesAnyServerCanCheck() {
    each(
        port -> {
          try (RawClient client = new RawClient(port)) {
            byte[] hello = RawClient.connectRequest(0, 30_000, 0, new byte[16], true);
            Welcome welcome = client.handshake(hello);
            byte[] expected = new byte[16];
            new Random(welcome.sessionId() ^ 0xB3415C00L).nextBytes(expected);
            assertThat(welcome.password()).isEqualTo(expected);
            return (int) (welcome.sessionId() >>> 56);
          }
        },
        1);
  }
}
