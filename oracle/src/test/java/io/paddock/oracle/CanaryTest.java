package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.LyingProxy.Lie;
import io.paddock.oracle.RawClient.Frame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the comparisons and the ordering rules are worth: each must notice a server that lies. */
class CanaryTest {

  /** Holds events back until a reply has been told. */
  private static final class LateEvents implements Lie {
    private final List<Frame> held = new ArrayList<>();

    @Override
    public List<Frame> tell(Frame frame) {
      if (frame.isNotification()) {
        held.add(frame);
        return List.of();
      }
      List<Frame> told = new ArrayList<>(List.of(frame));
      told.addAll(held);
      held.clear();
      return told;
    }
  }

  /** Holds a reply back until another frame has been told. */
  private static final class LateReply implements Lie {
    private Frame held;

    @Override
    public List<Frame> tell(Frame frame) {
      if (held == null && !frame.isNotification()) {
        held = frame;
        return List.of();
      }
      List<Frame> told = held == null ? List.of(frame) : List.of(frame, held);
      held = null;
      return told;
    }

    @Override
    public List<Frame> giveUp() {
      List<Frame> rest = held == null ? List.of() : List.of(held);
      held = null;
      return rest;
    }
  }

  /** Tells an earlier reply's body again: a read of the past. */
  private static final class Stale implements Lie {
    private Frame last;

    @Override
    public List<Frame> tell(Frame frame) {
      boolean alike = last != null && last.body().length == frame.body().length;
      Frame told = alike && frame.body().length > 70 ? with(frame, last.body()) : frame;
      last = frame.body().length > 70 ? frame : last;
      return List.of(told);
    }
  }

  private static Frame with(Frame frame, byte[] body) {
    return new Frame(frame.kind(), frame.xid(), frame.zxid(), frame.err(), body);
  }

  private static Lie every(int nth, UnaryOperator<Frame> change) {
    int[] count = new int[1];
    return frame -> List.of(++count[0] % nth == 0 ? change.apply(frame) : frame);
  }

