package io.paddock.oracle;

import static io.paddock.oracle.ScriptedPeer.LOOKING;
import static io.paddock.oracle.ScriptedPeer.V1;
import static io.paddock.oracle.ScriptedPeer.V2;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.oracle.ScriptedEnsemble.Play;
import io.paddock.oracle.ScriptedPeer.Link;
import io.paddock.oracle.ScriptedPeer.Word;
import io.paddock.testkit.FreePorts;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.zookeeper.server.quorum.flexible.QuorumMaj;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The election port of a server in search of a leader, Apache's and Paddock's: who is answered, who
 * is dialled back, who is turned away (quorum sheet, sections 2.1 to 2.5). The server is the second
 * of two voters and has nobody to elect.
 */
@Timeout(180)
class ScriptedElectionTest {
  private static final int SILENCE_MS = 400;

  private static Searching apache;
  private static Searching paddock;

  @BeforeAll
  static void start() throws Exception {
    apache = new Searching(Kind.APACHE);
    paddock = new Searching(Kind.PADDOCK);
  }

  @AfterAll
  static void stop() throws Exception {
    apache.close();
    paddock.close();
  }

  private static List<String> sameOfBoth(Play<Searching> play) throws Exception {
    return ScriptedEnsemble.sameOfBoth(apache, paddock, play);
  }

  private static final class Searching implements AutoCloseable {
    final MixedEnsemble ensemble = new MixedEnsemble(2, 1, ScriptedEnsemble.UNHURRIED, Map.of());
    final ScriptedPeer voter;

    Searching(Kind kind) throws Exception {
      voter = new ScriptedPeer(1, ensemble.quorumPort(1), ensemble.electionPort(1));
      ensemble.start(2, kind);
      ScriptedEnsemble.awaitPort(port());
    }

    int port() {
      return ensemble.electionPort(2);
    }

    /** A stranger of a larger id keeps the connection it has dialled. */
    Link stranger(byte[] handshake) {
      return Link.dial(port()).send(handshake);
    }

    @Override
    public void close() throws Exception {
      voter.close();
      ensemble.close();
    }
  }

  private static byte[] handshake(long sid) {
    return ScriptedPeer.handshake(V1, sid, "127.0.0.1:9");
  }

  private static byte[] asks() {
    return asks(1);
  }

  private static byte[] asks(long round) {
    return ScriptedPeer.word(new Word(LOOKING, 9, 0, round, 0, "version=0"));
  }

  private static String text(Word word) {
    // The round goes up while nobody answers.
    return "state " + word.state() + " leader " + word.leader() + " zxid " + word.zxid();
  }

  @Test
  void everyHandshakeThereEverWasIsUnderstood() throws Exception {
    List<String> said =
        sameOfBoth(
            (server, lines) -> {
              long sid = 10;
              for (byte[] handshake :
                  List.of(
                      handshake(sid),
                      ScriptedPeer.handshake(V2, sid + 1, "127.0.0.1:9"),
                      ScriptedPeer.handshake(V2, sid + 2, "127.0.0.1:9|127.0.0.2:9|[::1]:9"),
                      ScriptedPeer.handshake(V1, sid + 3, "[0:0:0:0:0:0:0:1]:9"),
                      new Jute.Out().i64(sid + 4).bytes())) {
                try (Link link = server.stranger(handshake).send(asks())) {
                  lines.add(text(link.readWord()));
                }
              }
            });
    assertThat(said).hasSize(5).allMatch(line -> line.equals("state 0 leader 2 zxid 0"));
  }

  @Test
  void whatIsNoHandshakeEndsTheConnection() throws Exception {
    List<String> said =
        sameOfBoth(
            (server, lines) -> {
              for (byte[] handshake :
                  List.of(
                      ScriptedPeer.handshake(-5, 20, "127.0.0.1:9"),
                      ScriptedPeer.handshake(V1, 21, ""),
                      ScriptedPeer.handshake(V1, 22, "x".repeat(2049)),
                      ScriptedPeer.handshake(V1, 23, null),
                      ScriptedPeer.handshake(V1, 24, "nonsense"),
                      ScriptedPeer.handshake(V1, 2, "127.0.0.1:9"))) {
                try (Link link = server.stranger(handshake)) {
                  if (!Arrays.equals(handshake, ScriptedPeer.handshake(V1, 2, "127.0.0.1:9"))) {
                    lines.add("closed " + link.isClosedByPeer());
                  }
                }
              }
            });
    assertThat(said).hasSize(5).allMatch("closed true"::equals);
  }

  @Test
  void notificationsOfOlderReleasesAreAnsweredAndHalfOnesAreNot() throws Exception {
    List<String> said =
        sameOfBoth(
            (server, lines) -> {
              byte[] whole = Arrays.copyOfRange(asks(), 4, asks().length);
              for (int size : new int[] {27, 28, 36, 40, 44, whole.length}) {
                byte[] cut = Arrays.copyOf(whole, size);
                if (size == 44) {
                  // No configuration behind its length.
                  cut[43] = 0;
                }
                try (Link link = server.stranger(handshake(100 + size))) {
                  link.send(RawClient.framed(cut));
                  boolean dropped = size == 27 || size == 36;
                  lines.add(
                      size
                          + ": "
                          + (dropped ? link.isSilent(SILENCE_MS) : link.readWord().state()));
                }
              }
            });
    assertThat(said).containsExactly("27: true", "28: 0", "36: true", "40: 0", "44: 0", "53: 0");
  }

