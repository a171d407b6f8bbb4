package io.paddock.server;

import io.paddock.wire.Acl;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** As little of a client as will do. */
final class PlainClient implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;
  private final int timeoutMs;
  private final long sessionId;
  private final byte[] passwd;

  /** Opens a session. */
  PlainClient(int port) throws IOException {
    this(port, 0, new byte[16]);
  }

  /** Comes back with a session, or opens one under 0. */
  PlainClient(int port, long session, byte[] passwd) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in = new DataInputStream(socket.getInputStream());
    JuteWriter hello = new JuteWriter();
    hello.writeInt(0);
    hello.writeLong(0);
    hello.writeInt(30_000);
    hello.writeLong(session);
    hello.writeBuffer(passwd);
    hello.writeBoolean(false);
    send(hello);
    JuteReader welcome = receive();
    welcome.readInt();
    timeoutMs = welcome.readInt();
    sessionId = welcome.readLong();
    this.passwd = welcome.readBuffer();
  }

  /** The session's timeout; 0 when it was refused. */
  int timeoutMs() {
    return timeoutMs;
  }

  long sessionId() {
    return sessionId;
  }

  byte[] passwd() {
    return passwd;
  }

  /** The reply's error; null when the connection has ended instead. */
  Integer create(String path) throws IOException {
    return create(path, new byte[0]);
  }

  /** Likewise. */
  Integer create(String path, byte[] data) throws IOException {
    return call(new Op.Create(OpCode.CREATE, path, data, Acl.OPEN, 0, -1));
  }

  /** Likewise. */
  Integer delete(String path) throws IOException {
    return call(new Op.Delete(path, -1));
  }

  private Integer call(Op op) throws IOException {
    JuteWriter request = new JuteWriter();
    request.writeInt(1);
    request.writeInt(op.code().code());
    op.write(request);
    try {
      send(request);
      JuteReader reply = receive();
      reply.readInt();
      reply.readLong();
      return reply.readInt();
    } catch (EOFException | SocketException ended) {
      return null;
    }
  }

  private void send(JuteWriter body) throws IOException {
    JuteWriter frame = new JuteWriter();
    frame.writeBuffer(body.toByteArray());
    socket.getOutputStream().write(frame.array(), 0, frame.size());
  }

  private JuteReader receive() throws IOException {
    return new JuteReader(in.readNBytes(in.readInt()));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
