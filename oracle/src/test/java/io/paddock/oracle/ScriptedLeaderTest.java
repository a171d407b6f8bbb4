package io.paddock.oracle;

import static io.paddock.oracle.ScriptedEnsemble.OPEN_ACL;
import static io.paddock.oracle.ScriptedPeer.COMMIT;
import static io.paddock.oracle.ScriptedPeer.DIFF;
import static io.paddock.oracle.ScriptedPeer.LEADERINFO;
import static io.paddock.oracle.ScriptedPeer.NEWLEADER;
import static io.paddock.oracle.ScriptedPeer.PING;
import static io.paddock.oracle.ScriptedPeer.PROPOSAL;
import static io.paddock.oracle.ScriptedPeer.REQUEST;
import static io.paddock.oracle.ScriptedPeer.REVALIDATE;
import static io.paddock.oracle.ScriptedPeer.SNAP;
import static io.paddock.oracle.ScriptedPeer.SYNC;
import static io.paddock.oracle.ScriptedPeer.TRUNC;
import static io.paddock.oracle.ScriptedPeer.UPTODATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Welcome;
import io.paddock.oracle.ScriptedEnsemble.Play;
import io.paddock.oracle.ScriptedPeer.Link;
import io.paddock.oracle.ScriptedPeer.Packet;
import io.paddock.oracle.ScriptedPeer.Word;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A leader played from a script, first to Apache's server and then, word by word the same, to
 * Paddock: both answer alike. Each test is a leadership of its own, one epoch after the other.
 * Long, since all of them share the two servers, which are slow to start.
 */
@Timeout(180)
class ScriptedLeaderTest {
  private static final Duration PATIENCE = Duration.ofMillis(ScriptedPeer.PATIENCE_MS);
  private static Led apache;
  private static Led paddock;

  @BeforeAll
  static void start() throws Exception {
    apache = new Led(Kind.APACHE);
    paddock = new Led(Kind.PADDOCK);
  }

  @AfterAll
  static void stop() throws Exception {
    apache.ensemble.close();
    paddock.ensemble.close();
  }

  private static List<String> sameOfBoth(Play<Led> play) throws Exception {
    return ScriptedEnsemble.sameOfBoth(apache, paddock, play);
  }

  /** A follower, and the leader that it has. */
  private static final class Led {
    final ScriptedEnsemble ensemble;
    long epoch;
    long zxid;
    private Link link;

    Led(Kind kind) throws Exception {
      ensemble = new ScriptedEnsemble(kind, 1);
    }

    /** A new leadership, up to the follower's promise. */
    void discover(List<String> said) throws Exception {
      if (link != null) {
        link.close();
      }
      Word word = ensemble.winElection(zxid + 100, epoch + 1);
      said.add("votes with 0x" + Long.toHexString(word.zxid()) + " of epoch " + word.epoch());
      epoch++;
      link = ensemble.peer.acceptLearner();
      said.add(ensemble.text(link.read()));
      send(LEADERINFO, epoch << 32, new Jute.Out().i32(0x10000).bytes());
      said.add(ensemble.text(link.read()));
      if (said.get(said.size() - 1).startsWith("ACKEPOCH")) {
        return;
      }
      throw new AssertionError(said.toString());
    }

    void send(int type, long packetZxid, byte[] data) {
      link.packet(type, packetZxid, data);
    }

    void hear(List<String> said) {
      said.add(ensemble.text(link.read()));
    }

    /** NEWLEADER and UPTODATE, with the answer to each. */
    void establish(List<String> said) {
      send(NEWLEADER, epoch << 32, null);
      hear(said);
      send(UPTODATE, -1, null);
      hear(said);
    }

    void serve(List<String> said) throws Exception {
      discover(said);
      send(DIFF, zxid, null);
      establish(said);
    }

    long next() {
      zxid = zxid >>> 32 == epoch ? zxid + 1 : (epoch << 32) + 1;
      return zxid;
    }

    byte[] txn(long session, int cxid, int type, Jute.Out body) {
      return new Jute.Out()
          .i64(session)
          .i32(cxid)
          .i64(zxid)
          .i64(1_700_000_000_000L)
          .i32(type)
          .raw(body.bytes())
          .bytes();
    }

    byte[] create(String path) {
      return txn(
          0, 0, 1, new Jute.Out().str(path).buf(new byte[] {7}).raw(OPEN_ACL).bool(false).i32(-1));
    }

