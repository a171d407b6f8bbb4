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
 * A leader's snapshot that breaks off, or is none: the follower keeps what it had, asks again, and
 * says so once.
 */
@Timeout(240)
class BrokenSnapshotTest {
  private static final String TOLD = "The snapshot of the leader at";

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private long epoch;
  private long zxid;

  @Test
  void theFollowerKeepsWhatItHadAndAsksAgain() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.paddock.server");
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

  private Link discover(ScriptedEnsemble ensemble, long had) throws InterruptedException {
    assertThat(ensemble.winElection(zxid + 100, epoch + 1).zxid()).isEqualTo(had);
    epoch++;
    Link link = ensemble.peer.acceptLearner();
    assertThat(link.read().type()).isEqualTo(ScriptedPeer.FOLLOWERINFO);
    link.packet(ScriptedPeer.LEADERINFO, epoch << 32, new Jute.Out().i32(0x10000).bytes());
    assertThat(link.read().zxid()).as("what it says it has").isEqualTo(had);
    return link;
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
