package io.paddock.oracle;

import static io.paddock.oracle.ScriptedEnsemble.OPEN_ACL;
import static io.paddock.oracle.ScriptedPeer.ACK;
import static io.paddock.oracle.ScriptedPeer.ACKEPOCH;
import static io.paddock.oracle.ScriptedPeer.COMMIT;
import static io.paddock.oracle.ScriptedPeer.FOLLOWERINFO;
import static io.paddock.oracle.ScriptedPeer.INFORM;
import static io.paddock.oracle.ScriptedPeer.LEADERINFO;
import static io.paddock.oracle.ScriptedPeer.NEWLEADER;
import static io.paddock.oracle.ScriptedPeer.OBSERVERINFO;
import static io.paddock.oracle.ScriptedPeer.PING;
import static io.paddock.oracle.ScriptedPeer.PROPOSAL;
import static io.paddock.oracle.ScriptedPeer.REQUEST;
import static io.paddock.oracle.ScriptedPeer.REVALIDATE;
import static io.paddock.oracle.ScriptedPeer.SYNC;
import static io.paddock.oracle.ScriptedPeer.UPTODATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import io.paddock.oracle.ScriptedEnsemble.Play;
import io.paddock.oracle.ScriptedPeer.Link;
import io.paddock.oracle.ScriptedPeer.Packet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * A follower and observers played from a script, first with Apache's server as their leader and
 * then, word by word the same, with Paddock: both propose, commit and answer the same, but for
 * times. One leadership for all tests, so they come in the order of their names.
 */
@Timeout(180)
@TestMethodOrder(MethodOrderer.MethodName.class)
class ScriptedLearnerTest {
  private static final long SESSION = 0x0100_0000_0000_0001L;

  /**
   * A place behind the failed multi: an Apache server that has applied one remembers its parts as
   * errors, with the old parts' bytes, and sends them like that to whoever comes later.
   */
  private static final int EARLY = 0x0b;

  private static Leading apache;
  private static Leading paddock;

  @BeforeAll
  static void start() throws Exception {
    apache = new Leading(Kind.APACHE);
    paddock = new Leading(Kind.PADDOCK);
  }

  @AfterAll
  static void stop() throws Exception {
    apache.close();
    paddock.close();
  }

  private static List<String> sameOfBoth(Play<Leading> play) throws Exception {
    return ScriptedEnsemble.sameOfBoth(apache, paddock, play);
  }

  /** A leader, and the follower that makes its quorum. */
  private static final class Leading implements AutoCloseable {
    final ScriptedEnsemble ensemble;
    final List<String> joined = new ArrayList<>();
    Link follower;
    long mark;
    int cxid;

    Leading(Kind kind) throws Exception {
      ensemble = new ScriptedEnsemble(kind, 2);
      ensemble.loseElection();
      ScriptedEnsemble.awaitPort(ensemble.quorumPort());
      follower = learner(FOLLOWERINFO, 1, 0, joined);
      takeOver(follower, joined);
    }

    /** A learner whose log ends at {@code logged}, up to what is chosen for it. */
    Link learner(int type, long sid, long logged, List<String> said) {
      Link link = Link.dial(ensemble.quorumPort());
      link.packet(type, logged >>> 32 << 32, ScriptedPeer.learnerInfo(sid));
      Packet info = link.readBesidePings();
      assertThat(info.type()).isEqualTo(LEADERINFO);
      mark = info.zxid();
      said.add(ensemble.text(info));
      link.packet(ACKEPOCH, logged, new Jute.Out().i32((int) (logged >>> 32)).bytes());
      return link;
    }

    /** Everything up to UPTODATE. */
    void takeOver(Link link, List<String> said) {
      Packet packet = link.readBesidePings();
      while (packet.type() != NEWLEADER) {
        said.add(ensemble.text(packet));
        packet = link.readBesidePings();
      }
      said.add(ensemble.text(packet));
      link.packet(ACK, mark, null);
      hear(link, said);
      link.packet(ACK, mark, null);
    }

    Packet hear(Link link, List<String> said) {
      Packet packet = link.readBesidePings();
      said.add(ensemble.text(packet));
      return packet;
    }

    void ask(Link link, long session, int type, byte[] body) {
      byte[] data = new Jute.Out().i64(session).i32(cxid++).i32(type).raw(body).bytes();
      link.send(ScriptedPeer.packet(REQUEST, -1, data).i32(1).str("ip").str("127.0.0.1").bytes());
    }

