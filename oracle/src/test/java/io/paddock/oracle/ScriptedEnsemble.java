package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.oracle.ScriptedPeer.Link;
import io.paddock.oracle.ScriptedPeer.Packet;
import io.paddock.oracle.ScriptedPeer.Word;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ensemble of two voters and an observer in which one voter is a real server, Apache's or a
 * Paddock, and everybody else is a {@link ScriptedPeer}. What the server says is written down so
 * that two servers can be compared: sessions by the order of their appearance, no times.
 */
final class ScriptedEnsemble implements AutoCloseable {
  /** Everybody may do everything. */
  static final byte[] OPEN_ACL = new Jute.Out().i32(1).i32(31).str("world").str("anyone").bytes();

  /**
   * A script that plays elsewhere says nothing here, and its machine may be slow. And what a script
   * expects is what Apache's servers do, who log no moves of sessions.
   */
  static final Map<String, String> UNHURRIED =
      Map.of("initLimit", "120", "syncLimit", "120", "paddock.keepClients", "false");

  final Kind kind;
  final MixedEnsemble ensemble;
  final int server;
  final ScriptedPeer peer;
  private final Map<Long, String> sessions = new LinkedHashMap<>();
  private Link election;
  private long lastRound;

  /**
   * @param server the seat of the real server, 1 or 2; the other one's is the script's
   */
  ScriptedEnsemble(Kind kind, int server) throws IOException {
    this.kind = kind;
    this.server = server;
    ensemble = new MixedEnsemble(2, 1, UNHURRIED, Map.of());
    int other = 3 - server;
    peer = new ScriptedPeer(other, ensemble.quorumPort(other), ensemble.electionPort(other));
    ensemble.start(server, kind);
  }

  int electionPort() {
    return ensemble.electionPort(server);
  }

  int quorumPort() {
    return ensemble.quorumPort(server);
  }

  int clientPort() {
    return ensemble.clientPort(server);
  }

  /** Of the next question: the very same one is not answered again at once. */
  private long round;

  /** What a server that has a leader answers the script's voter, who looks for one. */
  String askOfVoter() {
    election.send(
        ScriptedPeer.word(new Word(ScriptedPeer.LOOKING, peer.sid, 0, ++round, 0, "version=0")));
    return settled(election);
  }

  /** What it answers a server without a vote: one that observes, is to join, or is unknown. */
  String askOf(long sid) {
    byte[] greeting = ScriptedPeer.handshake(ScriptedPeer.V1, sid, "127.0.0.1:9");
    try (Link link = Link.dial(electionPort()).send(greeting)) {
      Word asks = new Word(ScriptedPeer.LOOKING, Long.MIN_VALUE, 0, ++round, 0, "version=0");
      link.send(ScriptedPeer.word(asks));
      return settled(link);
    }
  }

  /** Words of the last election may still be on their way. */
  private static String settled(Link link) {
    Word word = link.readWord();
    while (word.state() == ScriptedPeer.LOOKING) {
      word = link.readWord();
    }
    return "state "
        + word.state()
        + " leader "
        + word.leader()
        + " zxid 0x"
        + Long.toHexString(word.zxid())
        + " epoch "
        + word.epoch();
  }

  /** The server in search of a leader follows the script, which claims this history. */
  Word winElection(long zxid, long epoch) throws InterruptedException {
    Word word = nextLooking();
    election.send(
        ScriptedPeer.word(
            new Word(ScriptedPeer.LOOKING, peer.sid, zxid, word.round(), epoch, word.config())));
    return word;
  }

  /** The server is told by its only peer that it is to lead. */
  void loseElection() throws InterruptedException {
    Word word = nextLooking();
    election.send(
        ScriptedPeer.word(
            new Word(
                ScriptedPeer.LOOKING,
                word.leader(),
                word.zxid(),
                word.round(),
                word.epoch(),
                word.config())));
  }

  /** The first word of the server's next election in which it names itself. */
  private Word nextLooking() throws InterruptedException {
    if (election == null) {
      election = electionLink();
    }
    while (true) {
      Word word = election.readWord();
      if (word.state() == ScriptedPeer.LOOKING
          && word.leader() == server
          && word.round() > lastRound) {
        lastRound = word.round();
        return word;
      }
    }
  }

  private Link electionLink() throws InterruptedException {
    if (peer.sid > server) {
      awaitPort(electionPort());
    }
    return peer.elect(server, electionPort());
  }