    /** Proposes, and waits for the acknowledgement. */
    void propose(byte[] txn, List<String> said) {
      send(PROPOSAL, zxid, txn);
      Packet ack = link.read();
      while (ack.type() == REQUEST) {
        // A client was faster than this proposal.
        asked.addLast(ack);
        ack = link.read();
      }
      said.add(ensemble.text(ack));
    }

    Packet request() {
      return asked.isEmpty() ? link.read() : asked.removeFirst();
    }

    /** The next request, answered by this transaction. */
    Packet answer(List<String> said, int type, Jute.Out body) {
      Packet request = request();
      said.add(ensemble.text(request));
      assertThat(request.type()).isEqualTo(REQUEST);
      Jute.In in = request.in();
      next();
      propose(txn(in.i64(), in.i32(), type, body), said);
      send(COMMIT, zxid, null);
      return request;
    }

    void refuse(List<String> said, int error) {
      answer(said, -1, new Jute.Out().i32(error));
    }

    /** A client of the follower, its session allowed by the script. */
    RawClient client(List<String> said) throws Exception {
      // Apache lets clients in a moment after it has acknowledged UPTODATE.
      ensemble.ensemble.await(1, "follower");
      RawClient client = new RawClient(ensemble.clientPort());
      client.send(RawClient.connectRequest(0, 30_000, 0, new byte[16], true));
      answer(said, -10, new Jute.Out().i32(30_000));
      Welcome welcome = client.readWelcome();
      assertThat(welcome).as("welcome of %s", ensemble.kind).isNotNull();
      said.add("welcome " + welcome.timeoutMs());
      sessionId = welcome.sessionId();
      password = welcome.password();
      return client;
    }

    private final ArrayDeque<Packet> asked = new ArrayDeque<>();
    private long sessionId;
    private byte[] password;
  }

  private static Frame next(RawClient client) {
    Frame frame = client.next(PATIENCE);
    while (frame.kind() == RawClient.Kind.FRAME && frame.isNotification()) {
      frame = client.next(PATIENCE);
    }
    return frame;
  }

  @Test
  void aFollowerTakesOverAHistoryAndAcknowledgesInOrder() throws Exception {
    List<String> said =
        sameOfBoth(
            (led, lines) -> {
              led.discover(lines);
              led.send(DIFF, led.zxid, null);
              // Not to be answered before UPTODATE (traps 4 and 5).
              led.send(PING, led.zxid, null);
              led.next();
              led.send(PROPOSAL, led.zxid, led.create("/taken-" + led.epoch));
              led.send(COMMIT, led.zxid, null);
              led.next();
              led.send(PROPOSAL, led.zxid, led.create("/left-" + led.epoch));
              led.send(NEWLEADER, led.epoch << 32, null);
              led.hear(lines);
              led.send(PING, led.zxid, null);
              led.send(UPTODATE, -1, null);
              // The second word on NEWLEADER, then the proposal that was left over (risks 10, 11).
              led.hear(lines);
              led.hear(lines);
              led.send(PING, led.zxid, null);
              led.hear(lines);
              led.send(COMMIT, led.zxid, null);
              led.next();
              led.propose(led.create("/live-" + led.epoch), lines);
              led.send(COMMIT, led.zxid, null);
              led.send(PING, led.zxid, null);
              led.hear(lines);
            });
    String epoch = Long.toHexString(paddock.epoch << 32);
    assertThat(said.get(3)).as("NEWLEADER is acknowledged").isEqualTo("ACK 0x" + epoch + " null");
    assertThat(said.get(4)).as("and UPTODATE").isEqualTo("ACK 0x" + epoch + " null");
    assertThat(said.get(5)).as("then what was left over").startsWith("ACK").endsWith("2 null");
    assertThat(said.get(6)).as("a ping is answered with data").startsWith("PING").endsWith(" 0");
  }

  @Test
  void whatItsClientsAskIsForwardedByteByByte() throws Exception {
    List<String> said = sameOfBoth(ScriptedLeaderTest::askEverything);
    assertThat(said).anyMatch(line -> line.contains("type -10 00007530 ids null"));
    assertThat(said).anyMatch(line -> line.contains("type 1 ") && line.contains("digest:me:"));
    assertThat(said).anyMatch(line -> line.contains("type -11  ids"));
  }

