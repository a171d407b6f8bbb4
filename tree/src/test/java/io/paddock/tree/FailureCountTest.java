package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureCountTest {
  private final FailureCount failures = new FailureCount();

  private static RuntimeException at(int line) {
    RuntimeException failure = new IllegalStateException("for a test");
    failure.setStackTrace(
        line < 0
            ? new StackTraceElement[0]
            : new StackTraceElement[] {new StackTraceElement("Draft", "make", "Draft.java", line)});
    return failure;
  }

  @Test
  void theSameFailureIsToldWheneverItsNumberHasDoubled() {
    int told = 0;
    for (int i = 1; i <= 1 << 20; i++) {
      long count = failures.toTell(at(1));
      if (count > 0) {
        assertThat(count).isEqualTo(i);
        told++;
      }
    }
    assertThat(told).isEqualTo(21);
    assertThat(failures.toTell(at(2))).isEqualTo(1);
    assertThat(failures.toTell(at(-1))).isEqualTo(1);
  }

  @Test
  void endlesslyManyPlacesAreOneInTheEnd() {
    int told = 0;
    for (int line = 0; line < 10_000; line++) {
      told += failures.toTell(at(line)) > 0 ? 1 : 0;
    }
    assertThat(told).isBetween(100, 120);
  }
}
