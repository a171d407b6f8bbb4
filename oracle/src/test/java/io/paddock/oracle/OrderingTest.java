package io.paddock.oracle;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server under test keeps the ordering rules. */
class OrderingTest {

  private ServerUnderTest server;
  private OrderingRules rules;

  @BeforeEach
  void start() {
    server = open(ServerSpec.standard());
    rules = new OrderingRules(server.port());
  }

  ServerUnderTest open(ServerSpec spec) {
    return Contender.subject().start(spec);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void rule1AReadSeesItsSessionsEarlierWritesAndNoneOfTheLater() {
    rules.rule1AReadSeesItsSessionsEarlierWritesAndNoneOfTheLater();
  }

  @Test
  void rule1FailedWritesMultisAndReadsKeepTheirPlaces() {
    rules.rule1FailedWritesMultisAndReadsKeepTheirPlaces();
  }

  @Test
  void rule2AnEventComesBeforeAnyReplyThatShowsItsChange() {
    rules.rule2AnEventComesBeforeAnyReplyThatShowsItsChange();
  }

  @Test
  void rule3NoEventComesBeforeTheReplyThatArmedItsWatch() {
    rules.rule3NoEventComesBeforeTheReplyThatArmedItsWatch();
  }

  @Test
  void rule4ZxidsNeverFallInOneSessionAlsoAcrossConnections() {
    rules.rule4ZxidsNeverFallInOneSessionAlsoAcrossConnections();
  }

  @Test
  void rule4AReplyIsReadAtTheZxidItCarries() {
    rules.rule4AReplyIsReadAtTheZxidItCarries();
  }

  @Test
  void rule6OthersHearOfDyingEphemeralsBeforeTheClosingReply() {
    rules.rule6OthersHearOfDyingEphemeralsBeforeTheClosingReply();
  }

  @Test
  void whatAReplyHasToldOthersSeeFromThenOn() {
    rules.whatAReplyHasToldOthersSeeFromThenOn();
  }

  @Test
  void rule1ManyConnectionsEachKeepTheirOrder() {
    rules.rule1ManyConnectionsEachKeepTheirOrder();
  }
}