  private static void askEverything(Led led, List<String> said) throws Exception {
    led.serve(said);
    try (RawClient client = led.client(said)) {
      assertThat(
              client
                  .call(
                      OpCode.AUTH,
                      new Jute.Out()
                          .i32(0)
                          .str("digest")
                          .buf("me:pw".getBytes(StandardCharsets.UTF_8))
                          .bytes())
                  .err())
          .isZero();
      client.request(OpCode.CREATE, Op.create("/forwarded", "data").bodyAt(0));
      // Somebody else's transaction comes first, of another session and of none (trap 19).
      led.next();
      led.propose(led.txn(77, 1, -1, new Jute.Out().i32(-101)), said);
      led.send(COMMIT, led.zxid, null);
      led.refuse(said, -110);
      said.add("error " + next(client).err());
      Jute.Out acl = new Jute.Out().str("/forwarded").raw(OPEN_ACL).i32(-1);
      askAndRefuse(led, said, client, OpCode.SET_ACL, acl);
      Jute.Out set = new Jute.Out().str("/forwarded").buf(new byte[0]).i32(3);
      askAndRefuse(led, said, client, OpCode.SET_DATA, set);
      askAndRefuse(
          led, said, client, OpCode.SET_DATA, new Jute.Out().str("/forwarded").buf(null).i32(-1));
      askAndRefuse(led, said, client, OpCode.DELETE, new Jute.Out().str("/forwarded").i32(-1));
      Jute.Out create = new Jute.Out().str("/f-").buf(new byte[] {1, 2}).raw(OPEN_ACL);
      for (int type : new int[] {OpCode.CREATE2, OpCode.CREATE_CONTAINER}) {
        int flags = type == OpCode.CREATE2 ? 3 : 4;
        Jute.Out body = new Jute.Out().raw(create.bytes()).i32(flags);
        askAndRefuse(led, said, client, type, body);
      }
      Jute.Out ttl = new Jute.Out().raw(create.bytes()).i32(5).i64(60_000);
      askAndRefuse(led, said, client, OpCode.CREATE_TTL, ttl);
      Jute.Out multi =
          new Jute.Out()
              .i32(OpCode.CHECK)
              .bool(false)
              .i32(-1)
              .str("/forwarded")
              .i32(0)
              .i32(OpCode.SET_DATA)
              .bool(false)
              .i32(-1)
              .raw(set.bytes())
              .i32(-1)
              .bool(true)
              .i32(-1);
      Packet request = askAndRefuse(led, said, client, OpCode.MULTI, multi);
      assertThat(request.type()).isEqualTo(REQUEST);
      // Nobody looks at the path of a sync, nor at who asks.
      client.request(OpCode.SYNC, new Jute.Out().str("/").bytes());
      said.add(led.ensemble.text(led.link.read()).replaceAll("type 9 .*", "type 9"));
      led.send(SYNC, 0, null);
      said.add("synced " + next(client).err());
      client.request(OpCode.CLOSE_SESSION, new byte[0]);
      led.answer(said, -11, new Jute.Out().i32(0));
      said.add("closed " + next(client).err());
    }
  }

  private static Packet askAndRefuse(
      Led led, List<String> said, RawClient client, int type, Jute.Out body) {
    client.request(type, body.bytes());
    Packet request = led.request();
    said.add(led.ensemble.text(request));
    Jute.In in = request.in();
    led.next();
    led.propose(led.txn(in.i64(), in.i32(), -1, new Jute.Out().i32(-102)), said);
    led.send(COMMIT, led.zxid, null);
    said.add("error " + next(client).err());
    return request;
  }

  @Test
  void aBareCheckIsNeverForwarded() throws Exception {
    sameOfBoth(
        (led, said) -> {
          led.serve(said);
          RawClient client = led.client(said);
          client.request(OpCode.CHECK, new Jute.Out().str("/").i32(0).bytes());
          Frame last = next(client);
          said.add("check: " + last.kind() + " " + last.err());
          said.add("then: " + next(client).kind());
          client.close();
          // The next packet is another client's.
          led.client(said).close();
        });
  }

