package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ZooCfg;
import io.paddock.testlib.RawSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that the client port closes with input unread: their last answers arrive. */
@Timeout(120)
class ClientPortClosingTest {
  private static final int CONNECTIONS_MAX = 3;

  @TempDir Path directory;
  private PaddockServer server;

  @BeforeEach
  void start() throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("dataDir", directory.toString());
    settings.put("clientPort", "0");
    settings.put("clientPortAddress", "127.0.0.1");
    settings.put("admin.enableServer", "false");
    settings.put("preAllocSize", "64");
    settings.put("maxCnxns", String.valueOf(CONNECTIONS_MAX));
    settings.put("4lw.commands.whitelist", "*");
    server = PaddockServer.start(ZooCfg.of(settings, Map.of()), () -> {});
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawSocket connect() throws IOException {
    return new RawSocket(server.clientPort());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ruok", "mntr", "wchc"})
  void behindAnAnswerToAFourLetterWordNoResetComes(String word) throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawSocket client = connect()) {
        assertThat(client.send(word).readToEnd()).isNotEmpty();
        client.assertStillTaken();
      }
    }
  }

  @Test
  void whateverFollowsAFourLetterWordDoesNotKeepItFromBeingAnswered() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (RawSocket client = connect()) {
        client.send("mntr").send("\r\n").send("\r\nGET / HTTP/1.1\r\n\r\n");
        assertThat(client.readToEnd()).startsWith("zk_version").contains("\nzk_znode_count\t");
      }
    }
  }

  @Test
  void whoeverDoesNotFitIsToldByAnEndAndNotByAReset() throws Exception {
    try (RawSocket a = connect();
        RawSocket b = connect();
        RawSocket c = connect()) {
      // Answered, so that they are counted.
      for (RawSocket each : new RawSocket[] {a, b, c}) {
        each.send(new byte[] {0, 0, 0, 44}).send(new byte[12]).send(new byte[] {0, 0, 0x75, 0x30});
        each.send(new byte[28]);
        assertThat(each.hears(60_000)).isTrue();
      }
      try (RawSocket refused = connect()) {
        refused.send(new byte[] {0, 0, 0, 44}).send(new byte[44]);
        assertThat(refused.readToEnd()).isEmpty();
        refused.assertStillTaken();
      }
    }
  }

  @Test
  void aFrameThatIsRefusedTakesNothingOfTheRepliesBefore() throws Exception {
    try (RawSocket client = connect()) {
      ByteBuffer sent = ByteBuffer.allocate(4 + 44 + 12 + 4 + 4096);
      sent.putInt(44).putInt(0).putLong(0).putInt(30_000).putLong(0).putInt(16).put(new byte[16]);
      sent.putInt(8).putInt(-2).putInt(11); // a ping
      sent.putInt(-1); // and what is no frame
      client.send(sent.array());
      String replies = client.readToEnd();
      // The welcome, without the byte for read-only, and the ping's reply.
      assertThat(replies).hasSize(4 + 36 + 4 + 16);
      client.assertStillTaken();
    }
  }

  @Test
  void whoeverComesWithAnExpiredSessionCanReadThat() throws Exception {
    try (RawSocket client = connect()) {
      ByteBuffer hello = ByteBuffer.allocate(48);
      hello.putInt(44).putInt(0).putLong(0).putInt(30_000).putLong(77).putInt(16).put(new byte[16]);
      client.send(hello.array());
      assertThat(client.readToEnd()).hasSize(4 + 36);
      client.assertStillTaken();
    }
  }
}
