package io.paddock.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import io.paddock.testlib.RawSocket;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.LearnerInfo;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Strangers at the quorum port of a leader; what it tells of them is read from its log. */
@Timeout(120)
class QuorumPortTest {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String STRANGE = "sends to the quorum port is no ZooKeeper quorum protocol";

  @TempDir Path directory;
  private LogLines log;
  private PaddockServer server;
  private int port;
  private int electionPort;

  @BeforeEach
  void start() throws Exception {
    log = new LogLines();
    port = LowPorts.free();
    Map<String, String> settings = new LinkedHashMap<>();
    electionPort = LowPorts.free();
    settings.put("server.1", LOOPBACK + ":" + port + ":" + electionPort);
    settings.put("standaloneEnabled", "false");
    settings.put("dataDir", directory.toString());
    settings.put("clientPort", "0");
    settings.put("admin.enableServer", "false");
    settings.put("preAllocSize", "64");
    settings.put("initLimit", "10");
    settings.put("syncLimit", "5");
    Files.writeString(directory.resolve("myid"), "1\n");
    server = PaddockServer.start(ZooCfg.of(settings, Map.of()), () -> {});
    log.await("This server is LEADING");
  }

  @AfterEach
  void stop() {
    server.close();
    log.close();
  }

  /** What it is told ends with the connection, without a reset. */
  private static void call(int port, byte[] bytes) throws IOException {
    try (RawSocket socket = new RawSocket(port)) {
      assertThat(socket.send(bytes).readToEnd()).isEmpty();
      socket.assertStillTaken();
    }
  }

  private void call(byte[] bytes) throws IOException {
    call(port, bytes);
  }

  @Test
  void strangersAtTheElectionPortSeeAnEndAndNoReset() throws IOException {
    call(electionPort, "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
    JuteWriter own = new JuteWriter(128);
    new ElectionHandshake(1, List.of(new ElectionHandshake.Address(LOOPBACK, 3888))).write(own);
    call(electionPort, own.toByteArray());
  }

  @Test
  void strangersAreToldByWhatTheySpeakAndEachOnce() throws IOException {
    for (int i = 0; i < 3; i++) {
      call("GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
      call(new byte[] {0, 0, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0});
      JuteWriter handshake = new JuteWriter(128);
      new ElectionHandshake(2, List.of(new ElectionHandshake.Address(LOOPBACK, 3888)))
          .write(handshake);
      call(handshake.toByteArray());
    }
    log.await(STRANGE, "HTTP");
    log.await(STRANGE, "a client that wants a session");
    log.await(STRANGE, "an election message", "swapped");
    assertThat(log.count(STRANGE)).isEqualTo(3);
  }

  @Test
  void aLearnerOfAnOldVersionIsTold() throws IOException {
    JuteWriter greeting = new JuteWriter(128);
    QuorumPacketCodec.write(new QuorumPacket.FollowerInfo(0, new LearnerInfo(2, 1, 0)), greeting);
    call(greeting.toByteArray());
    log.await("speaks the protocol before ZooKeeper 3.4");
  }
}
