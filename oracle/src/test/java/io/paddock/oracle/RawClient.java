package io.paddock.oracle;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One blocking connection that can say anything, well-formed or not, and reads what comes back
 * frame by frame. Not for use by several threads.
 */
final class RawClient implements Closeable {

  static final int NOTIFICATION_XID = -1;
  static final int PING_XID = -2;
  static final int AUTH_XID = -4;
  static final int SET_WATCHES_XID = -8;
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What reading brought: a frame, the end of the connection, or nothing in time. */
  enum Kind {
    FRAME,
    END,
    SILENCE
  }

  /** A server frame after the handshake: reply header and undecoded body. */
  record Frame(Kind kind, int xid, long zxid, int err, byte[] body) {
    static final Frame END = new Frame(Kind.END, 0, 0, 0, new byte[0]);
    static final Frame SILENCE = new Frame(Kind.SILENCE, 0, 0, 0, new byte[0]);

    static Frame parse(byte[] payload) {
      Jute.In in = new Jute.In(payload);
      return new Frame(Kind.FRAME, in.i32(), in.i64(), in.i32(), in.rest());
    }

    boolean isNotification() {
      return kind == Kind.FRAME && xid == NOTIFICATION_XID;
    }

    Jute.In in() {
      return new Jute.In(body);
    }
  }

  /** The server's ConnectResponse; null from {@link #handshake} means it closed without one. */
  record Welcome(int version, int timeoutMs, long sessionId, byte[] password, byte[] tail) {
    boolean accepted() {
      return timeoutMs > 0;
    }
  }

  private final Socket socket;
  private final InputStream in;
  private byte[] pending = new byte[4096];
  private int pendingSize;
  private int nextXid = 1;