    /** Asks, and acknowledges what is proposed; proposal and commit are written down. */
    Packet write(long session, int type, Jute.Out body, List<String> said) {
      ask(follower, session, type, body.bytes());
      return commit(said);
    }

    Packet commit(List<String> said) {
      Packet proposal = hear(follower, said);
      assertThat(proposal.type()).as(said::toString).isEqualTo(PROPOSAL);
      follower.packet(ACK, proposal.zxid(), null);
      assertThat(hear(follower, said).type()).as(said::toString).isEqualTo(COMMIT);
      return proposal;
    }

    @Override
    public void close() throws Exception {
      if (follower != null) {
        follower.close();
      }
      ensemble.close();
    }
  }

  private static Jute.Out create(String path, int flags) {
    return new Jute.Out().str(path).buf(new byte[] {1, 2, 3}).raw(OPEN_ACL).i32(flags);
  }

  private static Jute.Out part(Jute.Out multi, int type, Jute.Out body) {
    return multi.i32(type).bool(false).i32(-1).raw(body.bytes());
  }

  private static Jute.Out end(Jute.Out multi) {
    return multi.i32(-1).bool(true).i32(-1);
  }

  @Test
  void aEstablishesItselfAlike() {
    ScriptedEnsemble.assertSame(paddock.joined, apache.joined);
    assertThat(paddock.joined.get(paddock.joined.size() - 1)).startsWith("UPTODATE");
  }

  @Test
  void bEveryKindOfWriteBecomesTheSameTransaction() throws Exception {
    List<String> said =
        sameOfBoth(
            (leading, lines) -> {
              leading.write(SESSION, OpCode.CREATE_SESSION, new Jute.Out().i32(30_000), lines);
              leading.write(SESSION, OpCode.CREATE, create("/a", 0), lines);
              leading.write(SESSION, OpCode.CREATE, create("/a/s-", 2), lines);
              leading.write(SESSION, OpCode.CREATE2, create("/a/e", 1), lines);
              leading.write(SESSION, OpCode.CREATE_CONTAINER, create("/c", 4), lines);
              leading.write(SESSION, OpCode.CREATE_TTL, create("/t", 5).i64(60_000), lines);
              Jute.Out set = new Jute.Out().str("/a").buf(new byte[0]).i32(0);
              leading.write(SESSION, OpCode.SET_DATA, set, lines);
              Jute.Out nothing = new Jute.Out().str("/a").buf(null).i32(1);
              leading.write(SESSION, OpCode.SET_DATA, nothing, lines);
              Jute.Out acl = new Jute.Out().str("/c").raw(OPEN_ACL).i32(0);
              leading.write(SESSION, OpCode.SET_ACL, acl, lines);
              Jute.Out good = part(new Jute.Out(), OpCode.CREATE, create("/m", 0));
              part(good, OpCode.CHECK, new Jute.Out().str("/a").i32(2));
              part(good, OpCode.CREATE_CONTAINER, create("/m/c", 4));
              part(good, OpCode.DELETE, new Jute.Out().str("/m/c").i32(0));
              leading.write(SESSION, OpCode.MULTI, end(good), lines);
              Jute.Out bad = part(new Jute.Out(), OpCode.DELETE, new Jute.Out().str("/m").i32(-1));
              part(bad, OpCode.CHECK, new Jute.Out().str("/none").i32(0));
              part(bad, OpCode.CREATE, create("/n", 0));
              leading.write(SESSION, OpCode.MULTI, end(bad), lines);
              leading.write(SESSION, OpCode.DELETE, new Jute.Out().str("/none").i32(0), lines);
              leading.write(SESSION, OpCode.DELETE, new Jute.Out().str("/a").i32(0), lines);
              leading.write(SESSION, OpCode.CREATE, create("/a", 0), lines);
              leading.write(SESSION, OpCode.CREATE, create("//", 0), lines);
              leading.write(SESSION, OpCode.CREATE, create("/x/y", 0), lines);
              leading.write(SESSION, OpCode.CREATE, create("/a/e/under", 0), lines);
              leading.write(0x0100_0000_0000_0777L, OpCode.CREATE, create("/y", 0), lines);
            });
    assertThat(said).filteredOn(l -> l.contains("type -1 ")).isNotEmpty().noneMatch(digested());
    assertThat(said).filteredOn(l -> l.contains("type 14 ")).hasSize(2).allMatch(digested());
  }

