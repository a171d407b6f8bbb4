package io.paddock.testlib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client of no protocol, which notices how a connection ends. */
public final class RawSocket implements AutoCloseable {
  private static final int PATIENCE_MS = 60_000;

  private final Socket socket = new Socket();

  public RawSocket(int port) throws IOException {
    this(port, 0);
  }

  /**
   * @param receiveBytes how much the system may take in before it is read; 0 for the usual
   */
  public RawSocket(int port, int receiveBytes) throws IOException {
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
  }

  public RawSocket send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawSocket send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  public RawSocket endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** What comes until the other end closes; a reset is a failure. */
  public String readToEnd() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** What comes until these words have come, or the end. */
  public String readTo(String words) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (!all.toString(StandardCharsets.ISO_8859_1).endsWith(words)) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      all.write(next);
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** How many bytes come until the connection ends in any way. */
  public long countToEnd() throws IOException {
    long count = 0;
    byte[] some = new byte[1 << 16];
    try {
      for (int got = 0; got >= 0; got = socket.getInputStream().read(some)) {
        count += got;
      }
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    return count;
  }

  /** Whether something comes, or the end, within some milliseconds. */
  public boolean hears(int ms) throws IOException {
    socket.setSoTimeout(ms);
    try {
      socket.getInputStream().read();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(PATIENCE_MS);
    }
  }

  /** Sends the same again and again until the other end takes no more; returns how many bytes. */
  public long sendUntilCut(byte[] bytes) {
    long sent = 0;
    try {
      while (true) {
        send(bytes);
        sent += bytes.length;
      }
    } catch (IOException e) {
      return sent;
    }
  }

  /**
   * After the other end's last byte: that it takes what comes now, instead of answering with a
   * reset, which would take from a slower client what it has not read yet. On loopback a reset has
   * come before the next byte is sent.
   */
  public void assertStillTaken() throws IOException {
    for (int i = 0; i < 20; i++) {
      send("x");
    }
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
