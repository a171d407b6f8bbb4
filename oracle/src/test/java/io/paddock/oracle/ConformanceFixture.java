package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.Lockstep.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Scripted comparisons: each test has two fresh servers and states both that they agree and what
 * they agree on, so that the sheet is tested too.
 */
abstract class ConformanceFixture {

  static final int NO_NODE = -101;
  static final int NO_AUTH = -102;
  static final int BAD_VERSION = -103;
  static final int BAD_ARGUMENTS = -8;
  static final int NODE_EXISTS = -110;
  static final int INVALID_ACL = -114;
  static final int NO_WATCHER = -121;

  ServerUnderTest apache;
  ServerUnderTest subject;
  Lockstep both;

  @BeforeEach
  void startBoth() {
    startBoth(ServerSpec.standard());
  }

  final void startBoth(ServerSpec spec) {
    stopBoth();
    apache = Contender.oracle().start(spec);
    subject = Contender.subject().start(spec);
    both = new Lockstep(apache.port(), subject.port(), 3);
    for (int slot = 0; slot < 3; slot++) {
      connect(slot, Attach.NEW);
    }
  }

  @AfterEach
  void stopBoth() {
    if (both != null) {
      both.close();
      subject.close();
      apache.close();
      both = null;
    }
  }

  static String agreed(Outcome outcome) {
    assertThat(outcome.right())
        .as("%s: %s", Contender.subject(), outcome.words())
        .isEqualTo(outcome.left());
    return outcome.left();
  }

  final String connect(int slot, Attach attach) {
    return agreed(both.connect(slot, attach, 200_000, true));
  }

  /** Both must say the same; gives the text of reply and events. */
  final String agree(int slot, Op op) {
    return agreed(both.op(slot, op));
  }

  /** Both must say the same, with this error code in the header. */
  final String agree(int slot, Op op, int err) {
    String text = agree(slot, op);
    assertThat(both.lastReply().err()).as(op.words() + text).isEqualTo(err);
    return text;
  }

  final String ok(int slot, Op op) {
    return agree(slot, op, 0);
  }

  final void create(String... paths) {
    for (String path : paths) {
      ok(0, Op.create(path, "data"));
    }
  }

  /** How often a text occurs in another. */
  static int count(String part, String text) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }
}
