package io.paddock.sim;

import io.paddock.wire.ConnectRequest;
import io.paddock.wire.ConnectResponse;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReadOnlyByte;
import io.paddock.wire.ReplyHeader;
import io.paddock.wire.WatcherEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A client as the libraries are: one connection at a time, requests one behind the other without
 * waiting, pings, and after a loss of the connection the same session on another server, with its
 * watches. Holds everything it hears against the chronicle. One thread. Over 400 lines: connection,
 * session and requests of a client end together.
 */
final class SimClient {
  private static final int THINK_MS_MAX = 120;
  private static final int REDIAL_MS_MAX = 150;
  private static final int OUTSTANDING_MAX = 6;
  private static final int XID_SET_WATCHES = -8;
  private static final int XID_AUTH = -4;

  /**
   * @param floor what had been shown to anybody when this was sent
   */
  private record Sent(int xid, Request request, long floor) {}

  private final World world;
  private final long id;
  private final boolean administrator;
  private final Workload workload;
  private final int wantedTimeoutMs;
  private final ClientWatches registry = new ClientWatches();
  private final ArrayDeque<Sent> outstanding = new ArrayDeque<>();

  private Wire wire;
  private long session;
  private byte[] passwd = new byte[16];
  private int timeoutMs;
  private int lastXid;

  /** The highest zxid of anything heard, and of replies alone. */
  private long seenZxid;

  private long repliedZxid;
  private long heardMs;
  private long sentMs;
  private boolean closing;
  private long awayUntilMs;
  private long patientUntilMs;
  private int answered;
  private long answeredMs;
  private int sessionsLost;

  /** One connection. */
  private final class Wire implements Pipe.Receiver {
    private final ArrivedBytes in = new ArrivedBytes();
    private final WatchBook watches = new WatchBook(world.chronicle);

    /** What setWatches has caught up with: its events come before its reply. */
    private final List<WatchBook.Event> caughtUp = new ArrayList<>();

    private final long sid;
    private Pipe toServer;
    private boolean up;

    private Wire(long sid) {
      this.sid = sid;
    }

    @Override
    public boolean isGone() {
      return wire != this;
    }

    @Override
    public boolean isPaused() {
      return false;
    }

    @Override
    public void onBytes(byte[] bytes) {
      in.add(bytes);
      heardMs = world.nowMs();
      for (byte[] frame = in.takeFrame(); frame != null; frame = in.takeFrame()) {
        if (wire != this) {
          return;
        }
        onFrame(this, frame);
      }
    }

    @Override
    public void onEnd() {
      disconnected("the server has closed");
    }
  }

  /**
   * @param administrator whether it is the super user and changes who votes
   */
  SimClient(World world, long id, boolean administrator) {
    this.world = world;
    this.id = id;
    this.administrator = administrator;
    this.workload = new Workload(world, id, administrator);
    this.wantedTimeoutMs = 1200 + world.random.nextInt(2500);
  }

  String name() {
    return "client " + id;
  }

  /** How the network knows it. */
  long address() {
    return -id;
  }

  /** Requests answered so far. */
  int answered() {
    return answered;
  }

  /** Sessions that came to an end unwanted. */
  int sessionsLost() {
    return sessionsLost;
  }

  /** Its session; 0 without. */
  long session() {
    return session;
  }

  boolean isUp() {
    return wire != null && wire.up;
  }

  /** Whether it is connected and was answered after that moment. */
  boolean isServedSince(long ms) {
    return isUp() && answeredMs > ms;
  }

  /** The server it is connected to; 0 without. */
  long serverId() {
    return wire == null ? 0 : wire.sid;
  }

  void start() {
    world.after(world.upTo(REDIAL_MS_MAX), this::act);
  }

  /** Stays away for so long, and lets its connection be. */
  void goAway(long ms) {
    awayUntilMs = world.nowMs() + ms;
    drop("goes away");
  }

