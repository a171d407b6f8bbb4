package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.OpCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Logins by SASL, what clients must prove, and the name of the ensemble. */
class AuthRulesTest {
  private static final Id BOB = new Id("sasl", "bob");

  /** Answers when the test says so. */
  private static final class Judge implements SaslPort {
    final List<String> tokens = new ArrayList<>();
    final Queue<Consumer<SaslAnswer>> waiting = new ArrayDeque<>();
    int talks;

    @Override
    public Exchange begin() {
      talks++;
      return (token, then) -> {
        tokens.add(Client.text(token));
        waiting.add(then);
      };
    }

    void says(SaslAnswer answer) {
      waiting.remove().accept(answer);
    }
  }

  private final Judge judge = new Judge();

  private World world(boolean keepsFailed, String... required) {
    return new World(
        new AuthRules(
            judge, null, keepsFailed, Set.of(required), Optional.of(Set.of("here", "there"))));
  }

  private static Client sasl(Client client, int xid, String token) {
    return client.send(xid, OpCode.SASL, body -> body.writeBuffer(Client.bytes(token)));
  }

  private static SaslAnswer done(String token, String user) {
    return SaslAnswer.done(Client.bytes(token), user);
  }

  @Test
  void aLoginOfTwoTokensGivesAnIdentityForAllThatIsSentBehindIt() {
    Client ann = world(false).connect("ann");
    sasl(ann, 1, "");
    assertThat(ann.takeHex()).isEmpty();
    judge.says(SaslAnswer.challenge(Client.bytes("who?")));
    assertThat(ann.takeHex())
        .isEqualTo("00000018" + "00000001" + "0".repeat(24) + "0000000477686f3f");
    assertThat(ann.lane.ids()).doesNotContain(BOB);
    sasl(ann, 2, "bob");
    judge.says(done("welcome", "bob"));
    assertThat(Client.text(ann.one().in().readBuffer())).isEqualTo("welcome");
    assertThat(ann.lane.ids()).contains(BOB);
    assertThat(judge.tokens).containsExactly("", "bob");
    assertThat(judge.talks).isOne();
    ann.create(3, "/bobs", "", 0, List.of(new Acl(31, new Id("auth", "")))).settle();
    assertThat(ann.one().err()).isZero();
    Client cid = ann.world.connect("cid");
    assertThat(cid.get(1, "/bobs", false).one().err()).isEqualTo(-102);
    assertThat(ann.get(4, "/bobs", false).one().err()).isZero();
  }

  @Test
  void theLastTokenMayBeNone() {
    Client ann = sasl(world(false).connect("ann"), 1, "bob");
    judge.says(SaslAnswer.done(null, "bob"));
    assertThat(ann.takeHex()).isEqualTo("00000014" + "00000001" + "0".repeat(24) + "ffffffff");
    assertThat(ann.lane.ids()).contains(BOB);
  }

  @Test
  void aSuperUserOfSaslIsTheSuperUser() {
    Client ann = sasl(world(false).connect("ann"), 1, "root");
    judge.says(done("", "root"));
    assertThat(ann.lane.ids()).contains(new Id("super", ""), new Id("sasl", "root"));
  }

  @Test
  void noRequestIsTakenWhileATokenIsJudged() {
    Client ann = world(false).connect("ann");
    assertThat(ann.lane.wantsRead()).isTrue();
    int resumed = ann.resumed;
    sasl(ann, 1, "bob");
    assertThat(ann.lane.wantsRead()).isFalse();
    assertThat(ann.resumed).isEqualTo(resumed);
    judge.says(done("", "bob"));
    assertThat(ann.lane.wantsRead()).isTrue();
    assertThat(ann.resumed).isEqualTo(resumed + 1);
  }

  @Test
  void aTokenIsAnsweredBehindTheWritesBeforeItHoweverSoonItIsJudged() {
    Client ann = world(false).connect("ann");
    ann.create(1, "/a", "").get(2, "/a", false);
    sasl(ann, 3, "bob");
    judge.says(done("", "bob"));
    assertThat(ann.takeHex()).isEmpty();
    assertThat(ann.lane.ids()).contains(BOB);
    ann.get(4, "/a", false).settle();
    assertThat(ann.take()).extracting(Client.Frame::xid).containsExactly(1, 2, 3, 4);
  }

  @Test
  void aTokenIsAnsweredBehindTheWritesBeforeItHoweverLateItIsJudged() {
    Client ann = world(false).connect("ann");
    ann.create(1, "/a", "").get(2, "/a", false);
    sasl(ann, 3, "bob").settle();
    assertThat(ann.take()).extracting(Client.Frame::xid).containsExactly(1, 2);
    judge.says(done("", "bob"));
    assertThat(ann.one().xid()).isEqualTo(3);
    assertThat(ann.lane.outstanding()).isZero();
    assertThat(ann.world.loops.get(0).pendingBytes()).isZero();
  }

