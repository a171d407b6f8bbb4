package io.paddock.operators;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocketFactory;

/** Asks a server, Paddock's or Apache's, a four-letter word. */
public final class FourLetterClient {
  private static final int ANSWER_BYTES_MAX = 1 << 20;

  private FourLetterClient() {}

  /**
   * Sends a word and returns the whole answer, up to 1 MiB of it.
   *
   * @param timeoutMs for the connection, and again for each piece of the answer
   * @throws IOException when the server cannot be reached or does not answer in time
   */
  public static String ask(String host, int port, String word, int timeoutMs) throws IOException {
    try (Socket socket = connect(host, port, timeoutMs)) {
      return ask(socket, word);
    }
  }

  /**
   * The same by TLS.
   *
   * @param tls whom to show and whom to believe
   */
  public static String ask(String host, int port, String word, int timeoutMs, SSLSocketFactory tls)
      throws IOException {
    try (Socket socket = connect(host, port, timeoutMs);
        Socket secure = tls.createSocket(socket, host, port, true)) {
      return ask(secure, word);
    }
  }

  private static Socket connect(String host, int port, int timeoutMs) throws IOException {
    // Looked up here, so that an unknown name is told as such.
    InetAddress address = InetAddress.getByName(host);
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(timeoutMs);
      socket.connect(new InetSocketAddress(address, port), timeoutMs);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static String ask(Socket socket, String word) throws IOException {
    socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
  }
}
