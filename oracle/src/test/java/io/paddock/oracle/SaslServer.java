package io.paddock.oracle;

import io.paddock.testkit.EmbeddedServer;
import io.paddock.testkit.FreePorts;
import io.paddock.testlib.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** A server with a JAAS file: Apache's, which needs a process of its own for it, or Paddock. */
abstract class SaslServer implements AutoCloseable {
  private static final int ANSWER_MS = 1000;
  static final String PROVIDER = "org.apache.zookeeper.server.auth.SASLAuthenticationProvider";

  abstract int port();

  @Override
  public abstract void close();

  /**
   * @param jaas the file; null for none
   */
  static SaslServer paddock(Map<String, String> settings, Path jaas) {
    EmbeddedServer.Builder builder = EmbeddedServer.builder().port(0);
    settings.forEach(builder::set);
    if (jaas != null) {
      builder.set("java.security.auth.login.config", jaas.toString());
    }
    EmbeddedServer server = builder.start();
    return new SaslServer() {
      @Override
      int port() {
        return server.port();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }

  /**
   * @param directory for its files
   * @param options of its JVM
   */
  static SaslServer apache(
      Path directory, Map<String, String> settings, Path jaas, String... options)
      throws IOException {
    int port = FreePorts.one();
    StringBuilder text = new StringBuilder();
    settings.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    text.append("clientPort=").append(port).append("\nadmin.enableServer=false\ndataDir=");
    text.append(Files.createTempDirectory(directory, "apache"));
    List<String> flags = new ArrayList<>();
    if (jaas != null) {
      flags.add("-Djava.security.auth.login.config=" + jaas);
    }
    flags.addAll(List.of(options));
    List<String> command =
        ChildJvm.words(
            flags,
            QuorumPeerMain.class.getName(),
            Files.writeString(directory.resolve("apache.cfg"), text).toString());
    Path log = directory.resolve("apache.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    awaitService(port, process, log);
    return new SaslServer() {
      @Override
      int port() {
        return port;
      }

      @Override
      public void close() {
        process.destroyForcibly();
        try {
          process.waitFor();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  /** The port is open before there is anybody to serve, and who asks then may hear nothing. */
  private static void awaitService(int port, Process process, Path log) throws IOException {
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(ANSWER_MS);
        socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readAllBytes();
        if (new String(answer, StandardCharsets.US_ASCII).contains("Mode: ")) {
          return;
        }
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw new IOException("Apache's server has ended: " + Files.readString(log), e);
        }
      }
      LockSupport.parkNanos(20_000_000);
    }
  }
}
