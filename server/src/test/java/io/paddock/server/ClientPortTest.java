package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.LowPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a server takes the port of its clients. */
@Timeout(120)
class ClientPortTest {
  private static final String LOOPBACK = "127.0.0.1";

  @TempDir Path directory;

  private PaddockServer start(String... settings) throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", directory.toString());
    all.put("clientPort", "0");
    all.put("clientPortAddress", LOOPBACK);
    all.put("admin.enableServer", "false");
    all.put("preAllocSize", "64");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return PaddockServer.start(ZooCfg.of(all, Map.of()), () -> {});
  }

  @Test
  void aPortThatAnEndingServerHoldsForAMomentIsTakenWhenItIsLetGo() throws Exception {
    int port = LowPorts.free();
    try (LogLines log = new LogLines();
        ServerSocket predecessor = new ServerSocket()) {
      predecessor.setReuseAddress(true);
      predecessor.bind(new InetSocketAddress(LOOPBACK, port));
      Thread ending =
          new Thread(
              () -> {
                log.await("clientPort " + port + " is in use", "tried again every second");
                try {
                  predecessor.close();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      ending.start();
      try (PaddockServer server =
          start("clientPort", Integer.toString(port), "electionPortBindRetry", "100")) {
        assertThat(server.clientPort()).isEqualTo(port);
        new Socket(LOOPBACK, port).close();
      }
      ending.join();
    }
  }

  @Test
  void whoeverKeepsThePortIsNotWaitedForForEver() throws Exception {
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress(LOOPBACK, 0));
      assertThatThrownBy(
              () ->
                  start(
                      "clientPort",
                      Integer.toString(other.getLocalPort()),
                      "electionPortBindRetry",
                      "0"))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("is in use");
    }
  }

  @Test
  void anAddressThatNobodyKnowsIsToldByName() {
    assertThatThrownBy(
            () -> start("clientPortAddress", "no-such-host.invalid", "electionPortBindRetry", "1"))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "clientPortAddress no-such-host.invalid: no such host; correct the name, or DNS or"
                + " /etc/hosts");
  }

  @Test
  void anAdminAddressThatNobodyKnowsIsToldByNameAndNotAsNull() {
    assertThatThrownBy(
            () ->
                start(
                    "admin.enableServer",
                    "true",
                    "admin.serverAddress",
                    "no-such-host.invalid",
                    "electionPortBindRetry",
                    "1"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("no-such-host.invalid")
        .hasMessageNotContaining("null");
  }
}
