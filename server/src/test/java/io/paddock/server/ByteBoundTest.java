package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.paddock.machine.Guard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is cut when all connections together hold too much. */
@Timeout(60)
class ByteBoundTest {
  private static final long MAX = 1000;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<String> cut = new CopyOnWriteArrayList<>();
  private final List<Integer> told = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final Guard guard = new Guard(failures::add);
  private final ByteBound bound = new ByteBound(MAX, (count, how) -> told.add(count));

  /** Holds what a test says, for as long as it says. */
  private final class Holder implements ByteBound.Holder {
    private final String name;
    private final ByteBound.Share share;
    private final long nanos;
    private long bytes;

    /** What it finds when it looks; -1 for what was counted. */
    private long really = -1;

    Holder(String name, ByteBound.Share share, long nanos) {
      this.name = name;
      this.share = share;
      this.nanos = nanos;
    }

    Holder holds(long now) {
      long before = bytes;
      bytes = now;
      share.changed(this, before, now);
      return this;
    }

    @Override
    public void look() {
      if (really >= 0) {
        holds(really);
      }
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public long heldNanos(long nowNanos) {
      return nanos;
    }

    @Override
    public void cut() {
      cut.add(name);
      holds(0);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private ByteBound.Share share() {
    return bound.newShare(new EmbeddedChannel().eventLoop(), guard);
  }

  @Test
  void whoHoldsTheMostForTheLongestIsCutFirstUntilAQuarterIsFree() {
    ByteBound.Share share = share();
    new Holder("little for long", share, 60 * SECOND).holds(5);
    new Holder("much for long", share, 8 * SECOND).holds(300);
    new Holder("a fresh burst", share, SECOND / 100).holds(400);
    new Holder("some for long", share, 4 * SECOND).holds(200);
    assertThat(cut).isEmpty();
    new Holder("a second burst", share, 0).holds(100);
    assertThat(cut).containsExactly("much for long");
    assertThat(told).containsExactly(1);
    assertThat(bound.bytes()).isEqualTo(705);
  }

  @Test
  void manyAreCutAtOnceAndToldOnce() {
    ByteBound.Share share = share();
    for (int i = 0; i < 100; i++) {
      new Holder("reader " + i, share, 1).holds(2);
    }
    for (int i = 0; i < 40; i++) {
      new Holder("sleeper " + i, share, 5 * SECOND).holds(20);
    }
    assertThat(cut).isEmpty();
    new Holder("last", share, 1).holds(1);
    assertThat(cut).hasSize(13).allMatch(name -> name.startsWith("sleeper"));
    assertThat(told).containsExactly(13);
    assertThat(bound.bytes()).isBetween(MAX / 2, MAX * 3 / 4);
  }

  @Test
  void whatHasLeftMeanwhileIsNotHeldAgainstAnybody() {
    ByteBound.Share share = share();
    List<Holder> holders = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      holders.add(new Holder("reader " + i, share, SECOND).holds(100));
      holders.get(i).really = 3;
    }
    new Holder("last", share, 1).holds(50);
    assertThat(cut).isEmpty();
    assertThat(bound.bytes()).isEqualTo(10 * 3 + 50);
  }

  @Test
  void whenThereIsNoMemoryHalfOfItGoesWhateverTheBoundSays() {
    ByteBound.Share share = share();
    for (int i = 0; i < 10; i++) {
      new Holder("client " + i, share, i * SECOND).holds(10);
    }
    share.relieve();
    assertThat(cut).containsExactly("client 9", "client 8", "client 7", "client 6", "client 5");
  }

  @Test
  void theSlowestOfAllLoopsAreCutNotThoseOfTheLoopThatIsOver() throws Exception {
    EventLoop one = new DefaultEventLoop();
    EventLoop other = new DefaultEventLoop();
    try {
      ByteBound.Share here = bound.newShare(one, guard);
      ByteBound.Share there = bound.newShare(other, guard);
      List<Holder> sleepers = new ArrayList<>();
      other
          .submit(
              () -> {
                for (int i = 0; i < 9; i++) {
                  sleepers.add(new Holder("sleeper " + i, there, (9 - i) * SECOND).holds(100));
                }
              })
          .sync();
      one.submit(() -> new Holder("reader", here, SECOND / 100).holds(200)).sync();
      while (told.isEmpty() || cut.size() < told.get(0)) {
        other.submit(() -> {}).sync();
      }
      assertThat(told).containsExactly(4);
      assertThat(cut).containsExactly("sleeper 0", "sleeper 1", "sleeper 2", "sleeper 3");
      assertThat(failures).isEmpty();
    } finally {
      one.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      other.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }
}
