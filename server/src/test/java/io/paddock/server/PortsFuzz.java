package io.paddock.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.testlib.LowPorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/** One server with all its ports, in this process, for as long as the process lives. */
final class PortsFuzz {
  static final int DEADLINE_MS = 10_000;
  private static final int ANSWER_BYTES_MAX = 4 << 20;

  private final AtomicBoolean failed = new AtomicBoolean();
  private final PaddockServer server;
  private final int adminPort;
  private final int metricsPort;

  PortsFuzz() {
    ((Logger) LoggerFactory.getLogger("io.paddock")).setLevel(Level.OFF);
    try {
      Path directory = Files.createTempDirectory("paddock-fuzz");
      adminPort = LowPorts.free();
      metricsPort = LowPorts.free();
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("dataDir", directory.toString());
      settings.put("clientPort", "0");
      settings.put("clientPortAddress", "127.0.0.1");
      settings.put("4lw.commands.whitelist", "*");
      settings.put("admin.serverAddress", "127.0.0.1");
      settings.put("admin.serverPort", String.valueOf(adminPort));
      settings.put("metricsProvider.httpHost", "127.0.0.1");
      settings.put("metricsProvider.httpPort", String.valueOf(metricsPort));
      settings.put(
          "metricsProvider.className",
          "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider");
      // Half a handshake is not waited for here.
      settings.put("nio.sessionlessCnxnTimeout", "1000");
      settings.put("preAllocSize", "64");
      Path jaas =
          Files.writeString(
              directory.resolve("jaas.conf"),
              "Server { a.DigestLoginModule required user_a=\"a\"; };");
      settings.put("java.security.auth.login.config", jaas.toString());
      settings.put("fips-mode", "false");
      server = PaddockServer.start(ZooCfg.of(settings, Map.of()), () -> failed.set(true));
    } catch (IOException | ConfigException | StartException e) {
      throw new AssertionError(e);
    }
  }

  int clientPort() {
    return server.clientPort();
  }

  int adminPort() {
    return adminPort;
  }

  int metricsPort() {
    return metricsPort;
  }

  boolean failed() {
    return failed.get();
  }

  /**
   * Sends the bytes in pieces and the end of them, and reads what comes until the server closes.
   *
   * @param piece bytes of the first piece; the rest follows at once
   * @return what came; what a reset cut off is missing
   */
  static byte[] exchange(int port, byte[] bytes, int piece) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MS);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(DEADLINE_MS);
      try {
        socket.getOutputStream().write(bytes, 0, piece);
        socket.getOutputStream().write(bytes, piece, bytes.length - piece);
        socket.shutdownOutput();
      } catch (SocketException closedAlready) {
        // It may answer and close before it has read everything.
      }
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
        answer.write(buffer, 0, count);
        if (answer.size() > ANSWER_BYTES_MAX) {
          throw new AssertionError("an answer without end");
        }
      }
      return answer.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int read(InputStream in, byte[] buffer) throws IOException {
    try {
      return in.read(buffer);
    } catch (SocketException reset) {
      return -1;
    }
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