  private static java.util.function.Predicate<String> digested() {
    return line -> line.endsWith(" digest");
  }

  @Test
  void cAclsAreJudgedByTheIdentitiesForwarded() throws Exception {
    sameOfBoth(
        (leading, said) -> {
          Jute.Out mine =
              new Jute.Out().str("/mine").buf(null).i32(1).i32(31).str("auth").str("").i32(0);
          for (String[] ids :
              List.of(
                  new String[] {"digest", "me:aGFzaA=="},
                  new String[] {"ip", "10.1.2.3"},
                  new String[] {"super", ""})) {
            byte[] data =
                new Jute.Out()
                    .i64(SESSION)
                    .i32(leading.cxid++)
                    .i32(OpCode.CREATE)
                    .raw(mine.bytes())
                    .bytes();
            leading.follower.send(
                ScriptedPeer.packet(REQUEST, -1, data).i32(1).str(ids[0]).str(ids[1]).bytes());
            leading.commit(said);
            // Without an identity the znode is nobody's, or not there.
            Jute.Out set = new Jute.Out().str("/mine").buf(null).i32(-1);
            leading.write(SESSION, OpCode.SET_DATA, set, said);
          }
        });
  }

  @Test
  void dASyncIsAnsweredBehindTheCommitOfWhatWasProposedBefore() throws Exception {
    List<String> said =
        sameOfBoth(
            (leading, lines) -> {
              leading.ask(leading.follower, SESSION, OpCode.CREATE, create("/synced", 0).bytes());
              Packet proposal = leading.hear(leading.follower, lines);
              leading.ask(leading.follower, SESSION, OpCode.SYNC, new Jute.Out().str("/").bytes());
              leading.ask(leading.follower, SESSION, OpCode.CREATE, create("/behind", 0).bytes());
              Packet second = leading.hear(leading.follower, lines);
              leading.follower.packet(ACK, proposal.zxid(), null);
              leading.hear(leading.follower, lines);
              leading.hear(leading.follower, lines);
              leading.follower.packet(ACK, second.zxid(), null);
              leading.hear(leading.follower, lines);
              leading.ask(leading.follower, SESSION, OpCode.SYNC, new Jute.Out().str("/").bytes());
              leading.hear(leading.follower, lines);
            });
    assertThat(said.get(3)).startsWith("SYNC");
  }

  @Test
  void eRevalidationIsAnsweredInTheOrderOfTheQuestions() throws Exception {
    sameOfBoth(
        (leading, said) -> {
          for (long session : new long[] {SESSION, 0x0100_0000_0000_0777L, SESSION}) {
            leading.follower.packet(
                REVALIDATE, -1, new Jute.Out().i64(session).i32(30_000).bytes());
          }
          for (int i = 0; i < 3; i++) {
            Packet answer = leading.hear(leading.follower, said);
            assertThat(answer.type()).isEqualTo(REVALIDATE);
          }
        });
  }

  @Test
  void fAnObserverNeverSeesWhatIsNotCommitted() throws Exception {
    sameOfBoth(
        (leading, said) -> {
          leading.ask(leading.follower, SESSION, OpCode.CREATE, create("/open", 0).bytes());
          Packet proposal = leading.hear(leading.follower, said);
          try (Link observer =
              leading.learner(OBSERVERINFO, 3, leading.mark + EARLY, new ArrayList<>())) {
            leading.takeOver(observer, said);
            leading.follower.packet(ACK, proposal.zxid(), null);
            leading.hear(leading.follower, said);
            Packet inform = leading.hear(observer, said);
            assertThat(inform.type()).isEqualTo(INFORM);
            assertThat(inform.zxid()).isEqualTo(proposal.zxid());
          }
        });
  }

