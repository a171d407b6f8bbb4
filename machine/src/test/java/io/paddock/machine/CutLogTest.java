package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testlib.LogLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A flood of slow clients does not become a flood of lines. */
class CutLogTest {
  private final LogLines log = new LogLines();
  private long now;
  private final CutLog teller =
      new CutLog(LoggerFactory.getLogger("io.paddock.test"), "were cut off", () -> now);

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void theFirstIsToldAtOnceAndTheRestInOneLineLater() {
    for (int i = 0; i < 1000; i++) {
      teller.cut(2, 1 << 20, "line " + i);
      teller.lookAgain();
    }
    assertThat(log.all("")).containsExactly("line 0");
    now += CutLog.QUIET_NANOS;
    teller.lookAgain();
    teller.lookAgain();
    assertThat(log.all("")).containsExactly("line 0", "1998 more were cut off; they held 999 MiB");
    teller.cut(1, 1, "too soon again");
    now += CutLog.QUIET_NANOS;
    teller.cut(1, 1, "also");
    now += CutLog.QUIET_NANOS;
    teller.lookAgain();
    now += CutLog.QUIET_NANOS;
    teller.cut(1, 1, "after a quiet time");
    assertThat(log.all("")).hasSize(5).endsWith("after a quiet time");
  }
}
