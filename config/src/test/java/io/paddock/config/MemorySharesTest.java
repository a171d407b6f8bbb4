package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds on what waits, by what the virtual machine has. */
class MemorySharesTest {
  private static final long MIB = 1 << 20;
  private static final LimitsConfig DEFAULTS = new LimitsConfig(0xfffff, 1000, 0, 0, 0);

  @ParameterizedTest
  @ValueSource(longs = {32, 64, 128, 256, 1000, 8192, 65536})
  void allThatMayWaitFitsIntoTheMemoryThereIs(long heapMib) {
    long heap = heapMib * MIB;
    MemoryShares shares = MemoryShares.of(DEFAULTS, heap, heap);
    assertThat(shares.unsentBytesMax() + shares.learnersUnsentBytesMax())
        .as("direct memory")
        .isLessThanOrEqualTo(heap / 2);
    assertThat(
            shares.heldRequestBytesMax()
                + shares.pendingBytesMax()
                + shares.gatheredBytesMax()
                + shares.journalBytesMax()
                + shares.feedBytesMax())
        .as("heap")
        .isLessThanOrEqualTo(heap * 5 / 8);
    assertThat(4 * shares.clientUnsentBytesMax())
        .as("no client alone brings others near the bound")
        .isLessThanOrEqualTo(shares.unsentBytesMax());
    assertThat(shares.heldRequestBytesMax()).isGreaterThan(2 * DEFAULTS.frameBytesMax() - 10);
    assertThat(shares.replyBytesMax()).isGreaterThan(DEFAULTS.frameBytesMax());
  }

  @Test
  void lessDirectMemoryThanHeapCounts() {
    MemoryShares shares = MemoryShares.of(DEFAULTS, 1000 * MIB, 40 * MIB);
    assertThat(shares.unsentBytesMax()).isEqualTo(10 * MIB);
    assertThat(shares.heldRequestBytesMax()).isEqualTo(125 * MIB);
  }

  @Test
  void longFramesThatTheConfigurationAllowsHaveRoom() {
    LimitsConfig long_ = new LimitsConfig(100 << 20, 1000, 0, 0, 0);
    assertThat(MemoryShares.of(long_, 1000 * MIB, 1000 * MIB).heldRequestBytesMax())
        .isEqualTo(200 * MIB);
  }

  @Test
  void whatIsConfiguredCounts() throws ConfigException {
    LimitsConfig limits =
        ZooCfg.of(
                Map.of(
                    "dataDir", "/d",
                    "clientPort", "2181",
                    "paddock.unsentBytesMax", "4000000",
                    "paddock.requestBytesMax", "6000000"),
                Map.of("zookeeper.paddock.learnerUnsentBytesMax", "5000000"))
            .limits();
    MemoryShares shares = MemoryShares.of(limits, 1000 * MIB, 1000 * MIB);
    assertThat(shares.unsentBytesMax()).isEqualTo(4_000_000);
    assertThat(shares.heldRequestBytesMax()).isEqualTo(3_000_000);
    assertThat(shares.learnersUnsentBytesMax()).isEqualTo(5_000_000);
    assertThat(shares.learnerUnsentBytesMax()).isEqualTo(2_500_000);
  }
}
