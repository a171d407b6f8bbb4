package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static io.paddock.oracle.ScriptedPeer.LOOKING;
import static io.paddock.oracle.ScriptedPeer.V1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.paddock.oracle.ScriptedPeer.Link;
import io.paddock.oracle.ScriptedPeer.Word;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Strangers at the election and quorum ports of a leader: whatever they send and however many they
 * are, the ensemble goes on, what they hold is bounded, and the log has a line and not a flood.
 */
@Timeout(240)
class HostilePeersTest {
  private static final int STRANGERS = 300;

  /** As many as a port keeps before they have said who they are. */
  private static final int KEPT_MAX = 64;

  /** Of two ports, for hundreds of connections. */
  private static final int WARNINGS_MAX = 25;

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.paddock");
  private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

  private static MixedEnsemble ensemble;

  @BeforeAll
  static void start() throws Exception {
    LOG.start();
    LOGGER.addAppender(LOG);
    LOGGER.setLevel(Level.WARN);
    LOGGER.setAdditive(false);
    ensemble = new MixedEnsemble(2, 1);
    ensemble.start(1, PADDOCK);
    ensemble.start(2, PADDOCK);
    ensemble.await(2, "leader");
  }

  @AfterAll
  static void stop() throws Exception {
    ensemble.close();
    LOGGER.detachAppender(LOG);
    LOGGER.setLevel(null);
    LOGGER.setAdditive(true);
  }

  /** After every test: the leader leads still, and takes a write. */
  @AfterEach
  void theEnsembleGoesOn() {
    assertThat(ensemble.mode(2)).isEqualTo("leader");
    try (RawClient client = RawClient.session(ensemble.clientPort(1))) {
      assertThat(client.call(Op.create("/after-", "data")).err()).isIn(0, -110);
    }
  }

  /** All strangers are of one host, and however different their nonsense is, some lines tell it. */
  private static void checkWarnings(String expected) {
    List<String> warnings =
        List.copyOf(LOG.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertThat(warnings).hasSizeLessThan(WARNINGS_MAX);
    assertThat(warnings).anyMatch(line -> line.contains(expected));
  }

  private static int electionPort() {
    return ensemble.electionPort(2);
  }

  private static byte[] greeting(long sid) {
    return ScriptedPeer.handshake(V1, sid, "127.0.0.1:9");
  }

  private static Word ask(Link link) {
    return link.send(ScriptedPeer.word(new Word(LOOKING, 9, 0, 1, 0, "version=0"))).readWord();
  }

  /** What the servers said and what their cores are at, for a failure that is rarely seen. */
  private static String account() {
    StringBuilder account = new StringBuilder();
    List.copyOf(LOG.list)
        .forEach(event -> account.append(event.getFormattedMessage()).append('\n'));
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              if (thread.getName().startsWith("paddock-core")) {
                account.append(thread.getName()).append('\n');
                List.of(stack).forEach(at -> account.append("  ").append(at).append('\n'));
              }
            });
    return account.toString();
  }

  private static void awaitClosed(List<Link> links) {
    for (Link link : links) {
      assertThat(link.isClosedByPeer()).as(HostilePeersTest::account).isTrue();
      link.close();
    }
  }

  @Test
  void garbageEndsItsConnectionWithOneLineForAll() {
    Random random = new Random(11);
    List<Link> links = new ArrayList<>();
    for (int port : new int[] {electionPort(), ensemble.quorumPort(2)}) {
      for (int i = 0; i < 100; i++) {
        byte[] garbage = new byte[200 + random.nextInt(3000)];
        random.nextBytes(garbage);
        // Neither a bare sid nor a packet there is.
        garbage[0] = (byte) (0x80 | i);
        garbage[12] = (byte) 0x80;
        links.add(Link.dial(port).send(garbage));
      }
      links.add(
          Link.dial(port)
              .send(
                  "GET / HTTP/1.1\r\nHost: here\r\n\r\n"
                      .repeat(3)
                      .getBytes(StandardCharsets.UTF_8)));
    }
    // The text of HTTP is a sid to the election port, and then a frame of an impossible length.
    awaitClosed(links);
    checkWarnings("is no ZooKeeper");
  }

  @Test
  void silentConnectionsAreKeptInABoundedNumberAndInNobodysWay() {
    for (int port : new int[] {electionPort(), ensemble.quorumPort(2)}) {
      List<Link> links = new ArrayList<>();
      for (int i = 0; i < STRANGERS; i++) {
        links.add(Link.dial(port));
      }
      try (Link good = Link.dial(electionPort()).send(greeting(40))) {
        assertThat(ask(good).leader()).as("whoever speaks is heard").isEqualTo(2);
      }
      awaitClosed(links.subList(0, STRANGERS - KEPT_MAX));
      links.forEach(Link::close);
    }
  }

  @Test
  void halfAHandshakeIsWaitedForOnlySoLong() {
    byte[] handshake = greeting(41);
    List<Link> links =
        List.of(
            Link.dial(electionPort()).send(java.util.Arrays.copyOf(handshake, 7)),
            Link.dial(electionPort())
                .send(java.util.Arrays.copyOf(handshake, handshake.length - 1)));
    awaitClosed(links);
  }

  @Test
  void unknownServersAreManyAtATimeButNotWithoutEnd() {
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      links.add(Link.dial(electionPort()).send(greeting(1000 + i)));
    }
    assertThat(ask(links.get(0)).leader()).isEqualTo(2);
    assertThat(links.get(59).isClosedByPeer()).as("one too many").isTrue();
    links.forEach(Link::close);
    // Once they have gone there is room again; when they have is the server's to notice.
    Word word = null;
    for (int i = 0; word == null && i < 600; i++) {
      try (Link link = Link.dial(electionPort()).send(greeting(2000 + i))) {
        word = ask(link);
      } catch (AssertionError turnedAway) {
        // Another one.
      }
    }
    assertThat(word).isNotNull();
    checkWarnings("have no server line");
  }

  @Test
  void whatClaimsToBeLongIsRefusedBeforeItIsThere() {
    List<Link> links = new ArrayList<>();
    for (int length : new int[] {Integer.MAX_VALUE, 3_000_000, -2}) {
      links.add(
          Link.dial(ensemble.quorumPort(2))
              .send(new Jute.Out().i32(16).i64(0).i32(length).bytes()));
      links.add(
          Link.dial(ensemble.quorumPort(2))
              .send(new Jute.Out().i32(16).i64(0).i32(-1).i32(Math.abs(length)).bytes()));
    }
    awaitClosed(links.subList(0, 4));
    links.forEach(Link::close);
  }

  @Test
  void aLearnerThatSaysWhatNoneSaysLosesItsOwnConnectionOnly() {
    List<Link> links = new ArrayList<>();
    for (int type : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 17, 18, 19, 99}) {
      byte[] data = new Jute.Out().i64(3).i32(0x10000).i64(0).bytes();
      links.add(Link.dial(ensemble.quorumPort(2)).packet(type, 0, data));
    }
    for (long sid : new long[] {2, 3}) {
      // The leader's own id; and an epoch after which there is none.
      long zxid = sid == 3 ? 0x7fff_ffff_0000_0000L : 0;
      links.add(
          Link.dial(ensemble.quorumPort(2))
              .packet(ScriptedPeer.OBSERVERINFO, zxid, ScriptedPeer.learnerInfo(sid)));
    }
    awaitClosed(links);
  }
}
