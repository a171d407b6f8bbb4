package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.oracle.ScriptedPeer.Link;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * A leader takes from a follower what it had: by a snapshot, which may break off or be none, or by
 * a cut, which may reach into an earlier epoch or miss the log. Whatever goes wrong, the follower
 * keeps what it had, asks again, and says so once.
 */
@Timeout(240)
class ReplacedStateTest {
  private static final String TOLD = "The snapshot of the leader at";

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private long epoch;
  private long zxid;

  @Test
  void theFollowerKeepsWhatItHadAndAsksAgain() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.paddock");
    AppenderBase<ILoggingEvent> log =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
          }
        };
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.WARN);
    try (ScriptedEnsemble ensemble = new ScriptedEnsemble(Kind.PADDOCK, 1)) {
      try (Link link = discover(ensemble, 0)) {
        zxid = epoch << 32 | 5;
        link.packet(ScriptedPeer.SNAP, zxid, null).send(stream("/old"));
        establish(link);
      }
      long had = zxid;
      byte[] whole = stream("/new");
      for (int end : new int[] {10, whole.length - 1}) {
        try (Link link = discover(ensemble, had)) {
          link.packet(ScriptedPeer.SNAP, epoch << 32 | 5, null).send(Arrays.copyOf(whole, end));
        }
      }
      byte[] unsigned = whole.clone();
      unsigned[unsigned.length - 1] ^= 1;
      try (Link link = discover(ensemble, had)) {
        link.packet(ScriptedPeer.SNAP, epoch << 32 | 5, null).send(unsigned);
        assertThat(link.isClosedByPeer()).isTrue();
      }
      assertThat(lines.stream().filter(line -> line.startsWith(TOLD)))
          .as("one line for each cause")
          .hasSize(2)
          .anyMatch(line -> line.contains("the connection was lost in the middle of it"))
          .anyMatch(line -> line.contains("a snapshot without its signature"))
          .allMatch(line -> line.contains("What this server had stays valid"));
      try (Link link = discover(ensemble, had)) {
        zxid = epoch << 32 | 5;
        link.packet(ScriptedPeer.SNAP, zxid, null).send(whole);
        establish(link);
      }
      discover(ensemble, zxid).close();
    } finally {
      logger.detachAppender(log);
      logger.setLevel(null);
    }
  }

  @Test
  void aTailIsCutAcrossEpochsAndACutThatMissesTheLogIsMadeGoodByASnapshot() throws Exception {
    try (ScriptedEnsemble ensemble = new ScriptedEnsemble(Kind.PADDOCK, 1)) {
      long kept;
      try (Link link = discover(ensemble, 0)) {
        link.packet(ScriptedPeer.DIFF, 0, null);
        establish(link);
        propose(link, true);
        propose(link, true);
        kept = zxid;
      }
      try (Link link = discover(ensemble, kept)) {
        link.packet(ScriptedPeer.DIFF, kept, null);
        establish(link);
        propose(link, false);
        propose(link, false);
      }
      try (Link link = discover(ensemble, zxid)) {
        link.packet(ScriptedPeer.TRUNC, kept, null);
        establish(link);
      }
      try (Link link = discover(ensemble, kept)) {
        link.packet(ScriptedPeer.DIFF, kept, null);
        establish(link);
        propose(link, false);
      }
      try (Link link = discover(ensemble, zxid)) {
        link.packet(ScriptedPeer.TRUNC, zxid - (1L << 32), null);
        assertThat(link.isClosedByPeer()).as("its log does not have that").isTrue();
      }
      try (Link link = offer(ensemble, zxid)) {
        ScriptedPeer.Packet promise = link.read();
        assertThat(promise.zxid()).as("it can say no more than that it is to be replaced").isZero();
        zxid = epoch << 32 | 5;
        link.packet(ScriptedPeer.SNAP, zxid, null).send(stream("/new"));
        establish(link);
      }
      discover(ensemble, zxid).close();
    }
  }

  private void propose(Link link, boolean commit) {
    zxid = zxid >>> 32 == epoch ? zxid + 1 : epoch << 32 | 1;
    byte[] error =
        new Jute.Out().i64(0).i32(0).i64(zxid).i64(1_700_000_000_000L).i32(-1).i32(-4).bytes();
    link.packet(ScriptedPeer.PROPOSAL, zxid, error);
    assertThat(link.readBesidePings().zxid()).isEqualTo(zxid);
    if (commit) {
      link.packet(ScriptedPeer.COMMIT, zxid, null);
    }
  }

  private Link discover(ScriptedEnsemble ensemble, long had) throws InterruptedException {
    Link link = offer(ensemble, had);
    assertThat(link.read().zxid()).as("what it says it has").isEqualTo(had);
    return link;
  }

  /** A new leadership, up to the offer of its epoch. */
  private Link offer(ScriptedEnsemble ensemble, long had) throws InterruptedException {
    assertThat(ensemble.winElection(zxid + 100, epoch + 1).zxid()).isEqualTo(had);
    epoch++;
    Link link = ensemble.peer.acceptLearner();
    assertThat(link.read().type()).isEqualTo(ScriptedPeer.FOLLOWERINFO);
    return link.packet(ScriptedPeer.LEADERINFO, epoch << 32, new Jute.Out().i32(0x10000).bytes());
  }

  private void establish(Link link) {
    link.packet(ScriptedPeer.NEWLEADER, epoch << 32, null);
    assertThat(link.read().zxid()).isEqualTo(epoch << 32);
    link.packet(ScriptedPeer.UPTODATE, -1, null);
    assertThat(link.read().zxid()).isEqualTo(epoch << 32);
  }

  private static byte[] stream(String name) {
    Jute.Out stream = new Jute.Out().i32(0).i32(0);
    for (String path : List.of("", "/zookeeper", "/zookeeper/quota", name)) {
      stream.str(path).buf(new byte[] {9}).i64(-1);
      for (int i = 0; i < 4; i++) {
        stream.i64(0);
      }
      stream.i32(0).i32(0).i32(0).i64(0).i64(0);
    }
    return stream.str("/").str("BenWasHere").bytes();
  }
}
