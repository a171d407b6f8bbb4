package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A leader that stood still until it was replaced, and wakes: a client that is still connected to
 * it has written a sync and a read meanwhile, after somebody else's write was acknowledged by the
 * new leader. Longer with {@code -Dsync.rounds=100}; {@code -Dsync.server=APACHE} shows what the
 * other one does.
 */
@Timeout(3600)
class DeposedLeaderSyncTest {
  private static final int ROUNDS = Integer.getInteger("sync.rounds", 5);
  private static final Kind KIND = Kind.valueOf(System.getProperty("sync.server", "PADDOCK"));
  private static final int SESSION_MS = 40_000;
  private static final int READERS = 8;

  /** Time enough to be cut by a server that has lost its quorum. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void aDeposedLeaderThatWakesAnswersNoSyncBeforeWhatItsSuccessorHasCommitted() throws Exception {
    List<String> settings =
        List.of("tickTime=2000", "initLimit=5", "syncLimit=1", "maxSessionTimeout=60000");
    List<String> stale = new ArrayList<>();
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(3), 3, 0, settings)) {
      // With client loops of their own answers leave at once; that is when a mistake shows.
      for (int i = 0; i < 3; i++) {
        ensemble.options(i, "-XX:ActiveProcessorCount=4");
      }
      ensemble.all().forEach(i -> ensemble.start(i, KIND));
      int first = ensemble.awaitLeader();
      ensemble.awaitServing(ensemble.all());
      try (RawClient client = connect(ensemble, first)) {
        assertThat(client.call(Op.create("/n", "0")).err()).isZero();
      }
      for (int round = 1; round <= ROUNDS; round++) {
        depose(ensemble, round, stale);
      }
    }
    assertThat(stale).as("answers from before the last write, in %d rounds", ROUNDS).isEmpty();
  }

  private static void depose(EnsembleProcesses ensemble, int round, List<String> stale) {
    int leader = ensemble.awaitLeader();
    List<RawClient> readers = new ArrayList<>();
    try {
      for (int i = 0; i < READERS; i++) {
        readers.add(connect(ensemble, leader));
      }
      ensemble.freeze(leader);
      try {
        long written = write(ensemble, round, leader);
        readers.forEach(DeposedLeaderSyncTest::syncAndRead);
        ensemble.thaw(leader);
        readers.forEach(reader -> judge(reader, round, written, stale));
      } finally {
        ensemble.thaw(leader);
      }
    } finally {
      readers.forEach(RawClient::close);
    }
    ensemble.awaitServing(ensemble.all());
  }

  private static void syncAndRead(RawClient reader) {
    Op sync = Op.path(OpCode.SYNC, "/n");
    Op read = Op.getData("/n", false);
    reader.request(sync.type(), sync.bodyAt(0));
    reader.request(read.type(), read.bodyAt(0));
  }

  /** Two answers, or the end of the connection, or one after the other. */
  private static void judge(RawClient reader, int round, long written, List<String> stale) {
    for (int i = 0; i < 2; i++) {
      RawClient.Frame frame = reader.next(PATIENCE);
      assertThat(frame.kind()).isNotEqualTo(RawClient.Kind.SILENCE);
      if (frame.kind() != RawClient.Kind.FRAME) {
        return;
      }
      if (frame.zxid() < written) {
        stale.add("round %d: %s, but 0x%x was written".formatted(round, frame, written));
      }
    }
  }

  /** Sets the znode at whoever leads next, as soon as somebody does. */
  private static long write(EnsembleProcesses ensemble, int round, int deposed) {
    long[] written = new long[1];
    byte[] value = Integer.toString(round).getBytes(StandardCharsets.UTF_8);
    ensemble.await(
        "a write after round " + round,
        () -> {
          int next = ensemble.leader();
          if (next == 0 || next == deposed) {
            return false;
          }
          try (RawClient writer = connect(ensemble, next)) {
            RawClient.Frame reply = writer.call(Op.setData("/n", value, -1));
            written[0] = reply.zxid();
            return reply.kind() == RawClient.Kind.FRAME && reply.err() == 0;
          } catch (AssertionError refused) {
            return false;
          }
        });
    return written[0];
  }

  private static RawClient connect(EnsembleProcesses ensemble, int seat) {
    RawClient client = new RawClient(ensemble.client(seat), Duration.ofSeconds(5));
    RawClient.Welcome welcome =
        client.handshake(RawClient.connectRequest(0, SESSION_MS, 0, new byte[16], true));
    if (welcome == null || !welcome.accepted()) {
      client.close();
      throw new AssertionError("server " + seat + " refused a session: " + welcome);
    }
    return client;
  }
}