  /** Waits until something listens. */
  static void awaitPort(int port) throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      try {
        Link.dial(port).close();
        return;
      } catch (java.io.UncheckedIOException e) {
        if (System.nanoTime() - start > ScriptedPeer.PATIENCE_MS * 1_000_000L) {
          throw new AssertionError("nobody listens at port " + port, e);
        }
        Thread.sleep(20);
      }
    }
  }

  /** A session under a name that is the same for all servers. */
  String session(long id) {
    return id == 0 ? "0" : sessions.computeIfAbsent(id, s -> "S" + (sessions.size() + 1));
  }

  /** A packet as text; of a transaction everything but its time and the value of its digest. */
  String text(Packet packet) {
    String head = name(packet.type()) + " 0x" + Long.toHexString(packet.zxid());
    return switch (packet.type()) {
      case ScriptedPeer.REQUEST -> {
        Jute.In in = packet.in();
        yield head
            + " "
            + session(in.i64())
            + " cxid "
            + in.i32()
            + " type "
            + in.i32()
            + " "
            + hex(in.rest())
            + " ids "
            + packet.ids();
      }
      case ScriptedPeer.PROPOSAL, ScriptedPeer.INFORM -> head + " " + txn(packet.data());
      case ScriptedPeer.FOLLOWERINFO, ScriptedPeer.OBSERVERINFO -> {
        Jute.In in = packet.in();
        yield head + " sid " + in.i64() + " protocol " + in.i32() + " config " + in.i64();
      }
      case ScriptedPeer.REVALIDATE -> {
        Jute.In in = packet.in();
        yield head + " " + session(in.i64()) + " " + hex(in.rest());
      }
      case ScriptedPeer.PING ->
          head + (packet.data() == null ? " null" : " " + packet.data().length % 12);
      case ScriptedPeer.NEWLEADER ->
          head
              + " "
              + new String(packet.data(), java.nio.charset.StandardCharsets.UTF_8).lines().count();
      default -> head + " " + (packet.data() == null ? "null" : hex(packet.data()));
    };
  }

  private String txn(byte[] bytes) {
    Jute.In in = new Jute.In(bytes);
    String head = session(in.i64()) + " cxid " + in.i32() + " zxid 0x" + Long.toHexString(in.i64());
    boolean timed = in.i64() > 0;
    int type = in.i32();
    byte[] rest = in.rest();
    int end = rest.length;
    // The version of a digest, and eight bytes that depend on the time.
    boolean digest =
        end >= 12 && new Jute.In(java.util.Arrays.copyOfRange(rest, end - 12, end - 8)).i32() == 2;
    return head
        + (timed ? "" : " without a time")
        + " type "
        + type
        + " "
        + hex(digest ? java.util.Arrays.copyOf(rest, end - 12) : rest)
        + (digest ? " digest" : "");
  }

  /** What a script does with a server, and what it writes down. */
  interface Play<S> {
    void run(S server, List<String> said) throws Exception;
  }

  /**
   * Plays it with Apache's server and then with Paddock, of which the same must be written down.
   */
  static <S> List<String> sameOfBoth(S apache, S paddock, Play<S> play) throws Exception {
    List<String> ofApache = new ArrayList<>();
    play.run(apache, ofApache);
    List<String> ofPaddock = new ArrayList<>();
    play.run(paddock, ofPaddock);
    assertSame(ofPaddock, ofApache);
    return ofPaddock;
  }

  /** Says which line is the first that differs. */
  static void assertSame(List<String> ofPaddock, List<String> ofApache) {
    for (int i = 0; i < Math.min(ofApache.size(), ofPaddock.size()); i++) {
      assertThat(ofPaddock.get(i))
          .as("line %d, after %s", i, ofApache.subList(Math.max(0, i - 3), i))
          .isEqualTo(ofApache.get(i));
    }
    assertThat(ofPaddock).hasSameSizeAs(ofApache);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String name(int type) {
    return switch (type) {
      case ScriptedPeer.REQUEST -> "REQUEST";
      case ScriptedPeer.PROPOSAL -> "PROPOSAL";
      case ScriptedPeer.ACK -> "ACK";
      case ScriptedPeer.COMMIT -> "COMMIT";
      case ScriptedPeer.PING -> "PING";
      case ScriptedPeer.REVALIDATE -> "REVALIDATE";
      case ScriptedPeer.SYNC -> "SYNC";
      case ScriptedPeer.INFORM -> "INFORM";
      case ScriptedPeer.NEWLEADER -> "NEWLEADER";
      case ScriptedPeer.FOLLOWERINFO -> "FOLLOWERINFO";
      case ScriptedPeer.UPTODATE -> "UPTODATE";
      case ScriptedPeer.DIFF -> "DIFF";
      case ScriptedPeer.TRUNC -> "TRUNC";
      case ScriptedPeer.SNAP -> "SNAP";
      case ScriptedPeer.OBSERVERINFO -> "OBSERVERINFO";
      case ScriptedPeer.LEADERINFO -> "LEADERINFO";
      case ScriptedPeer.ACKEPOCH -> "ACKEPOCH";
      default -> "packet " + type;
    };
  }

  @Override
  public void close() throws InterruptedException {
    peer.close();
    if (election != null) {
      election.close();
    }
    ensemble.close();
  }
}
