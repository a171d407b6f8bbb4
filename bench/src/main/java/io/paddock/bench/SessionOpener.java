package io.paddock.bench;

import java.io.IOException;
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
      List<Endpoint> servers, int count, int timeoutMillis, int answerMillisMax)
      throws IOException {
    List<DriverSession> sessions = new ArrayList<>(count);
    try {
      while (sessions.size() < count) {
        int from = sessions.size();
        for (int i = from; i < Math.min(count, from + BATCH); i++) {
          sessions.add(connect(servers.get(i % servers.size()), i, answerMillisMax));
          sessions.get(i).write(ByteBuffer.wrap(RequestFrames.connect(timeoutMillis)));
        }
        for (DriverSession session : sessions.subList(from, sessions.size())) {
          awaitSession(session, answerMillisMax);
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

  private static DriverSession connect(Endpoint server, int index, int answerMillisMax)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.connect(server.address());
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      TlsWire tls =
          server.tls() == null ? null : TlsWire.open(channel, server.tls(), answerMillisMax);
      return new DriverSession(channel, index, tls);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void awaitSession(DriverSession session, int answerMillisMax) throws IOException {
    byte[] response = session.readNow(RESPONSE_BYTES, answerMillisMax);
    // Behind the frame length and the protocol version stands the negotiated timeout, 0 when
    // refused.
    if (ByteBuffer.wrap(response).getInt(8) <= 0) {
      throw new IOException("the server refused the session");
    }
  }
}
