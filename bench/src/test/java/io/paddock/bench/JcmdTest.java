package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class JcmdTest {
  @Test
  void theHistogramsTotalIsTheLiveHeap() {
    String output =
        " num     #instances         #bytes  class name (module)\n"
            + "   1:         24219        1394552  [B (java.base@17)\n"
            + "Total         51234        3400120\n";
    assertThat(Jcmd.histogramBytes(output)).isEqualTo(3_400_120);
  }

  @Test
  void anythingElseIsRefusedRatherThanReadAsZero() {
    assertThatThrownBy(() -> Jcmd.histogramBytes("com.sun.tools.attach failed"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theCategoryOtherIsWhatLiesOutsideTheHeap() {
    String output =
        "-                      GC (reserved=1KB, committed=1KB)\n"
            + "-                     Other (reserved=40KB, committed=32KB)\n";
    assertThat(Jcmd.otherBytes(output)).isEqualTo(32 * 1024);
    assertThat(Jcmd.otherBytes("-  GC (reserved=1KB, committed=1KB)\n")).isZero();
  }

  @Test
  void aRunningJvmTellsItsLiveHeap() throws IOException {
    Jcmd jcmd = new Jcmd(Path.of(System.getProperty("java.home"), "bin", "java"));
    byte[] kept = new byte[8 << 20];
    assertThat(jcmd.liveHeapBytes(ProcessHandle.current().pid())).isGreaterThan(kept.length);
  }
}
