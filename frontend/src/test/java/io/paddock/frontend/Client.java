package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.Acl;
import io.paddock.wire.ConnectRequest;
import io.paddock.wire.ConnectResponse;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReadOnlyByte;
import io.paddock.wire.ReplyHeader;
import io.paddock.wire.WatcherEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A client and its connection: it writes frames into a lane and reads what comes back. */
final class Client implements Connection {
  private static final String[] EVENTS = {"", "created", "deleted", "data", "children"};

  final World world;
  final String name;
  Lane lane;
  ConnectResponse session;
  boolean closed;
  int resumed;

  /** What the log is told of it. */
  final List<String> oddities = new ArrayList<>();

  /** Runs whenever the lane begins to write. */
  Runnable onWrite = () -> {};

  private final JuteWriter out = new JuteWriter();
  private int taken;

  Client(World world, String name) {
    this.world = world;
    this.name = name;
  }

  /** A frame as it arrived. */
  record Frame(int xid, long zxid, int err, byte[] body) {
    JuteReader in() {
      return new JuteReader(body);
    }

    /** Events in words, replies as xid, zxid and error. */
    @Override
    public String toString() {
      if (xid == ReplyHeader.XID_NOTIFICATION) {
        WatcherEvent event = WatcherEvent.read(in());
        return EVENTS[event.type()] + " " + event.path() + " @" + zxid;
      }
      return "#" + xid + " @" + zxid + (err == 0 ? "" : " err " + err);
    }
  }

  @Override
  public JuteWriter out() {
    world.told.add(name);
    onWrite.run();
    return out;
  }

  @Override
  public void resumeReading() {
    resumed++;
  }

  @Override
  public void oddity(Supplier<String> line) {
    oddities.add(line.get());
  }

  @Override
  public void close() {
    closed = true;
  }

  // --- what it sends ----------------------------------------------------------------------------

  Client sendConnect(
      long lastZxidSeen, long sessionId, int timeoutMs, byte[] passwd, boolean readOnlyByte) {
    JuteWriter frame = new JuteWriter();
    ReadOnlyByte last = readOnlyByte ? ReadOnlyByte.FALSE : ReadOnlyByte.ABSENT;
    new ConnectRequest(0, lastZxidSeen, timeoutMs, sessionId, passwd, last).write(frame);
    return sendRaw(frame.toByteArray());
  }

  Client sendRaw(byte[] frame) {
    // At an offset and with bytes behind, as frames lie in a socket's buffer.
    byte[] buffer = new byte[frame.length + 7];
    System.arraycopy(frame, 0, buffer, 3, frame.length);
    lane.onFrame(new JuteReader().reset(buffer, 3, 3 + frame.length), world.nowNanos);
    return this;
  }

  Client sendHex(String hex) {
    return sendRaw(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  Client send(int xid, int type, Consumer<JuteWriter> body) {
    JuteWriter frame = new JuteWriter();
    frame.writeInt(xid);
    frame.writeInt(type);
    body.accept(frame);
    return sendRaw(frame.toByteArray());
  }

  Client send(int xid, OpCode op, Consumer<JuteWriter> body) {
    return send(xid, op.code(), body);
  }

  Client send(int xid, Op op) {
    return send(xid, op.code(), op::write);
  }

  Client create(int xid, String path, String data) {
    return create(xid, path, data, 0, Acl.OPEN);
  }

  Client create(int xid, String path, String data, int flags, List<Acl> acl) {
    return send(xid, new Op.Create(OpCode.CREATE, path, bytes(data), acl, flags, -1));
  }

  Client set(int xid, String path, String data) {
    return send(xid, new Op.SetData(path, bytes(data), -1));
  }

  Client delete(int xid, String path) {
    return send(xid, new Op.Delete(path, -1));
  }

  Client read(int xid, OpCode op, String path, boolean watch) {
    return send(
        xid,
        op,
        body -> {
          body.writeString(path);
          body.writeBoolean(watch);
        });
  }

  Client get(int xid, String path, boolean watch) {
    return read(xid, OpCode.GET_DATA, path, watch);
  }

  Client addWatch(int xid, String path, int mode) {
    return send(
        xid,
        OpCode.ADD_WATCH,
        body -> {
          body.writeString(path);
          body.writeInt(mode);
        });
  }

  Client auth(int xid, String scheme, String auth) {
    return send(
        xid,
        OpCode.AUTH,
        body -> {
          body.writeInt(0);
          body.writeString(scheme);
          body.writeBuffer(bytes(auth));
        });
  }

  Client ping() {
    return send(-2, OpCode.PING, body -> {});
  }

  Client closeSession(int xid) {
    return send(xid, new Op.CloseSession());
  }

  /** Lets everything commit and be followed. */
  Client settle() {
    world.settle();
    return this;
  }

  // --- what it hears ----------------------------------------------------------------------------

  /** The ConnectResponse, which must have come. */
  ConnectResponse takeConnect() {
    JuteReader in = new JuteReader().reset(out.array(), taken, out.size());
    int length = in.readInt();
    JuteReader body = new JuteReader().reset(out.array(), in.position(), in.position() + length);
    session = ConnectResponse.read(body);
    assertThat(body.remaining()).isZero();
    taken = in.position() + length;
    return session;
  }

  /** The bytes that came since the last look. */
  String takeHex() {
    String hex = HexFormat.of().formatHex(out.array(), taken, out.size());
    taken = out.size();
    return hex;
  }

  /** The frames that came since the last look. */
  List<Frame> take() {
    List<Frame> frames = new ArrayList<>();
    JuteReader in = new JuteReader().reset(out.array(), taken, out.size());
    while (in.remaining() > 0) {
      int length = in.readInt();
      ReplyHeader header = ReplyHeader.read(in);
      byte[] body = new byte[length - ReplyHeader.BYTES];
      System.arraycopy(in.array(), in.position(), body, 0, body.length);
      in.skip(body.length);
      frames.add(new Frame(header.xid(), header.zxid(), header.err(), body));
    }
    taken = out.size();
    return frames;
  }

  /** The same in words. */
  List<String> heard() {
    return take().stream().map(Frame::toString).toList();
  }

  /** The one frame that came since the last look. */
  Frame one() {
    List<Frame> frames = take();
    assertThat(frames).hasSize(1);
    return frames.get(0);
  }

  static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }
}
