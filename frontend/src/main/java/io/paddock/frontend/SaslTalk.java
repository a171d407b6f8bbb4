package io.paddock.frontend;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The talk of SASL on one connection (security sheet, section 7.2). While a token is judged the
 * lane takes no further request, so that an identity counts for all that are sent behind its proof.
 * Belongs to the loop.
 */
final class SaslTalk {
  private static final Logger LOG = LoggerFactory.getLogger(SaslTalk.class);

  private final Lane lane;
  private final AuthRules rules;
  private final SaslPort.Exchange exchange;
  private boolean judging;

  SaslTalk(Lane lane, AuthRules rules) {
    this.lane = lane;
    this.rules = rules;
    this.exchange = rules.sasl().begin();
  }

  /** Whether a token is being judged. */
  boolean isJudging() {
    return judging;
  }

  /** Has the token judged of a request that the lane has put into its queue. */
  void judge(Pending.Token request, byte[] token) {
    judging = true;
    exchange.judge(token, answer -> onAnswer(request, answer));
  }

  private void onAnswer(Pending.Token request, SaslAnswer answer) {
    judging = false;
    String failure = answer.failure();
    if (failure == null && answer.user() != null && !lane.logIn(answer.user())) {
      failure = "too many identities for one client";
    }
    if (failure == null) {
      if (answer.user() != null) {
        LOG.debug("{} has logged in by SASL as {}", lane, answer.user());
      }
      request.judged(Pending.Outcome.SASL_TOKEN, answer.token());
    } else {
      String why = failure;
      lane.oddity(() -> lane + ": its SASL login failed: " + why);
      request.judged(rules.saslFailed(), null);
    }
    lane.judged(request);
  }
}
