package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import java.util.List;
import org.junit.jupiter.api.Test;

class RenewalsTest {
  private static final long SESSION = 7;

  private final Object old = "the old connection";
  private final Object fresh = "the new one";
  private final Feed feed = new Feed(Tree.fresh());
  private final Renewals renewals = feed.renewals();
  private final Submission renewal = Submission.renew(SESSION, 4000, true, fresh);

  private static Submission write(long session, Object origin) {
    return Submission.write(session, 1, new Op.Multi(List.of()), List.of(), origin);
  }

  private void answer(Submission submission) {
    feed.publish(FeedItem.answer(Tree.fresh(), submission, ErrorCode.OK));
  }

  @Test
  void whatComesByTheOldConnectionBehindTheRenewalIsLate() {
    renewals.begins(renewal);

    assertThat(renewals.isLate(write(SESSION, old))).isTrue();
    assertThat(renewals.isLate(Submission.sync(SESSION, 1, old))).isTrue();
  }

  @Test
  void theNewConnectionOtherSessionsAndTheServersOwnAreNotLate() {
    renewals.begins(renewal);

    assertThat(renewals.isLate(write(SESSION, fresh))).isFalse();
    assertThat(renewals.isLate(write(8, old))).isFalse();
    assertThat(renewals.isLate(write(SESSION, null))).isFalse();
  }

  @Test
  void aClientMayComeBackOnceMoreWhileItsRenewalIsUnderWay() {
    renewals.begins(renewal);
    Submission again = Submission.renew(SESSION, 4000, true, "a third");

    assertThat(renewals.isLate(again)).isFalse();
    renewals.begins(again);
    answer(renewal);
    feed.followed(feed.last().place());

    assertThat(renewals.isLate(write(SESSION, fresh))).isTrue();
  }

  @Test
  void itEndsWhenEveryLoopHasFollowedTheAnswer() {
    renewals.begins(renewal);
    answer(renewal);
    long place = feed.last().place();

    feed.followed(place - 1);
    assertThat(renewals.isEmpty()).isFalse();
    assertThat(renewals.isLate(write(SESSION, old))).isTrue();

    feed.followed(place);
    assertThat(renewals.isEmpty()).isTrue();
    assertThat(renewals.isLate(write(SESSION, old))).isFalse();
  }

  @Test
  void whenTheLeaderIsLostOnlyWhatWasNotAnsweredIsGivenUp() {
    renewals.begins(renewal);
    answer(renewal);
    renewals.begins(Submission.renew(8, 4000, true, fresh));

    renewals.giveUp();

    assertThat(renewals.isLate(write(SESSION, old))).isTrue();
    assertThat(renewals.isLate(write(8, old))).isFalse();
  }
}