  @Test
  void gASessionThatMovedIsRefusedAtItsOldServer() throws Exception {
    sameOfBoth(
        (leading, said) -> {
          try (Link observer =
              leading.learner(OBSERVERINFO, 3, leading.mark + EARLY, new ArrayList<>())) {
            leading.takeOver(observer, new ArrayList<>());
            observer.packet(REVALIDATE, -1, new Jute.Out().i64(SESSION).i32(30_000).bytes());
            leading.hear(observer, said);
            leading.write(SESSION, OpCode.CREATE, create("/moved", 0), said);
            leading.hear(observer, said);
          }
          // Also when that server has gone: the client may be on its way to a third. It has, once
          // it has come again.
          try (Link again =
              leading.learner(OBSERVERINFO, 3, leading.mark + EARLY, new ArrayList<>())) {
            leading.takeOver(again, new ArrayList<>());
          }
          leading.write(SESSION, OpCode.CREATE, create("/moved", 0), said);
          leading.follower.packet(REVALIDATE, -1, new Jute.Out().i64(SESSION).i32(30_000).bytes());
          leading.hear(leading.follower, said);
          leading.write(SESSION, OpCode.CREATE, create("/moved", 0), said);
        });
  }

  @Test
  void hATailAheadOfTheLeaderIsCutAndAGapIsFilled() throws Exception {
    sameOfBoth(
        (leading, said) -> {
          Packet last = leading.write(SESSION, OpCode.CREATE, create("/last", 0), said);
          for (long logged :
              new long[] {last.zxid(), last.zxid() + 7, last.zxid() - 2, leading.mark + EARLY}) {
            try (Link observer = leading.learner(OBSERVERINFO, 3, logged, said)) {
              leading.takeOver(observer, said);
            }
          }
        });
  }

  @Test
  void iNothingButAnAckMayComeBeforeService() throws Exception {
    sameOfBoth(
        (leading, said) -> {
          for (int type : new int[] {PING, SYNC, UPTODATE}) {
            try (Link observer =
                leading.learner(OBSERVERINFO, 3, leading.mark + EARLY, new ArrayList<>())) {
              observer.packet(type, 0, new byte[0]);
              said.add("closed " + observer.isClosedByPeer());
            }
          }
        });
  }

  @Test
  void jAClosedSessionTakesItsEphemeralsAlong() throws Exception {
    sameOfBoth(
        (leading, said) -> {
          leading.write(SESSION, OpCode.CLOSE_SESSION, new Jute.Out(), said);
          leading.write(SESSION, OpCode.CREATE, create("/late", 0), said);
        });
  }

  /** What an Apache leader does not survive, its writes hang: only Paddock is asked (4.3, 4.4). */
  @Test
  void kWhatWouldPoisonAnApacheLeaderIsRefusedUnderAZxidOfItsOwn() {
    List<String> said = new ArrayList<>();
    long session = SESSION + 1;
    paddock.write(session, OpCode.CREATE_SESSION, new Jute.Out().i32(30_000), said);
    for (int type :
        new int[] {OpCode.CREATE, OpCode.MULTI, OpCode.CHECK, OpCode.GET_DATA, 4711, OpCode.SASL}) {
      Packet before = paddock.write(session, type, new Jute.Out().i32(Integer.MAX_VALUE), said);
      byte[] txn = before.data();
      assertThat(new Jute.In(Arrays.copyOfRange(txn, 28, txn.length)).i32())
          .as("the transaction of a request of type %d", type)
          .isEqualTo(-1);
    }
    paddock.write(session, OpCode.CREATE, create("/lives", 0), said);
    assertThat(said.get(said.size() - 2)).contains(" type 1 ");
  }

  /** The vote keeps its zxid and takes the new epoch (traps 13 and 14). */
  @Test
  void mWhoeverAsksALeaderIsToldWhomItFollows() throws Exception {
    List<String> said =
        sameOfBoth(
            (leading, lines) -> {
              for (int i = 0; i < 3; i++) {
                lines.add(leading.ensemble.askOfVoter());
                lines.add(leading.ensemble.askOf(3));
                lines.add(leading.ensemble.askOf(77));
              }
            });
    assertThat(said).hasSize(9).containsOnly("state 2 leader 2 zxid 0x0 epoch 1");
  }

  /** A ping without data ends Apache's handler (4.7); Paddock's learner stays. */
  @Test
  void lAPingWithoutDataDoesNoHarm() {
    paddock.follower.packet(PING, 0, null);
    List<String> said = new ArrayList<>();
    paddock.write(SESSION + 1, OpCode.CREATE, create("/after-ping", 0), said);
    assertThat(said.get(0)).startsWith("PROPOSAL");
  }
}