  RawClient(int port) {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE);
  }

  /** A connection to a server that may be elsewhere, or not be reached. */
  RawClient(InetSocketAddress server, Duration patience) {
    this(server, patience, 0);
  }

  /** A session of a client whose system takes little of what it does not read. */
  static RawClient slowSession(int port) {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    RawClient client = new RawClient(server, PATIENCE, 4096);
    client.handshake(connectRequest(0, 30_000, 0, new byte[16], true));
    return client;
  }

  /**
   * @param receiveBytes what the system keeps unread; 0 for what it likes
   */
  private RawClient(InetSocketAddress server, Duration patience, int receiveBytes) {
    socket = new Socket();
    try {
      if (receiveBytes > 0) {
        socket.setReceiveBufferSize(receiveBytes);
      }
      socket.setTcpNoDelay(true);
      socket.connect(server, (int) patience.toMillis());
      in = socket.getInputStream();
    } catch (IOException e) {
      try {
        socket.close();
      } catch (IOException alreadyBroken) {
        e.addSuppressed(alreadyBroken);
      }
      throw new UncheckedIOException(e);
    }
  }

  /** A connection that is there already, of TLS for example. */
  RawClient(Socket connected) {
    socket = connected;
    try {
      in = socket.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A connection with a new session of 30 s. */
  static RawClient session(int port) {
    return session(new RawClient(port));
  }

  /** The same on a connection that is there already. */
  static RawClient session(RawClient client) {
    Welcome welcome = client.handshake(connectRequest(0, 30_000, 0, new byte[16], true));
    if (welcome == null || !welcome.accepted()) {
      client.close();
      throw new AssertionError("the server refused a new session: " + welcome);
    }
    return client;
  }

  static byte[] connectRequest(
      long lastZxid, int timeoutMs, long sessionId, byte[] password, boolean withReadOnly) {
    return connectRequest(0, lastZxid, timeoutMs, sessionId, password, withReadOnly);
  }

  /** The protocol version is nothing that a server looks at. */
  static byte[] connectRequest(
      int version,
      long lastZxid,
      int timeoutMs,
      long sessionId,
      byte[] password,
      boolean withReadOnly) {
    Jute.Out out =
        new Jute.Out().i32(version).i64(lastZxid).i32(timeoutMs).i64(sessionId).buf(password);
    return (withReadOnly ? out.bool(false) : out).bytes();
  }

  /** Of a client that a server without a leader is good enough for. */
  static byte[] readOnlyConnectRequest(long sessionId, byte[] password) {
    return new Jute.Out().i32(0).i64(0).i32(30_000).i64(sessionId).buf(password).bool(true).bytes();
  }

  Welcome handshake(byte[] connectRequest) {
    return handshake(connectRequest, PATIENCE);
  }

  Welcome handshake(byte[] connectRequest, Duration patience) {
    send(connectRequest);
    return readWelcome(patience);
  }

  Welcome readWelcome() {
    return readWelcome(PATIENCE);
  }

  private Welcome readWelcome(Duration patience) {
    byte[] payload = readPayload(patience);
    if (payload == null) {
      return null;
    }
    Jute.In reader = new Jute.In(payload);
    return new Welcome(reader.i32(), reader.i32(), reader.i64(), reader.buf(), reader.rest());
  }

  int nextXid() {
    return nextXid++;
  }

  /** Sends a request and gives its xid. */
  int request(int type, byte[] body) {
    int xid = xidFor(type);
    send(header(xid, type).raw(body).bytes());
    return xid;
  }

  /** Sends requests in one piece and gives their xids. */
  List<Integer> requests(List<Op> ops, long zxidBase) {
    Jute.Out all = new Jute.Out();
    List<Integer> xids = new ArrayList<>();
    for (Op op : ops) {
      int xid = xidFor(op.type());
      xids.add(xid);
      all.raw(framed(header(xid, op.type()).raw(op.bodyAt(zxidBase)).bytes()));
    }
    sendRaw(all.bytes());
    return xids;
  }

  private int xidFor(int type) {
    return switch (type) {
      case OpCode.PING -> PING_XID;
      case OpCode.AUTH -> AUTH_XID;
      case OpCode.SET_WATCHES, OpCode.SET_WATCHES2 -> SET_WATCHES_XID;
      default -> nextXid();
    };
  }

  static Jute.Out header(int xid, int type) {
    return new Jute.Out().i32(xid).i32(type);
  }

  /** A frame as it goes on the wire. */
  static byte[] framed(byte[] payload) {
    return new Jute.Out().i32(payload.length).raw(payload).bytes();
  }

  /** Sends one frame. A connection that is already closed is noticed when reading. */
  void send(byte[] payload) {
    sendRaw(framed(payload));
  }

  /** Sends bytes without a length in front. */
  void sendRaw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // The other end is gone; the reader sees the same and reports it.
    }
  }

  /** Sends a request and reads until its reply; events that came first are dropped. */
  Frame call(int type, byte[] body) {
    int xid = request(type, body);
    while (true) {
      Frame frame = next();
      if (frame.kind() != Kind.FRAME || frame.xid() == xid) {
        return frame;
      }
    }
  }

  Frame call(Op op) {
    return call(op.type(), op.bodyAt(0));
  }

  /** Reads the next frame, waiting up to {@link #PATIENCE}. */
  Frame next() {
    return next(PATIENCE);
  }

  Frame next(Duration patience) {
    try {
      byte[] payload = readFramed(patience);
      return Frame.parse(payload);
    } catch (SocketTimeoutException e) {
      return Frame.SILENCE;
    } catch (IOException e) {
      return Frame.END;
    }
  }

  List<Frame> next(int count) {
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      frames.add(next());
    }
    return frames;
  }

  /** A frame without interpretation; null at the end of the connection or after the patience. */
  byte[] readPayload(Duration patience) {
    try {
      return readFramed(patience);
    } catch (IOException e) {
      return null;
    }
  }

  /** Everything until the server closes, for four-letter words. */
  byte[] readAll() {
    try {
      while (true) {
        fill(pendingSize + 1, System.nanoTime() + PATIENCE.toNanos());
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server kept the connection open");
    } catch (IOException e) {
      return Arrays.copyOf(pending, pendingSize);
    }
  }

  void shutdownOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] readFramed(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    fill(4, deadline);
    int length = ByteBuffer.wrap(pending, 0, 4).getInt();
    if (length < 0) {
      throw new AssertionError("the server sent a frame of length " + length);
    }
    fill(4 + length, deadline);
    byte[] payload = Arrays.copyOfRange(pending, 4, 4 + length);
    System.arraycopy(pending, 4 + length, pending, 0, pendingSize - 4 - length);
    pendingSize -= 4 + length;
    return payload;
  }

  /** Keeps half a frame when time runs out, so that a later read can go on. */
  private void fill(int wanted, long deadline) throws IOException {
    if (wanted > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(wanted, pending.length * 2));
    }
    while (pendingSize < wanted) {
      long leftMs = (deadline - System.nanoTime()) / 1_000_000;
      socket.setSoTimeout((int) Math.max(1, leftMs));
      int n = in.read(pending, pendingSize, pending.length - pendingSize);
      if (n < 0) {
        throw new EOFException();
      }
      pendingSize += n;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
