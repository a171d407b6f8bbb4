package io.paddock.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Opens sessions, many at a time: connects and handshakes of a batch overlap. */
final class SessionOpener {
  private static final int BATCH = 250;
  private static final int RESPONSE_BYTES = 4 + 37;

  private SessionOpener() {}

  /**
   * Opens {@code count} sessions on blocking channels, on the servers in turn.
   *
   * @param answerMillisMax how long to wait for each answer: a server that is just starting may
   *     take a connection and never answer it
   * @throws IOException when the server refuses a connection or a session
   */
  static List<DriverSession> open(
      List<InetSocketAddress> servers, int count, int timeoutMillis, int answerMillisMax)
      throws IOException {
    List<DriverSession> sessions = new ArrayList<>(count);
    try {
      while (sessions.size() < count) {
        int from = sessions.size();
        for (int i = from; i < Math.min(count, from + BATCH); i++) {
          SocketChannel channel = SocketChannel.open();
          sessions.add(new DriverSession(channel, i));
          channel.connect(servers.get(i % servers.size()));
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
          channel.write(ByteBuffer.wrap(RequestFrames.connect(timeoutMillis)));
        }
        for (DriverSession session : sessions.subList(from, sessions.size())) {
          awaitSession(session.channel().socket(), answerMillisMax);
        }
      }
      return sessions;
    } catch (IOException e) {
      for (DriverSession session : sessions) {
        session.channel().close();
      }
      throw e;
    }
  }

  private static void awaitSession(Socket socket, int answerMillisMax) throws IOException {
    socket.setSoTimeout(answerMillisMax);
    byte[] response = socket.getInputStream().readNBytes(RESPONSE_BYTES);
    if (response.length < RESPONSE_BYTES) {
      throw new IOException("the server closed the connection during the handshake");
    }
    // Behind the frame length and the protocol version stands the negotiated timeout, 0 when
    // refused.
    if (ByteBuffer.wrap(response).getInt(8) <= 0) {
      throw new IOException("the server refused the session");
    }
  }
}
