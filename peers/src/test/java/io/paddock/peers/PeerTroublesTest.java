package io.paddock.peers;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerTroublesTest {
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private long nowMs = 1_000_000;
  private final PeerTroubles troubles = new PeerTroubles(logger(), () -> nowMs);

  /** A logger of this test's own. */
  private Logger logger() {
    LoggerContext context = new LoggerContext();
    told.setContext(context);
    told.start();
    Logger logger = context.getLogger("troubles");
    logger.addAppender(told);
    return logger;
  }

  private List<String> lines() {
    return told.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private void refused() {
    troubles.failed("a", "Cannot reach a", "refused", "refused: start it");
  }

  @Test
  void aCauseIsToldOnceHoweverOftenItComes() {
    for (int i = 0; i < 1000; i++) {
      refused();
      nowMs += 200;
    }
    assertThat(lines()).containsExactly("Cannot reach a: refused: start it");
    assertThat(troubles.cause("a")).isEqualTo("refused");
  }

  @Test
  void anotherCauseIsNewsButNotTheFirstOneAgain() {
    for (int i = 0; i < 10; i++) {
      refused();
      troubles.failed("a", "Cannot reach a", "no answer", "no answer: a firewall");
    }
    assertThat(lines())
        .containsExactly(
            "Cannot reach a: refused: start it", "Cannot reach a: no answer: a firewall");
  }

  @Test
  void whoIsInTroubleInEverNewWaysIsToldOfAFewOfThem() {
    for (int i = 0; i < 1000; i++) {
      troubles.failed("a", "Cannot reach a", "garbage " + i, "garbage " + i);
    }
    assertThat(lines()).hasSize(8).endsWith("Cannot reach a: garbage 7");
  }

  @Test
  void whatLastsIsToldAgainAfterMinutesWithACount() {
    for (int i = 0; i <= 300; i++) {
      refused();
      nowMs += 1000;
    }
    assertThat(lines())
        .containsExactly(
            "Cannot reach a: refused: start it",
            "Cannot reach a: refused: start it (still so, 300 times in the last 5 min)");
  }

  @Test
  void whatIsMendedIsToldWithHowLongItLasted() {
    refused();
    nowMs += 34_000;
    troubles.mended("a", "a is reached");
    troubles.mended("a", "a is reached");
    assertThat(lines())
        .containsExactly("Cannot reach a: refused: start it", "a is reached, after 34 s (refused)");
    assertThat(troubles.cause("a")).isNull();
  }

  @Test
  void whatWasNeverWrongIsNotMended() {
    troubles.mended("a", "a is reached");
    assertThat(lines()).isEmpty();
  }

  @Test
  void whatComesAndGoesIsNoFlood() {
    for (int i = 0; i < 100; i++) {
      refused();
      troubles.mended("a", "a is reached");
      nowMs += 100;
    }
    assertThat(lines())
        .containsExactly("Cannot reach a: refused: start it", "a is reached, after 0 s (refused)");
    nowMs += PeerTroubles.STEADY_MS;
    refused();
    assertThat(lines()).hasSize(3);
  }

  @Test
  void whatIsOrdinaryForAWhileIsUntoldForThatWhile() {
    troubles.failed("a", "Cannot reach a", "refused", "start it", 3000);
    nowMs += 2999;
    troubles.failed("a", "Cannot reach a", "refused", "start it", 3000);
    troubles.mended("a", "a is reached");
    assertThat(lines()).isEmpty();
    nowMs += PeerTroubles.STEADY_MS;
    troubles.failed("a", "Cannot reach a", "refused", "start it", 3000);
    nowMs += 3000;
    troubles.failed("a", "Cannot reach a", "refused", "start it", 3000);
    assertThat(lines()).containsExactly("Cannot reach a: start it");
  }

  @Test
  void strangersWithoutNumberAreForgottenAndTheMemoryIsBounded() {
    for (int i = 0; i < 100_000; i++) {
      troubles.failed("stranger " + i, "x", "y", "z");
    }
    assertThat(troubles.cause("stranger 0")).isNull();
    assertThat(troubles.cause("stranger 99999")).isEqualTo("y");
  }
}
