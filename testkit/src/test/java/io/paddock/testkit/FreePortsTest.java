package io.paddock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testlib.LowPorts;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  private static final int LOWEST = 10_240;
  private static final int BLOCK = 64;

  private final List<DatagramSocket> others = new ArrayList<>();
  private final Set<Integer> theirs = new TreeSet<>();

  @AfterEach
  void close() {
    others.forEach(DatagramSocket::close);
  }

  /** As another process does that was given ports: every second block that is not held. */
  private void holdBlocks() {
    for (int first = LOWEST; first < LOWEST + 340 * BLOCK; first += 2 * BLOCK) {
      try {
        others.add(new DatagramSocket(new InetSocketAddress("127.0.0.1", first)));
        theirs.add(first / BLOCK);
      } catch (SocketException e) {
        // This process or a real other one holds it.
      }
    }
  }

  @Test
  void noPortIsGivenTwiceNorOneOfABlockThatAnotherProcessHolds() throws Exception {
    holdBlocks();
    Set<Integer> given = new TreeSet<>(FreePorts.take(1_000));
    for (int i = 0; i < 1_000; i++) {
      given.add(LowPorts.free());
    }
    assertThat(given).hasSize(2_000);
    assertThat(given).noneMatch(port -> theirs.contains(port / BLOCK));
  }
}
