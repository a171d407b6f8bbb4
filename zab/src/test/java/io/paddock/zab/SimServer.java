package io.paddock.zab;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One server of a {@link World}: a Zab, a disk, and a replica whose state is the list of txns.
 * Long, since everything that a Zab asks for has a method.
 */
final class SimServer implements ReplicaPort, PeerPort, DiskPort, MembershipPort {
  private record Held(SimLink link, SimLink.End end) {}

  final long sid;
  final SimDisk disk;
  private final World world;
  private EnsembleConfig config;
  private EnsembleConfig nextConfig;
  private final TreeMap<Long, Held> links = new TreeMap<>();
  final List<String> heard = new ArrayList<>();

  private Zab zab;
  private int incarnation;
  private boolean up;
  private boolean portOpen;
  private long pausedUntilMs;
  private Role serving = Role.LOOKING;

  /** Everything taken over, and how much of it is published. */
  private List<LoggedTxn> txns = new ArrayList<>();

  private List<LoggedTxn> beforeSnapshot;
  private int published;
  private long installingFrom = -1;
  private long installingZxid;
  private boolean busy;

  SimServer(World world, long sid, EnsembleConfig config) {
    this.world = world;
    this.sid = sid;
    this.config = config;
    this.nextConfig = config;
    this.disk = new SimDisk(world, this);
  }

  Zab zab() {
    return zab;
  }

  int incarnation() {
    return incarnation;
  }

  boolean isUp() {
    return up;
  }

  boolean isUp(int ofIncarnation) {
    return up && incarnation == ofIncarnation;
  }

  boolean isPaused() {
    return world.nowMs < pausedUntilMs;
  }

  boolean isServing() {
    return serving != Role.LOOKING;
  }

  Role serving() {
    return serving;
  }

  List<LoggedTxn> published() {
    return txns.subList(0, published);
  }

  void pause(long ms) {
    pausedUntilMs = world.nowMs + ms;
  }

  void start() {
    up = true;
    busy = false;
    incarnation++;
    serving = Role.LOOKING;
    portOpen = false;
    installingFrom = -1;
    beforeSnapshot = null;
    published = 0;
    DurableState state = disk.recover();
    txns = new ArrayList<>(disk.txns());
    zab =
        Zab.member(
            sid, state, config, nextConfig, world.settings, new ZabPorts(this, this, this, this));
    world.invariants.started(sid);
    world.trace(sid + ": starts at " + Zxid.text(state.lastLogged()));
    input(z -> z.on(new ZabInput.Start(world.nowMs)));
    world.tick(this, incarnation);
  }

  void crash() {
    if (!up) {
      return;
    }
    world.trace(sid + ": crashes");
    up = false;
    for (Held held : List.copyOf(links.values())) {
      held.link().crash(held.end());
    }
    links.clear();
    for (SimServer peer : world.servers.values()) {
      if (peer.up && !world.isBlocked(sid, peer.sid)) {
        peer.after(z -> z.on(new ZabInput.VoterLost(sid)));
      }
    }
  }

  void input(Consumer<Zab> input) {
    if (busy) {
      throw new IllegalStateException("an effect called back");
    }
    busy = true;
    input.accept(zab);
    busy = false;
    world.check(() -> world.invariants.check(sid, zab));
    if (zab.wantsConfirmation()) {
      after(z -> z.on(new ZabInput.Confirm()));
    }
  }

