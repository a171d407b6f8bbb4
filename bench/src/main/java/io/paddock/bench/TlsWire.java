package io.paddock.bench;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;

/**
 * TLS on one connection of the load generator. The handshake is done on the blocking channel; what
 * comes later (tickets, new keys) on the way. Used by its driver's thread only.
 */
final class TlsWire {
  /** The most that one record can hold, and what a buffer must have free to read one. */
  static final int RECORD_BYTES = 17 * 1024;

  private static final int IN_BYTES = 2 * RECORD_BYTES;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final SSLEngine engine;
  private final ByteBuffer in = ByteBuffer.allocate(IN_BYTES);
  private ByteBuffer out = ByteBuffer.allocate(RECORD_BYTES);

  /** Whether what is left of what came in is no whole record. */
  private boolean waitsForRest;

  private TlsWire(SocketChannel channel, SSLEngine engine) {
    this.channel = channel;
    this.engine = engine;
  }

  /**
   * Does a full handshake; no session is resumed.
   *
   * @param answerMillisMax how long to wait for each of the server's answers
   */
  static TlsWire open(SocketChannel channel, SSLContext context, int answerMillisMax)
      throws IOException {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    TlsWire wire = new TlsWire(channel, engine);
    channel.socket().setSoTimeout(answerMillisMax);
    engine.beginHandshake();
    wire.shakeHands(channel.socket());
    return wire;
  }

  private void shakeHands(Socket socket) throws IOException {
    ByteBuffer nothing = ByteBuffer.allocate(RECORD_BYTES);
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> channel.write(encrypt(NOTHING));
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_UNWRAP -> {
          in.flip();
          SSLEngineResult result = engine.unwrap(in, nothing);
          in.compact();
          if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            receive(socket);
          }
        }
        default -> {
          return;
        }
      }
    }
  }

  /** By the stream, whose reads know a timeout. */
  private void receive(Socket socket) throws IOException {
    int count = socket.getInputStream().read(in.array(), in.position(), in.remaining());
    if (count < 0) {
      throw new IOException("the server closed the connection during the TLS handshake");
    }
    in.position(in.position() + count);
  }

  /**
   * Reads what is there, as far as whole records have room in the buffer; waits for some on a
   * blocking channel.
   *
   * @return as of a channel: bytes, or -1 at the end
   */
  int read(ByteBuffer plain) throws IOException {
    int start = plain.position();
    while (true) {
      boolean open = decrypt(plain);
      int count = plain.position() - start;
      if (!open || plain.remaining() < RECORD_BYTES || count > 0 && channel.isBlocking()) {
        return open || count > 0 ? count : -1;
      }
      int received = channel.read(in);
      if (received <= 0) {
        return received < 0 && count == 0 ? -1 : count;
      }
    }
  }

  /**
   * Reads once, waiting as long as the socket's timeout.
   *
   * @return false at the end
   */
  boolean readNow(ByteBuffer plain, Socket socket) throws IOException {
    int start = plain.position();
    boolean open = decrypt(plain);
    if (open && plain.position() == start) {
      receive(socket);
      open = decrypt(plain);
    }
    return open;
  }

  /** Whether bytes have come in that the last read had no room for. */
  boolean hasMore() {
    return in.position() > 0 && !waitsForRest;
  }

  private boolean decrypt(ByteBuffer plain) throws IOException {
    in.flip();
    waitsForRest = false;
    try {
      while (in.hasRemaining() && plain.remaining() >= RECORD_BYTES) {
        switch (engine.unwrap(in, plain).getStatus()) {
          case BUFFER_UNDERFLOW -> {
            waitsForRest = true;
            return true;
          }
          case CLOSED -> {
            return false;
          }
          default -> answer();
        }
      }
      return true;
    } finally {
      in.compact();
    }
  }

  /** What the server's records ask for in between: tickets are taken, new keys confirmed. */
  private void answer() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> channel.write(encrypt(NOTHING));
        default -> {
          return;
        }
      }
    }
  }

  /** The bytes as records, in a buffer that the next call uses again. */
  ByteBuffer encrypt(ByteBuffer plain) throws IOException {
    out.clear();
    do {
      if (engine.wrap(plain, out).getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
        out = ByteBuffer.allocate(out.capacity() * 2).put(out.flip());
      }
    } while (plain.hasRemaining());
    return out.flip();
  }
}
