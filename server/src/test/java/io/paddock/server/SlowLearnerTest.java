package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.LearnerInfo;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import io.paddock.zab.Zxid;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An observer that is served and reads no more, at a leader that goes on writing: it is dropped at
 * the bound, said so once, and let in again.
 */
@Timeout(240)
class SlowLearnerTest {
  private static final int DATA_BYTES = 900_000;

  /** What waits in the sockets of both ends beside the leader's memory. */
  private static final long SOCKET_BYTES = 64L << 20;

  /** What one learner may leave unread: half of what all may. */
  private static final long BOUND = 32L << 20;

  private static final String DROPPED = "does not take what it is sent";

  @TempDir Path directory;
  private LogLines log;
  private PaddockServer server;
  private int port;

  @BeforeEach
  void start() throws Exception {
    log = new LogLines();
    port = LowPorts.free();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("server.1", "127.0.0.1:" + port + ":" + LowPorts.free());
    settings.put("standaloneEnabled", "false");
    settings.put("dataDir", directory.toString());
    settings.put("clientPort", "0");
    settings.put("clientPortAddress", "127.0.0.1");
    settings.put("admin.enableServer", "false");
    settings.put("paddock.learnerUnsentBytesMax", String.valueOf(2 * BOUND));
    settings.put("initLimit", "100");
    // It is silent as well, and not to be given up for that.
    settings.put("syncLimit", "100");
    Files.writeString(directory.resolve("myid"), "1\n");
    server = PaddockServer.start(ZooCfg.of(settings, Map.of()), () -> {});
    log.await("This server is LEADING");
  }

  @AfterEach
  void stop() {
    server.close();
    log.close();
  }

  @Test
  void aLearnerThatDoesNotReadIsDroppedAtTheBoundAndLetInAgain() throws IOException {
    try (Observer slow = new Observer(port, 0);
        PlainClient client = new PlainClient(server.clientPort())) {
      slow.serve();
      long writes = (BOUND + SOCKET_BYTES) / DATA_BYTES;
      for (int i = 0; i < writes && log.count(DROPPED) == 0; i++) {
        assertThat(client.create("/n" + i % 8 + "-" + i, new byte[DATA_BYTES])).isZero();
        assertThat(client.delete("/n" + i % 8 + "-" + i)).isZero();
      }
      log.await("learner", DROPPED, "may come back");
      assertThat(client.create("/goes-on", new byte[0])).isZero();
      assertThat(log.count(DROPPED)).isOne();
      try (Observer again = new Observer(port, slow.lastZxid)) {
        assertThat(again.serve()).isIn(QuorumPacket.Kind.DIFF, QuorumPacket.Kind.SNAP);
      }
    }
  }

  /** A learner without a vote, which nobody has heard of. */
  private static final class Observer implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private long lastZxid;

    Observer(int port, long lastZxid) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(60_000);
      in = new DataInputStream(socket.getInputStream());
      this.lastZxid = lastZxid;
    }

    /** Is brought up, as far as that goes without a snapshot; by what. */
    QuorumPacket.Kind serve() throws IOException {
      send(new QuorumPacket.ObserverInfo(Zxid.of(0, 0), new LearnerInfo(9, 0x10000, 0)));
      QuorumPacket.LeaderInfo leader = (QuorumPacket.LeaderInfo) receive();
      send(new QuorumPacket.AckEpoch(lastZxid, 0));
      QuorumPacket.Kind how = receive().kind();
      if (how == QuorumPacket.Kind.SNAP) {
        return how;
      }
      QuorumPacket packet = receive();
      while (packet.kind() != QuorumPacket.Kind.NEWLEADER) {
        packet = receive();
      }
      send(new QuorumPacket.Ack(leader.zxid()));
      while (packet.kind() != QuorumPacket.Kind.UPTODATE) {
        packet = receive();
      }
      lastZxid = leader.zxid();
      return how;
    }

    private void send(QuorumPacket packet) throws IOException {
      JuteWriter out = new JuteWriter();
      QuorumPacketCodec.write(packet, out);
      socket.getOutputStream().write(out.array(), 0, out.size());
    }

    /** Of no packet there is any authinfo. */
    private QuorumPacket receive() throws IOException {
      JuteWriter bytes = new JuteWriter();
      bytes.writeInt(in.readInt());
      bytes.writeLong(in.readLong());
      int length = in.readInt();
      bytes.writeBuffer(length < 0 ? null : in.readNBytes(length));
      bytes.writeInt(in.readInt());
      return QuorumPacketCodec.read(new JuteReader(bytes.toByteArray()));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