  @Test
  void aFrameOfAnImpossibleLengthEndsTheConnectionAndTheLongestIsRead() throws Exception {
    List<String> said =
        sameOfBoth(
            (server, lines) -> {
              for (int length : new int[] {0, -1, 524_289, Integer.MAX_VALUE}) {
                try (Link link = server.stranger(handshake(200))) {
                  link.send(new Jute.Out().i32(length).bytes());
                  lines.add(length + " closed " + link.isClosedByPeer());
                }
              }
              try (Link link = server.stranger(handshake(201))) {
                link.send(RawClient.framed(new byte[524_288]));
                lines.add(text(link.readWord()));
              }
            });
    assertThat(said).hasSize(5);
  }

  @Test
  void aConfigurationThatCannotBeReadDoesNotHideTheVote() throws Exception {
    List<String> said =
        sameOfBoth(
            (server, lines) -> {
              for (String config :
                  List.of("", "x".repeat(400_000), "server.1=nonsense\nversion=0")) {
                try (Link link = server.stranger(handshake(210 + config.length()))) {
                  link.send(ScriptedPeer.word(new Word(LOOKING, 9, 0, 1, 0, config)));
                  lines.add(text(link.readWord()));
                }
              }
            });
    assertThat(said).hasSize(3);
  }

  @Test
  void whatItTellsIsReadByApachesOwnClasses() throws Exception {
    List<String> said =
        sameOfBoth(
            (server, lines) -> {
              try (Link link = server.stranger(handshake(220)).send(asks())) {
                String config = link.readWord().config();
                Properties properties = new Properties();
                properties.load(new StringReader(config));
                QuorumMaj read = new QuorumMaj(properties);
                assertThat(read.toString()).isEqualTo(config);
                lines.add(
                    read.getVotingMembers().keySet()
                        + " "
                        + read.getObservingMembers().keySet()
                        + " "
                        + read.getVersion());
              }
            });
    assertThat(said).containsExactly("[1, 2] [3] 0");
  }

  @Test
  void aSmallerIdIsDialledBackAtTheAddressItTellsOrElseAtTheOneConfigured() throws Exception {
    sameOfBoth(
        (server, lines) -> {
          ScriptedPeer small = new ScriptedPeer(0, FreePorts.one(), FreePorts.one());
          try (small;
              Link nudge = server.stranger(small.handshake())) {
            lines.add("closed " + nudge.isClosedByPeer());
            try (Link back = small.acceptElection().send(asks())) {
              lines.add(text(back.readWord()));
            }
          }
          // Word of a voter that tells nothing to be dialled at; it has been dialled before.
          try (Link before = server.voter.acceptElection();
              Link nudge = server.stranger(ScriptedPeer.handshake(V1, 1, "0.0.0.0:9"))) {
            lines.add("closed " + nudge.isClosedByPeer() + before.isClosedByPeer());
            try (Link back = server.voter.acceptElection()) {
              lines.add(text(back.readWord()));
            }
          }
        });
  }

  /** Apache takes the first whose host is reachable; what listens there it does not ask. */
  @Test
  void ofSeveralAddressesOneThatAnswersIsFound() throws Exception {
    ScriptedPeer small = new ScriptedPeer(0, FreePorts.one(), FreePorts.one());
    try (small) {
      byte[] address = small.handshake();
      String own = new String(address, 20, address.length - 20, StandardCharsets.UTF_8);
      String dead = "127.0.0.1:" + FreePorts.one();
      paddock.stranger(ScriptedPeer.handshake(V2, 0, "0.0.0.0:9|" + dead + "|" + own)).close();
      try (Link back = small.acceptElection().send(asks())) {
        assertThat(text(back.readWord())).isEqualTo("state 0 leader 2 zxid 0");
      }
    }
  }

  /** Apache reads the address with one call and turns such a peer away (risk 6). */
  @Test
  void aHandshakeInManyPiecesIsUnderstood() throws Exception {
    byte[] handshake = handshake(230);
    try (Link link = Link.dial(paddock.port())) {
      for (byte piece : handshake) {
        link.send(new byte[] {piece});
      }
      byte[] asks = asks();
      link.send(Arrays.copyOf(asks, 30)).send(Arrays.copyOfRange(asks, 30, asks.length));
      assertThat(link.readWord().leader()).isEqualTo(2);
    }
  }

  @Test
  void observersWithoutAnIdAreToldApart() throws Exception {
    byte[] anonymous = handshake(Long.MAX_VALUE);
    try (Link one = paddock.stranger(anonymous).send(asks())) {
      assertThat(one.readWord().leader()).isEqualTo(2);
      try (Link other = paddock.stranger(anonymous).send(asks())) {
        assertThat(other.readWord().leader()).isEqualTo(2);
        assertThat(one.send(asks(2)).readWord().leader()).isEqualTo(2);
      }
    }
  }
}
