package io.paddock.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A session that its client takes along to other connections, without ever blocking, in plain text.
 * What it sends and gets is small. Used by one thread.
 */
final class MovingSession {
  /** Who is told what comes in. */
  interface Listener {
    /** The server has taken the session, or made a new one. */
    void greeted() throws IOException;

    /** A reply or an event has come in. */
    void reply(int xid, long zxid, int err) throws IOException;
  }

  private static final int IN_BYTES = 4096;

  private final ByteBuffer in = ByteBuffer.allocate(IN_BYTES);
  private SocketChannel channel;
  private boolean greeted;
  private long id;
  private byte[] password = new byte[RequestFrames.PASSWORD_BYTES];

  /** Begins to connect; {@code owner} is the key's attachment. */
  void connect(Selector selector, InetSocketAddress server, Object owner) throws IOException {
    disconnect();
    in.clear();
    channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, owner);
    if (channel.connect(server)) {
      connected(key);
    }
  }

  /** Whether the server has taken the session on this connection. */
  boolean isGreeted() {
    return greeted;
  }

  boolean isConnecting() {
    return channel != null && !greeted;
  }

  /** Closes the connection; the session lives on. */
  void disconnect() throws IOException {
    greeted = false;
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  /**
   * Does what the connection is ready for.
   *
   * @throws IOException when it cannot be made, has ended, or the session is refused; the next one
   *     is then for a new session
   */
  void ready(SelectionKey key, Listener listener) throws IOException {
    if (key.isConnectable()) {
      channel.finishConnect();
      connected(key);
      return;
    }
    if (channel.read(in) < 0) {
      throw new IOException("the server closed the connection");
    }
    in.flip();
    while (in.remaining() >= 4 && in.remaining() >= 4 + in.getInt(in.position())) {
      int length = in.getInt();
      int end = in.position() + length;
      if (greeted) {
        listener.reply(in.getInt(), in.getLong(), in.getInt());
      } else {
        greet();
        listener.greeted();
      }
      if (channel == null) {
        return;
      }
      in.position(end);
    }
    in.compact();
  }

  /** Sends a frame as it is. */
  void send(byte[] frame) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(frame);
    channel.write(out);
    if (out.hasRemaining()) {
      throw new IOException("the server takes nothing more");
    }
  }

  private void connected(SelectionKey key) throws IOException {
    key.interestOps(SelectionKey.OP_READ);
    send(RequestFrames.connect(Target.SESSION_TIMEOUT_MILLIS, id, password));
  }

  private void greet() throws IOException {
    in.getInt();
    if (in.getInt() <= 0) {
      id = 0;
      throw new IOException("the server refused the session");
    }
    id = in.getLong();
    password = new byte[in.getInt()];
    in.get(password);
    greeted = true;
  }
}