  @Test
  void aTokenThatIsJudgedAfterItsConnectionHasGoneChangesNothing() {
    Client ann = sasl(world(false).connect("ann"), 1, "bob");
    ann.lane.onClosed();
    judge.says(done("", "bob"));
    assertThat(ann.takeHex()).isEmpty();
    assertThat(ann.world.loops.get(0).pendingBytes()).isZero();
    Client cid = sasl(ann.world.connect("cid"), 1, "bob");
    cid.lane.onClosed();
    judge.says(SaslAnswer.failed("a wrong password"));
    assertThat(cid.takeHex()).isEmpty();
    assertThat(cid.lane.isEstablished()).isFalse();
  }

  @Test
  void aLoginThatFailsEndsTheConnectionOrNotAsTheRulesSay() {
    String none = "0".repeat(16);
    for (String[] rule :
        new String[][] {
          {"false", "", "ffffff8d", "true"},
          {"true", "", "00000000", "false"},
          {"false", "sasl", "ffffff84", "true"},
          {"true", "sasl", "ffffff84", "true"},
          {"false", "digest", "ffffff8d", "true"},
          {"true", "digest", "00000000", "false"},
        }) {
      String[] required = rule[1].isEmpty() ? new String[0] : new String[] {rule[1]};
      Client ann = sasl(world(Boolean.parseBoolean(rule[0]), required).connect("ann"), 7, "bob");
      judge.says(SaslAnswer.failed("the password is wrong"));
      assertThat(ann.takeHex())
          .as(String.join(" ", rule))
          .isEqualTo("00000014" + "00000007" + none + rule[2] + "ffffffff");
      assertThat(ann.closed).isEqualTo(Boolean.parseBoolean(rule[3]));
      assertThat(ann.lane.wantsRead()).isEqualTo(!ann.closed);
      assertThat(ann.oddities).singleElement().asString().endsWith("the password is wrong");
      assertThat(ann.world.counted.authFailures).isZero();
    }
  }

  @Test
  void behindALoginThatEndsTheConnectionNothingIsHeard() {
    Client ann = world(false).connect("ann");
    ann.create(1, "/a", "");
    sasl(ann, 2, "bob");
    judge.says(SaslAnswer.failed("no"));
    assertThat(ann.lane.wantsRead()).isFalse();
    ann.get(3, "/a", false).settle();
    assertThat(ann.take()).extracting(Client.Frame::xid).containsExactly(1, 2);
    assertThat(ann.closed).isTrue();
  }

  @Test
  void whoMustProveWhoItIsMayDoNothingElseBefore() {
    for (int type : new int[] {1, 4, 11, 9, 14, 107, 101, 106, 16, 4711, -11}) {
      Client ann = world(false, "digest", "sasl").connect("ann");
      ann.send(type == 11 ? -2 : 5, type, body -> {});
      Client.Frame frame = ann.one();
      assertThat(frame.err()).as("%s", type).isEqualTo(-124);
      assertThat(frame.zxid()).isZero();
      assertThat(frame.body()).isEmpty();
      assertThat(ann.closed).isTrue();
      assertThat(ann.oddities).singleElement().asString().contains("(digest or sasl)");
    }
  }

  @Test
  void whoHasProvenItByOneOfTheSchemesIsServed() {
    Client ann = world(false, "digest", "sasl").connect("ann").auth(-4, "digest", "ann:x");
    assertThat(ann.one().err()).isZero();
    assertThat(ann.create(1, "/a", "").settle().one().err()).isZero();
    Client bob = sasl(ann.world.connect("bob"), 1, "bob");
    judge.says(done("", "bob"));
    assertThat(bob.one().err()).isZero();
    assertThat(bob.ping().get(2, "/a", false).take()).extracting(Client.Frame::err).containsOnly(0);
    Client cid = ann.world.connect("cid").auth(-4, "ip", "");
    assertThat(cid.one().err()).isZero();
    assertThat(cid.ping().one().err()).isEqualTo(-124);
  }

  @Test
  void everybodyHasTheIdentityIp() {
    Client ann = world(false, "ip", "sasl").connect("ann");
    assertThat(ann.ping().one().err()).isZero();
  }

  @Test
  void whoMeansAnotherEnsembleIsCutUnheard() {
    World world = world(false);
    Client ann = world.connect("ann").auth(-4, "ensemble", "there").auth(-4, "ensemble", "");
    assertThat(ann.take()).extracting(Client.Frame::err).containsExactly(0, 0);
    assertThat(ann.lane.ids()).hasSize(1);
    ann.auth(-4, "ensemble", "nowhere");
    assertThat(ann.takeHex()).isEmpty();
    assertThat(ann.closed).isTrue();
    assertThat(world.counted.ensembleNames)
        .containsExactly(
            Meter.EnsembleName.RIGHT, Meter.EnsembleName.SKIPPED, Meter.EnsembleName.WRONG);
    assertThat(world.counted.authFailures).isZero();
    Client nameless =
        new World(new AuthRules(null, null, false, Set.of(), Optional.of(Set.of())))
            .connect("ann")
            .auth(-4, "ensemble", "nowhere");
    assertThat(nameless.one().err()).isZero();
    Client unknown = new World().connect("ann").auth(-4, "ensemble", "here");
    assertThat(unknown.one().err()).isEqualTo(-115);
  }
}