  /** Asks for nothing for so long on its connection, and does not give a silent server up. */
  void waitPatiently(long ms) {
    patientUntilMs = world.nowMs() + ms;
  }

  /** Asks for a sync at once, if it can, and goes on as usual. */
  void sync() {
    patientUntilMs = world.nowMs();
    heardMs = world.nowMs();
    if (isUp() && !closing) {
      send(++lastXid, Request.read(OpCode.SYNC, "/a", false));
    }
  }

  /** Loses its connection; the server hears of it or does not. */
  void lose(boolean serverHears) {
    if (wire != null) {
      Pipe pipe = wire.toServer;
      disconnected(serverHears ? "the connection is closed" : "the connection is forgotten");
      if (serverHears) {
        pipe.end();
      }
    }
  }

  private void act() {
    world.after(world.upTo(THINK_MS_MAX), this::act);
    if (world.nowMs() < awayUntilMs || wire != null && world.nowMs() < patientUntilMs) {
      return;
    }
    if (wire == null) {
      dial();
    } else if (world.nowMs() - heardMs > patienceMs()) {
      drop("the server is silent");
    } else if (wire.up && !closing) {
      if (world.oneIn(3) || world.nowMs() - sentMs > timeoutMs / 3) {
        send(ReplyHeader.XID_PING, Request.bare(OpCode.PING));
      }
      for (int i = world.random.nextInt(4); i > 0 && outstanding.size() < OUTSTANDING_MAX; i--) {
        Request request = workload.next(session, registry);
        send(++lastXid, request);
        if (request.code() == OpCode.CLOSE_SESSION) {
          closing = true;
          return;
        }
      }
    }
  }

  private int patienceMs() {
    return (timeoutMs == 0 ? wantedTimeoutMs : timeoutMs) * 2 / 3;
  }

  private void drop(String why) {
    if (wire != null) {
      Pipe pipe = wire.toServer;
      disconnected(why);
      pipe.end();
    }
  }

  private void disconnected(String why) {
    patientUntilMs = 0;
    world.tell(name(), () -> why + "; " + outstanding.size() + " requests are not answered");
    wire = null;
    outstanding.clear();
    if (closing) {
      forgetSession();
    }
  }

  private void forgetSession() {
    session = 0;
    passwd = new byte[16];
    timeoutMs = 0;
    closing = false;
    registry.clear();
  }

  private void dial() {
    List<SimServer> all = List.copyOf(world.servers.values());
    SimServer server = all.get(world.random.nextInt(all.size()));
    boolean cut =
        world.network.isCut(address(), server.sid())
            || world.network.isCut(server.sid(), address());
    Incarnation process = server.running();
    if (cut || process == null || server.isPaused()) {
      return;
    }
    List<SimClientLoop> loops = process.loops();
    ClientSocket socket = loops.get(world.random.nextInt(loops.size())).accept(id);
    Wire mine = new Wire(server.sid());
    mine.toServer = Pipe.connect(world, address(), mine, server.sid(), socket);
    socket.connected(mine.toServer.back());
    wire = mine;
    heardMs = world.nowMs();
    world.tell(
        name(),
        () ->
            "connects to server %d with session 0x%x, has seen %s"
                .formatted(server.sid(), session, Chronicle.hex(seenZxid)));
    JuteWriter out = new JuteWriter();
    int start = out.beginFrame();
    new ConnectRequest(0, seenZxid, wantedTimeoutMs, session, passwd, ReadOnlyByte.FALSE)
        .write(out);
    out.endFrame(start);
    mine.toServer.send(out.toByteArray());
  }

