package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;

class PacketGaugeTest {
  @Test
  void itPassesEverythingOnAndKnowsTheLargestPacket() throws Exception {
    byte[] data = "x".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    try (var server = io.paddock.testkit.EmbeddedServer.builder().start()) {
      String[] parts = server.connectString().split(":");
      var address = new java.net.InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
      try (PacketGauge gauge = PacketGauge.before(address);
          ZooKeeper zk = new ZooKeeper("127.0.0.1:" + gauge.port(), 10_000, event -> {})) {
        zk.create("/small", new byte[10], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        assertThat(gauge.bytesMax()).isBetween(10, 1_000);
        zk.create("/large", data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        assertThat(zk.getData("/large", false, null)).isEqualTo(data);
        assertThat(gauge.bytesMax()).isBetween(data.length, data.length + 1_000);
      }
    }
  }
}
