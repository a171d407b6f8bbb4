package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Random;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsWireTest {
  private static final int BYTES = 1_000_000;

  @TempDir private static Path folder;
  private static BenchStores stores;

  @BeforeAll
  static void make() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    stores = BenchStores.make(java, folder.resolve("stores"));
  }

  /** Sends back what it gets from one client, who must have a certificate. */
  private static SSLServerSocket echo() throws IOException {
    SSLServerSocket server =
        (SSLServerSocket)
            stores
                .context("server")
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    Thread thread =
        new Thread(
            () -> {
              try (Socket client = server.accept();
                  InputStream in = client.getInputStream();
                  OutputStream out = client.getOutputStream()) {
                in.transferTo(out);
              } catch (IOException e) {
                // The client has gone.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private static InetSocketAddress address(ServerSocket server) {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  @Test
  void whatIsWrittenComesBackAlsoWhenTheReaderHasLittleRoom() throws IOException {
    byte[] sent = new byte[BYTES];
    new Random(1).nextBytes(sent);
    ByteBuffer received = ByteBuffer.allocate(BYTES);
    try (SSLServerSocket server = echo();
        SocketChannel channel = SocketChannel.open(address(server))) {
      TlsWire wire = TlsWire.open(channel, stores.client(), 10_000);
      for (int from = 0; from < BYTES; from += 50_000) {
        channel.write(wire.encrypt(ByteBuffer.wrap(sent, from, 50_000)));
        readAll(wire, received, from + 50_000);
      }
    }
    assertThat(received.array()).isEqualTo(sent);
  }

  private static void readAll(TlsWire wire, ByteBuffer received, int until) throws IOException {
    while (received.position() < until) {
      ByteBuffer some = ByteBuffer.allocate(TlsWire.RECORD_BYTES + 100);
      assertThat(wire.read(some)).isNotNegative();
      received.put(some.flip());
    }
    assertThat(wire.hasMore()).isFalse();
  }

  @Test
  void aServerThatSpeaksNoTlsIsToldByAnException() throws IOException {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SocketChannel channel = SocketChannel.open(address(plain));
        Socket client = plain.accept()) {
      client.getOutputStream().write("not TLS at all".getBytes());
      assertThatThrownBy(() -> TlsWire.open(channel, stores.client(), 10_000))
          .isInstanceOf(IOException.class);
    }
  }
}