  private void send(int xid, Request request) {
    if (request.write() != null) {
      world.chronicle.asked(session, xid, request.write());
    }
    world.tell(name(), () -> "asks " + xid + ", " + request);
    outstanding.addLast(new Sent(xid, request, world.chronicle.shown()));
    sentMs = world.nowMs();
    JuteWriter out = new JuteWriter();
    out.writeBuffer(request.frame(xid));
    byte[] bytes = out.toByteArray();
    if (world.oneIn(10)) {
      int cut = 1 + world.random.nextInt(bytes.length - 1);
      wire.toServer.send(Arrays.copyOf(bytes, cut));
      bytes = Arrays.copyOfRange(bytes, cut, bytes.length);
    }
    wire.toServer.send(bytes);
  }

  private void onFrame(Wire from, byte[] frame) {
    if (!from.up) {
      onConnected(from, ConnectResponse.read(new JuteReader(frame)));
      return;
    }
    JuteReader in = new JuteReader(frame);
    ReplyHeader header = ReplyHeader.read(in);
    byte[] body = Arrays.copyOfRange(frame, ReplyHeader.BYTES, frame.length);
    if (header.xid() == ReplyHeader.XID_NOTIFICATION) {
      onEvent(from, header, WatcherEvent.read(in));
    } else {
      onReply(from, header, body);
    }
  }

  private void onConnected(Wire from, ConnectResponse response) {
    if (response.timeoutMs() <= 0) {
      if (session == 0 || !world.chronicle.wasClosing(session)) {
        throw found("is told that its session is gone, which nobody closed");
      }
      world.tell(name(), () -> "has lost session 0x%x".formatted(session));
      sessionsLost++;
      forgetSession();
      disconnected("the session is gone");
      return;
    }
    if (session != 0 && response.sessionId() != session) {
      throw found("gets another session than it has");
    }
    if (!world.chronicle.wasMade(response.sessionId())) {
      throw found("gets a session that was never made");
    }
    if (world.conditions.keepsClients()) {
      world.chronicle.moved(response.sessionId(), lastXid);
    }
    session = response.sessionId();
    passwd = response.passwd();
    timeoutMs = response.timeoutMs();
    from.up = true;
    world.tell(name(), () -> "has session 0x%x on server %d".formatted(session, from.sid));
    if (administrator) {
      send(XID_AUTH, Request.auth());
    }
    if (!registry.isEmpty()) {
      send(XID_SET_WATCHES, registry.request(repliedZxid));
    }
  }

  private void onEvent(Wire from, ReplyHeader header, WatcherEvent told) {
    String path = told.path().equals("/") ? "" : told.path();
    WatchBook.Event event = new WatchBook.Event(header.zxid(), told.type(), path);
    world.tell(name(), () -> "gets " + event);
    registry.fired(told.type(), path);
    if (header.zxid() < 0) {
      from.caughtUp.add(event);
      return;
    }
    see(header.zxid());
    try {
      from.watches.got(event);
    } catch (SimFinding e) {
      throw found(e.getMessage());
    }
  }

  private void see(long zxid) {
    if (zxid < seenZxid) {
      throw found(
          "is shown " + Chronicle.hex(zxid) + " after it has seen " + Chronicle.hex(seenZxid));
    }
    seenZxid = zxid;
    world.chronicle.shown(zxid);
  }

  private void onReply(Wire from, ReplyHeader header, byte[] body) {
    Sent sent = outstanding.pollFirst();
    if (sent == null || sent.xid != header.xid()) {
      throw found("gets a reply to " + header.xid() + " where one to " + sent + " is due");
    }
    world.tell(
        name(),
        () ->
            "is answered %d at %s%s"
                .formatted(
                    sent.xid,
                    Chronicle.hex(header.zxid()),
                    header.err() == 0 ? "" : ", error " + header.err()));
    Request request = sent.request;
    if (request.code() == OpCode.AUTH) {
      // It carries no zxid.
      return;
    }
    if (world.scale.alone() && request.write() != null && isRefused(header)) {
      refused(sent, header);
      return;
    }
    boolean write = request.write() != null && !request.isMalformed();
    if (write && header.zxid() <= repliedZxid) {
      throw found(
          "was shown "
              + Chronicle.hex(repliedZxid)
              + " before its write "
              + Chronicle.hex(header.zxid())
              + " was answered");
    }
    see(header.zxid());
    repliedZxid = header.zxid();
    answered++;
    answeredMs = world.nowMs();
    try {
      from.watches.replied(header.zxid());
      if (write) {
        checkWrite(sent, header, body);
      } else {
        checkRead(from, sent, header, body);
      }
    } catch (SimFinding e) {
      throw found(e.getMessage());
    }
  }