  @Test
  void aReturningClientIsLetInByTheLeadersWordOnly() throws Exception {
    List<String> said =
        sameOfBoth(
            (led, lines) -> {
              led.serve(lines);
              led.client(lines).close();
              byte[] comes = RawClient.connectRequest(0, 30_000, led.sessionId, led.password, true);
              for (boolean valid : new boolean[] {true, false}) {
                try (RawClient again = new RawClient(led.ensemble.clientPort())) {
                  again.send(comes);
                  Packet question = led.link.read();
                  lines.add(led.ensemble.text(question));
                  assertThat(question.type()).isEqualTo(REVALIDATE);
                  led.send(REVALIDATE, -1, new Jute.Out().i64(led.sessionId).bool(valid).bytes());
                  Welcome welcome = again.readWelcome();
                  lines.add("accepted " + (welcome != null && welcome.accepted()));
                }
              }
              try (RawClient liar = new RawClient(led.ensemble.clientPort())) {
                liar.send(RawClient.connectRequest(0, 30_000, led.sessionId, new byte[16], true));
                Welcome welcome = liar.readWelcome();
                lines.add("by a wrong password " + (welcome != null && welcome.accepted()));
              }
              // Nobody was asked about the wrong password.
              led.client(lines).close();
            });
    assertThat(said).contains("accepted true", "accepted false", "by a wrong password false");
  }

  @Test
  void aTailThatNobodyElseHasIsCutOff() throws Exception {
    List<String> said =
        sameOfBoth(
            (led, lines) -> {
              led.serve(lines);
              led.next();
              led.propose(led.create("/kept-" + led.epoch), lines);
              led.send(COMMIT, led.zxid, null);
              long kept = led.zxid;
              led.next();
              led.propose(led.create("/cut-" + led.epoch), lines);
              led.discover(lines);
              led.send(TRUNC, kept, null);
              led.zxid = kept;
              led.next();
              led.send(PROPOSAL, led.zxid, led.create("/instead-" + led.epoch));
              led.send(COMMIT, led.zxid, null);
              led.establish(lines);
              led.serve(lines);
            });
    assertThat(said.stream().filter(line -> line.startsWith("ACKEPOCH")).toList())
        .as("the tail, and then what came in its place")
        .satisfies(acks -> assertThat(acks.get(1)).contains("2 "))
        .satisfies(acks -> assertThat(acks.get(2)).contains("1 "));
  }

  /**
   * An Apache leader that has applied a failed multi has turned the parts before the failure into
   * errors but left their bytes, and so they come to a server that is behind.
   */
  @Test
  void aFailedMultiFromAnApacheLeadersMemoryIsTakenOver() throws Exception {
    sameOfBoth(
        (led, said) -> {
          led.discover(said);
          led.send(DIFF, led.zxid, null);
          led.next();
          byte[] wasDelete = new Jute.Out().str("/m").bytes();
          Jute.Out parts =
              new Jute.Out()
                  .i32(3)
                  .i32(-1)
                  .buf(wasDelete)
                  .i32(-1)
                  .buf(new Jute.Out().i32(-101).bytes())
                  .i32(-1)
                  .buf(new Jute.Out().i32(-2).bytes());
          led.send(PROPOSAL, led.zxid, led.txn(7, 7, 14, parts));
          led.send(COMMIT, led.zxid, null);
          led.establish(said);
          led.next();
          led.propose(led.create("/behind-" + led.epoch), said);
          led.send(COMMIT, led.zxid, null);
          led.serve(said);
        });
  }

  @Test
  void aSnapshotTakesThePlaceOfEverything() throws Exception {
    sameOfBoth(
        (led, said) -> {
          led.discover(said);
          led.zxid = led.epoch << 32 | 5;
          led.send(SNAP, led.zxid, null);
          Jute.Out stream = new Jute.Out().i32(0).i32(0);
          for (String path : List.of("", "/zookeeper", "/zookeeper/quota", "/streamed")) {
            stream.str(path).buf(new byte[] {9}).i64(-1);
            for (int i = 0; i < 4; i++) {
              stream.i64(0);
            }
            stream.i32(0).i32(0).i32(0).i64(0).i64(0);
          }
          led.link.send(stream.str("/").str("BenWasHere").bytes());
          led.next();
          led.send(PROPOSAL, led.zxid, led.create("/streamed/behind"));
          led.send(COMMIT, led.zxid, null);
          led.establish(said);
          try (RawClient client = led.client(said)) {
            for (String path : List.of("/streamed/behind", "/taken-1")) {
              said.add(path + " " + exists(client, path));
            }
          }
          led.serve(said);
        });
  }

  @Test
  void aSnapshotWithoutItsSignatureIsNone() throws Exception {
    List<String> said =
        sameOfBoth(
            (led, lines) -> {
              led.discover(lines);
              led.send(SNAP, led.epoch << 32 | 9, null);
              Jute.Out stream = new Jute.Out().i32(0).i32(0);
              stream.str("").buf(new byte[0]).i64(-1).raw(new byte[60]);
              led.link.send(stream.str("/").str("BenWasThere").bytes());
              lines.add("closed " + led.link.isClosedByPeer());
              led.serve(lines);
              led.next();
              led.propose(led.create("/whole-" + led.epoch), lines);
              led.send(COMMIT, led.zxid, null);
            });
    assertThat(said).contains("closed true");
  }

