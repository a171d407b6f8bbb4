package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.machine.Descriptors;
import io.paddock.testlib.LogLines;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DescriptorsTest {
  @Test
  void clientsLeaveDescriptorsForEverythingElse() {
    assertThat(Descriptors.clientsMax(1024, 60)).isEqualTo(1024 - 60 - 128);
    assertThat(Descriptors.clientsMax(128, 60)).isEqualTo(36);
    assertThat(Descriptors.clientsMax(1 << 20, 60)).isEqualTo((1 << 20) - 60 - 256);
  }

  @Test
  void atLeastOneClientIsLetInAndWithoutALimitAll() {
    assertThat(Descriptors.clientsMax(64, 60)).isOne();
    assertThat(Descriptors.clientsMax(0, 60)).isEqualTo(Integer.MAX_VALUE);
    assertThat(Descriptors.clientsMax(-1, -1)).isEqualTo(Integer.MAX_VALUE);
    assertThat(Descriptors.clientsMax(Long.MAX_VALUE, 60)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aConnectionBeyondThatIsRefusedAndItIsSaidWhichLimitToRaise() throws UnknownHostException {
    ConnectionCounts counts =
        new ConnectionCounts(0, 0, new Descriptors(() -> 100, 66), new AtomicInteger());
    InetAddress address = InetAddress.getByName("10.0.0.1");
    try (LogLines log = new LogLines()) {
      assertThat(counts.enter(address)).isTrue();
      assertThat(counts.enter(address)).isTrue();
      assertThat(counts.enter(address)).isFalse();
      assertThat(counts.enter(address)).isFalse();
      assertThat(log.all("Connections are refused"))
          .singleElement()
          .asString()
          .contains("2 clients", "100 file descriptors", "ulimit -n", "LimitNOFILE");
    }
    counts.leave(address);
    assertThat(counts.enter(address)).isTrue();
  }
}
