package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;

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
    this(new Socket(InetAddress.getLoopbackAddress(), port), session, passwd);
  }

  /** Opens a session on a connection that is there. */
  PlainClient(Socket socket) throws IOException {
    this(socket, 0, new byte[16]);
  }

  private PlainClient(Socket socket, long session, byte[] passwd) throws IOException {
    this.socket = socket;
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
    return create(path, data, Acl.OPEN);
  }

  /** Likewise. */
  Integer create(String path, byte[] data, List<Acl> acl) throws IOException {
    return call(new Op.Create(OpCode.CREATE, path, data, acl, 0, -1));
  }

  /** The reply's error to an auth packet; null when the connection has ended instead. */
  Integer auth(String scheme, byte[] auth) throws IOException {
    JuteWriter request = new JuteWriter();
    request.writeInt(-4);
    request.writeInt(OpCode.AUTH.code());
    request.writeInt(0);
    request.writeString(scheme);
    request.writeBuffer(auth);
    send(request);
    return error();
  }

  /** The bytes of a znode, which must be there. */
  byte[] getData(String path) throws IOException {
    send(getDataRequest(path));
    JuteReader reply = receive();
    reply.readInt();
    reply.readLong();
    assertThat(reply.readInt()).isZero();
    return reply.readBuffer();
  }

  JuteWriter getDataRequest(String path) {
    JuteWriter request = new JuteWriter();
    request.writeInt(1);
    request.writeInt(OpCode.GET_DATA.code());
    request.writeString(path);
    request.writeBoolean(false);
    return request;
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
      return error();
    } catch (EOFException | SocketException ended) {
      return null;
    }
  }

  private Integer error() throws IOException {
    try {
      JuteReader reply = receive();
      reply.readInt();
      reply.readLong();
      return reply.readInt();
    } catch (EOFException | SocketException ended) {
      return null;
    }
  }

  void send(JuteWriter body) throws IOException {
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