  /**
   * Traps 21 and 22 and risk 22: what the leader's sweeper takes away, transactions without
   * digests, and times that are the leader's and nobody else's.
   */
  @Test
  void whatALeaderOfAnotherTimeAndOtherSettingsProposesIsTakenAsItIs() throws Exception {
    List<String> said =
        sameOfBoth(
            (led, lines) -> {
              led.serve(lines);
              Jute.Out container =
                  new Jute.Out().str("/swept").buf(new byte[0]).raw(OPEN_ACL).i32(-1);
              commit(led, lines, led.next(), 19, container);
              Jute.Out mortal =
                  new Jute.Out().str("/mortal").buf(null).raw(OPEN_ACL).i32(-1).i64(60_000);
              commit(led, lines, led.next(), 21, mortal);
              try (RawClient client = led.client(lines)) {
                lines.add("container " + exists(client, "/swept"));
                lines.add("ttl " + exists(client, "/mortal"));
                commit(led, lines, led.next(), 20, new Jute.Out().str("/swept"));
                led.send(PING, led.zxid, null);
                led.hear(lines);
                client.request(OpCode.SYNC, new Jute.Out().str("/").bytes());
                led.link.read();
                led.send(SYNC, 0, null);
                lines.add("synced " + next(client).err());
                lines.add("swept " + exists(client, "/swept"));
              }
            });
    assertThat(said).contains("container 0 at 1700000000000", "swept -101");
  }

  private static void commit(Led led, List<String> said, long zxid, int type, Jute.Out body) {
    led.propose(led.txn(0, 0, type, body), said);
    led.send(COMMIT, zxid, null);
  }

  /** The error, and when the znode was made. */
  private static String exists(RawClient client, String path) {
    Frame frame = client.call(OpCode.EXISTS, new Jute.Out().str(path).bool(false).bytes());
    if (frame.err() != 0) {
      return "" + frame.err();
    }
    Jute.In stat = frame.in();
    stat.i64();
    stat.i64();
    return "0 at " + stat.i64();
  }

  /** Trap 20: nothing of what an earlier leader owed is expected of the next. */
  @Test
  void whatTheLastLeaderOwedIsForgotten() throws Exception {
    sameOfBoth(
        (led, said) -> {
          led.serve(said);
          RawClient early = led.client(said);
          early.request(OpCode.SYNC, new Jute.Out().str("/").bytes());
          assertThat(led.link.read().type()).isEqualTo(REQUEST);
          early.request(OpCode.CREATE, Op.create("/owed", "").bodyAt(0));
          assertThat(led.link.read().type()).isEqualTo(REQUEST);
          led.serve(said);
          said.add("cut " + (next(early).kind() == RawClient.Kind.END));
          early.close();
          try (RawClient client = led.client(said)) {
            client.request(OpCode.SYNC, new Jute.Out().str("/").bytes());
            led.link.read();
            led.send(SYNC, 0, null);
            said.add("synced " + next(client).err());
          }
        });
  }

  @Test
  void whoeverAsksAFollowerIsToldWhomItFollows() throws Exception {
    List<String> said =
        sameOfBoth(
            (led, lines) -> {
              led.serve(lines);
              lines.add(led.ensemble.askOfVoter());
              lines.add(led.ensemble.askOf(3));
              lines.add(led.ensemble.askOf(77));
              lines.add(led.ensemble.askOfVoter());
            });
    assertThat(said).filteredOn(line -> line.startsWith("state 1 leader 2 ")).hasSize(4);
  }

  @Test
  void onlyAnExactAcknowledgedHeadIsCommitted() throws Exception {
    // Apache's server would end with exit code 12 (trap 2); Paddock gives up the leader and lives.
    List<String> said = new ArrayList<>();
    paddock.serve(said);
    paddock.next();
    paddock.propose(paddock.create("/head-" + paddock.epoch), said);
    paddock.send(COMMIT, paddock.zxid + 1, null);
    assertThat(paddock.link.isClosedByPeer()).isTrue();
    apache.serve(said);
    apache.next();
    apache.propose(apache.create("/head-" + apache.epoch), said);
    paddock.serve(said);
    apache.serve(said);
    assertThat(said).filteredOn(line -> line.startsWith("ACKEPOCH")).hasSize(4);
  }
}