  void propose(String text) {
    proposeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  void proposeBytes(byte[] bytes) {
    input(z -> broadcast(z, bytes));
  }

  private void broadcast(Zab z, byte[] bytes) {
    world.promises.broadcasts(sid, incarnation, z.currentEpoch(), z.nextZxid(), bytes);
    z.propose(z.nextZxid(), bytes, 0, bytes.length);
  }

  void reconfigure(EnsembleConfig next) {
    input(
        z -> {
          broadcast(z, Reconfigs.txn(z.nextZxid(), next.withVersion(z.nextZxid())));
        });
  }

  // What comes in.

  void onPacket(long connection, QuorumPacket packet) {
    if (packet.kind() != QuorumPacket.Kind.PING) {
      world.trace(sid + ": got " + Words.of(packet));
    }
    input(z -> z.on(new ZabInput.Received(connection, packet)));
  }

  void onStream(long connection, List<LoggedTxn> stream) {
    if (installingFrom != connection) {
      return;
    }
    installingFrom = -1;
    int ofIncarnation = incarnation;
    world.after(
        world.delay(20),
        () -> {
          if (isUp(ofIncarnation)) {
            beforeSnapshot = txns;
            txns = new ArrayList<>(stream);
            checkPublished();
            input(z -> z.on(new ZabInput.SnapshotInstalled(installingZxid)));
          }
        });
  }

  private void checkPublished() {
    if (txns.size() < published) {
      throw new IllegalStateException("server " + sid + " lost what it had published");
    }
  }

  void onClosed(long connection) {
    links.remove(connection);
    if (installingFrom == connection) {
      installingFrom = -1;
      input(z -> z.on(new ZabInput.SnapshotFailed(installingZxid)));
    }
    input(z -> z.on(new ZabInput.Closed(connection)));
  }

  void truncated(long zxid) {
    txns.removeIf(t -> t.zxid() > zxid);
    checkPublished();
  }

  // Effects.

  @Override
  public void append(long zxid, byte[] bytes, int from, int length) {
    LoggedTxn txn = new LoggedTxn(zxid, java.util.Arrays.copyOfRange(bytes, from, from + length));
    txns.add(txn);
    disk.append(txn);
  }

  @Override
  public void stage(long zxid, byte[] bytes, int from, int length) {
    txns.add(new LoggedTxn(zxid, java.util.Arrays.copyOfRange(bytes, from, from + length)));
  }

  @Override
  public void commit(long zxid) {
    while (published < txns.size() && txns.get(published).zxid() <= zxid) {
      LoggedTxn txn = txns.get(published);
      world.promises.delivers(sid, incarnation, txn.zxid(), txn.bytes());
      world.check(() -> world.invariants.committed(sid, txn.zxid(), txn.bytes()));
      published++;
    }
    world.trace(sid + ": commits " + Zxid.text(zxid));
  }

  @Override
  public void became(Role role) {
    serving = role;
    world.trace(sid + ": became " + role);
    if (role == Role.LEADING) {
      world.check(() -> world.invariants.leads(sid, zab));
    }
  }

  @Override
  public void sendNotification(long to, Notification notification) {
    if (to == sid) {
      throw new IllegalStateException("a notification to oneself");
    }
    world.trace(sid + ": tells " + to + " " + Words.of(notification));
    SimServer peer = world.server(to);
    JuteWriter out = new JuteWriter();
    NotificationCodec.writeFrame(notification, out);
    byte[] frame = out.toByteArray();
    if (peer == null || world.isBlocked(sid, to) || world.chance(0.01)) {
      return;
    }
    if (!peer.up && !world.isBlocked(to, sid)) {
      refuse(to);
      return;
    }
    deliver(peer, frame);
  }

  /** Nobody listens there. */
  private void refuse(long to) {
    after(z -> z.on(new ZabInput.VoterGone(to)));
  }

  private void after(Consumer<Zab> input) {
    int ofIncarnation = incarnation;
    world.after(
        world.delay(8),
        () -> {
          if (isUp(ofIncarnation)) {
            input(input);
          }
        });
  }

  private void deliver(SimServer peer, byte[] frame) {
    world.after(
        world.delay(8),
        () -> {
          if (peer.up && peer.isPaused()) {
            deliver(peer, frame);
          } else if (peer.up) {
            Notification read =
                NotificationCodec.read(new JuteReader().reset(frame, 4, frame.length));
            peer.input(z -> z.on(new ZabInput.Notified(sid, read)));
          }
        });
  }

  @Override
  public void openQuorumPort() {
    portOpen = true;
  }

  @Override
  public void closeQuorumPort() {
    portOpen = false;
  }

  @Override
  public void dialLeader(int attempt, EnsembleServer leader) {
    int ofIncarnation = incarnation;
    SimServer peer = world.server(leader.sid());
    world.after(
        world.delay(8),
        () -> {
          if (!isUp(ofIncarnation) || world.isBlocked(sid, leader.sid())) {
            return;
          }
          if (!peer.up || !peer.portOpen || world.isBlocked(leader.sid(), sid)) {
            input(z -> z.on(new ZabInput.LeaderUnreachable(attempt)));
            return;
          }
          SimLink.End mine = new SimLink.End(this, world.newConnection());
          SimLink.End theirs = new SimLink.End(peer, world.newConnection());
          SimLink link = new SimLink(world, mine, theirs);
          links.put(mine.id, new Held(link, mine));
          peer.links.put(theirs.id, new Held(link, theirs));
          peer.input(z -> z.on(new ZabInput.LearnerConnected(theirs.id)));
          input(z -> z.on(new ZabInput.LeaderConnected(attempt, mine.id)));
        });
  }

  @Override
  public void send(long connection, QuorumPacket packet) {
    Held held = links.get(connection);
    if (held != null) {
      held.link().send(held.end(), packet);
    }
  }

  @Override
  public void sendLog(long connection, long after, long upTo) {
    world.trace(sid + ": sends its log " + Zxid.text(after) + ".." + Zxid.text(upTo));
    Held held = links.get(connection);
    if (held == null) {
      return;
    }
    long mark = disk.mark();
    held.link()
        .later(
            held.end(),
            () -> disk.isDone(mark),
            () -> {
              List<QuorumPacket> packets = new ArrayList<>();
              if (!disk.hasInLog(after) && Zxid.counter(after) != 0) {
                held.link().reset();
                return;
              }
              for (LoggedTxn txn : disk.range(after, upTo)) {
                packets.add(new QuorumPacket.Proposal(txn.zxid(), txn.bytes()));
                packets.add(new QuorumPacket.Commit(txn.zxid()));
              }
              held.link().sendFirst(held.end(), packets);
            });
  }

  @Override
  public void sendSnapshot(long connection, long last, long zxid) {
    world.trace(sid + ": sends a snapshot of " + Zxid.text(last) + " as " + Zxid.text(zxid));
    Held held = links.get(connection);
    if (held != null) {
      held.link().send(held.end(), new QuorumPacket.Snap(zxid));
      held.link().stream(held.end(), txns.stream().filter(t -> t.zxid() <= last).toList());
    }
  }

  @Override
  public void close(long connection, String why) {
    Held held = links.remove(connection);
    if (held != null) {
      held.link().close(held.end());
    }
    if (installingFrom == connection) {
      installingFrom = -1;
      int ofIncarnation = incarnation;
      world.after(
          1,
          () -> {
            if (isUp(ofIncarnation)) {
              input(z -> z.on(new ZabInput.SnapshotFailed(installingZxid)));
            }
          });
    }
  }

  @Override
  public void findInLog(long connection, long zxid) {
    int ofIncarnation = incarnation;
    long mark = disk.mark();
    answerFound(connection, zxid, ofIncarnation, mark);
  }

  private void answerFound(long connection, long zxid, int ofIncarnation, long mark) {
    world.after(
        world.delay(10),
        () -> {
          if (!isUp(ofIncarnation)) {
            return;
          }
          if (!disk.isDone(mark)) {
            answerFound(connection, zxid, ofIncarnation, mark);
            return;
          }
          LogPlace place = world.chance(0.3) ? LogPlace.NONE : disk.find(zxid);
          input(z -> z.on(new ZabInput.FoundInLog(connection, place)));
        });
  }

  @Override
  public void saveAcceptedEpoch(long epoch) {
    world.trace(sid + ": saves acceptedEpoch " + epoch);
    disk.saveAcceptedEpoch(epoch);
  }

  @Override
  public void saveCurrentEpoch(long epoch) {
    world.trace(sid + ": saves currentEpoch " + epoch);
    disk.saveCurrentEpoch(epoch);
  }

  @Override
  public void truncate(long zxid) {
    world.trace(sid + ": truncates after " + Zxid.text(zxid));
    disk.truncate(zxid);
  }

  @Override
  public void receiveSnapshot(long connection, long zxid) {
    installingFrom = connection;
    installingZxid = zxid;
  }

  @Override
  public void abandonSnapshot() {
    txns = beforeSnapshot;
    beforeSnapshot = null;
  }

  @Override
  public void saveSnapshot(long zxid) {
    world.trace(sid + ": saves the snapshot " + Zxid.text(zxid));
    beforeSnapshot = null;
    disk.saveSnapshot(txns, zxid);
  }

  @Override
  public void deliver(long connection, QuorumPacket packet) {
    switch (packet.kind()) {
      case REQUEST -> request(connection, (QuorumPacket.Request) packet);
      case REVALIDATE -> revalidate(connection, ((QuorumPacket.Revalidate) packet).sessionId());
      case PING -> touched(((QuorumPacket.Ping) packet).sessions());
      case REVALIDATED -> {
        QuorumPacket.Revalidated answer = (QuorumPacket.Revalidated) packet;
        heard.add("session " + answer.sessionId() + " " + answer.valid());
      }
      case SYNC -> heard.add("synced at " + Zxid.text(zab.lastCommitted()));
      default -> throw new IllegalStateException("delivers " + packet.kind());
    }
  }

  private void request(long connection, QuorumPacket.Request request) {
    heard.add("request " + new String(request.data(), StandardCharsets.UTF_8));
    if (request.data().length > 0 && request.data()[0] == 's') {
      world.after(0, () -> input(z -> z.on(new ZabInput.Sync(connection))));
    } else {
      world.after(
          0,
          () -> {
            if (up && zab.canPropose()) {
              proposeBytes(request.data());
            }
          });
    }
  }

  private void revalidate(long connection, long sessionId) {
    world.after(
        0,
        () ->
            input(
                z ->
                    z.on(
                        new ZabInput.Answer(
                            connection, new QuorumPacket.Revalidated(sessionId, sessionId > 0)))));
  }

  private void touched(byte[] sessions) {
    String touched = "touched " + sessions.length;
    if (!heard.contains(touched)) {
      heard.add(touched);
    }
  }

  @Override
  public byte[] touches() {
    return new byte[12];
  }

  @Override
  public void seen(EnsembleConfig newConfig) {
    world.trace(sid + ": sees configuration " + Long.toHexString(newConfig.version()));
    nextConfig = newConfig;
  }

  @Override
  public void committed(EnsembleConfig newConfig) {
    world.trace(
        sid
            + ": is in configuration "
            + newConfig.text().replaceAll("h.:2888:3888:", "").replace("\n", " "));
    config = newConfig;
  }

  @Override
  public void note(String event) {
    world.trace(sid + ": " + event);
  }
}