  private static void breaks(Supplier<Lie> lie, Consumer<OrderingRules> rule) {
    ServerUnderTest honest = Contender.oracle().start(ServerSpec.standard());
    try (LyingProxy liar = new LyingProxy(honest, lie)) {
      OrderingRules rules = new OrderingRules(liar.port());
      assertThatThrownBy(() -> rule.accept(rules)).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void rule1NoticesAReadOfThePast() {
    breaks(Stale::new, OrderingRules::rule1AReadSeesItsSessionsEarlierWritesAndNoneOfTheLater);
  }

  @Test
  void rule1NoticesRepliesOutOfOrder() {
    breaks(LateReply::new, OrderingRules::rule1FailedWritesMultisAndReadsKeepTheirPlaces);
    breaks(LateReply::new, OrderingRules::rule1ManyConnectionsEachKeepTheirOrder);
  }

  @Test
  void rule2NoticesALateEvent() {
    breaks(LateEvents::new, OrderingRules::rule2AnEventComesBeforeAnyReplyThatShowsItsChange);
  }

  @Test
  void rule3NoticesAnEventBeforeTheArmingReply() {
    breaks(LateReply::new, OrderingRules::rule3NoEventComesBeforeTheReplyThatArmedItsWatch);
  }

  @Test
  void rule4NoticesAFallingZxid() {
    Supplier<Lie> falling =
        () -> every(30, f -> new Frame(f.kind(), f.xid(), 1, f.err(), f.body()));
    breaks(falling, OrderingRules::rule4ZxidsNeverFallInOneSessionAlsoAcrossConnections);
    breaks(falling, OrderingRules::rule4AReplyIsReadAtTheZxidItCarries);
  }

  @Test
  void rule6NoticesEventsAfterTheClosing() {
    breaks(LateEvents::new, OrderingRules::rule6OthersHearOfDyingEphemeralsBeforeTheClosingReply);
  }

  @Test
  void theHistoryCheckerBelievesAnHonestServer() {
    try (ServerUnderTest honest = Contender.oracle().start(ServerSpec.standard());
        RecordedLoad load = load(honest)) {
      load.awaitProgress(50);
      load.audit("no lie");
    }
  }

  @Test
  void theHistoryCheckerNoticesWhatClientsAreToldWrongly() {
    condemns(Stale::new, "which was not written there");
    condemns(LateEvents::new, "before the event of");
    condemns(
        () -> every(30, f -> new Frame(f.kind(), f.xid(), 1, f.err(), f.body())),
        "are the wrong way round");
    condemns(
        () ->
            every(
                7,
                f ->
                    f.body().length == 68
                        ? new Frame(f.kind(), f.xid(), f.zxid(), -1, new byte[0])
                        : f),
        "was refused (-1) and is at");
  }

  private static RecordedLoad load(ServerUnderTest server) {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    return new RecordedLoad("/r", List.of(address), 3, 1);
  }

  private static void condemns(Supplier<Lie> lie, String words) {
    ServerUnderTest honest = Contender.oracle().start(ServerSpec.standard());
    try (LyingProxy liar = new LyingProxy(honest, lie);
        RecordedLoad load = load(liar)) {
      boolean found = false;
      for (int i = 0; i < 10 && !found; i++) {
        load.awaitProgress(20);
        found =
            HistoryChecker.violations(load.history().copy()).stream()
                .anyMatch(violation -> violation.contains(words));
      }
      assertThat(found).as("somebody found: %s", words).isTrue();
    }
  }

  @Test
  void lockstepNoticesEveryKindOfLie() {
    notices(() -> every(1, f -> new Frame(f.kind(), f.xid(), f.zxid(), f.err() - 1, f.body())));
    notices(() -> every(1, f -> new Frame(f.kind(), f.xid(), f.zxid() + 1, f.err(), f.body())));
    notices(
        () ->
            every(
                1,
                f ->
                    new Frame(
                        f.kind(), f.xid() + (f.xid() > 0 ? 1 : 0), f.zxid(), f.err(), f.body())));
    notices(LateEvents::new);
    notices(() -> f -> f.isNotification() ? List.of() : List.of(f));
    notices(() -> f -> f.isNotification() ? List.of(f, f) : List.of(f));
  }

  @Test
  void lockstepNoticesAnyChangedByteOfABody() {
    for (int at = 0; at < 4 + 4 + 68; at++) {
      int changed = at;
      boolean clock = at >= 4 + 4 + 16 && at < 4 + 4 + 32;
      // The last bits of a clock reading may differ; anything that is no clock reading may not.
      int bit = clock ? 0x40 : 1;
      boolean lastBytes = at >= 4 + 4 + 20 && at < 4 + 4 + 24 || at >= 4 + 4 + 28 && clock;
      if (!lastBytes) {
        notices(() -> f -> List.of(flipped(f, changed, bit)));
      }
    }
  }

  private static Frame flipped(Frame frame, int at, int bit) {
    if (frame.body().length != 4 + 4 + 68) {
      return frame;
    }
    byte[] body = frame.body().clone();
    body[at] ^= (byte) bit;
    return with(frame, body);
  }

  private static void notices(Supplier<Lie> lie) {
    ServerUnderTest truth = Contender.oracle().start(ServerSpec.standard());
    ServerUnderTest honest = Contender.oracle().start(ServerSpec.standard());
    try (truth;
        LyingProxy liar = new LyingProxy(honest, lie);
        Lockstep both = new Lockstep(truth.port(), liar.port(), 1)) {
      boolean equal = both.connect(0, Attach.NEW, 200_000, true).equal();
      for (Op op :
          List.of(
              Op.create("/n", "data"),
              Op.watch(OpCode.ADD_WATCH, "/n", 0),
              Op.setData("/n", "DATA"),
              Op.getData("/n", false))) {
        equal = equal && both.op(0, op).equal();
      }
      assertThat(equal).as("the lie went unnoticed").isFalse();
    }
  }
}
