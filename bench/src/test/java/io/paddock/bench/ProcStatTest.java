package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ProcStatTest {
  @Test
  void userAndSystemTimeAreAddedInTicksOfTenMilliseconds() {
    String line = "4711 (java) S 1 4711 4711 0 -1 1077936128 9 0 1 0 250 31 7 8 20 0 30 0 99 5 6";
    assertThat(ProcStat.parse(line)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(2810));
  }

  @Test
  void aCommandNameWithSpacesAndParenthesesDoesNotShiftTheFields() {
    String line = "4711 (a) b (c d) R 1 4711 4711 0 -1 0 9 0 1 0 1 2 7 8 20 0 30 0 99 5 6";
    assertThat(ProcStat.parse(line)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
  }

  @Test
  void aLineThatEndsEarlyIsRefused() {
    assertThatThrownBy(() -> ProcStat.parse("1 (x) S 1 2 3"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ProcStat.parse("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ourOwnTimeGrowsAsWeWork() throws IOException {
    Assumptions.assumeTrue(ProcStat.isAvailable());
    long pid = ProcessHandle.current().pid();
    long before = ProcStat.cpuNanos(pid);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    long now = before;
    while (now - before < TimeUnit.MILLISECONDS.toNanos(50) && System.nanoTime() < deadline) {
      now = ProcStat.cpuNanos(pid);
    }
    assertThat(now - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
  }

  @Test
  void aProcessThatIsGoneIsAnError() {
    Assumptions.assumeTrue(ProcStat.isAvailable());
    assertThatThrownBy(() -> ProcStat.cpuNanos(Integer.MAX_VALUE)).isInstanceOf(IOException.class);
  }
}