  private static boolean isRefused(ReplyHeader header) {
    return header.err() == ErrorCode.SYSTEMERROR.code();
  }

  /** A server alone has no room on its disk: nothing has happened, and never will. */
  private void refused(Sent sent, ReplyHeader header) {
    world.chronicle.refused(session, sent.xid);
    see(header.zxid());
    repliedZxid = header.zxid();
    answered++;
    answeredMs = world.nowMs();
    closing &= sent.request.code() != OpCode.CLOSE_SESSION;
    try {
      wire.watches.replied(header.zxid());
    } catch (SimFinding e) {
      throw found(e.getMessage());
    }
  }

  private void checkWrite(Sent sent, ReplyHeader header, byte[] body) {
    Chronicle.Entry entry = world.chronicle.entry(header.zxid());
    if (entry.header().sessionId() != session || entry.header().cxid() != sent.xid) {
      throw new SimFinding(
          "its request %d is answered as %s, which is another's"
              .formatted(sent.xid, Chronicle.hex(header.zxid())));
    }
    checkRealTime(sent, header);
    if (entry.outcome().error().code() != header.err()) {
      throw new SimFinding(
          sent.request
              + " is answered with error "
              + header.err()
              + " instead of "
              + entry.outcome().error());
    }
    boolean same =
        sent.request.code() == OpCode.RECONFIG
            ? Arrays.mismatch(entry.outcome().body(), body) == entry.outcome().body().length
            : Arrays.equals(entry.outcome().body(), body);
    if (header.err() == 0 && !same) {
      throw new SimFinding(sent.request + " is answered with what did not happen");
    }
    if (sent.request.code() == OpCode.CLOSE_SESSION) {
      forgetSession();
      disconnected("the session is closed");
    }
  }

  /** Writes, and reads behind a sync, which see no less than it: {@link Chronicle#isBefore}. */
  private void checkRealTime(Sent sent, ReplyHeader header) {
    if (world.chronicle.isBefore(header.zxid(), sent.floor)) {
      throw new SimFinding(
          "its %s is answered at %s, although somebody had been shown %s before it was sent"
              .formatted(sent.request, Chronicle.hex(header.zxid()), Chronicle.hex(sent.floor)));
    }
  }

  private void checkRead(Wire from, Sent sent, ReplyHeader header, byte[] body) {
    Request request = sent.request;
    NaiveTree tree = world.chronicle.at(header.zxid());
    if (request.isMalformed()) {
      // With or without a transaction, as the server is the leader or not.
      if (header.err() != ErrorCode.MARSHALLINGERROR.code()) {
        throw new SimFinding("a malformed request is answered with error " + header.err());
      }
      return;
    }
    switch (request.code()) {
      case SYNC -> {
        JuteWriter expected = new JuteWriter();
        expected.writeString(request.path());
        if (header.err() != 0 || !Arrays.equals(expected.toByteArray(), body)) {
          throw new SimFinding("a sync is answered wrongly");
        }
        checkRealTime(sent, header);
      }
      case SET_WATCHES2 -> {
        registry.checkCaughtUp(tree, from.watches, request, from.caughtUp);
        from.caughtUp.clear();
      }
      default -> {
        Answers.check(tree, from.watches, session, request, header.err(), body);
        registry.answered(request, header.err());
      }
    }
  }

  private SimFinding found(String what) {
    return new SimFinding("client %d, session 0x%x, %s".formatted(id, session, what));
  }
}
