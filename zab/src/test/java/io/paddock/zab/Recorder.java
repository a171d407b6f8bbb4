package io.paddock.zab;

import io.paddock.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/** Effects as lines of text, for tests that play the world by hand. */
class Recorder implements ReplicaPort, PeerPort, DiskPort, MembershipPort {
  private final List<String> lines = new ArrayList<>();
  boolean notifications;
  int attempt;
  QuorumPacket sent;
  byte[] touches = new byte[0];

  /** Planted: what is appended is no transaction. */
  boolean unreadable;

  ZabPorts ports() {
    return new ZabPorts(this, this, this, this);
  }

  /** What happened since the last call. */
  List<String> take() {
    List<String> taken = List.copyOf(lines);
    lines.clear();
    return taken;
  }

  private void add(String line) {
    lines.add(line);
  }

  @Override
  public void append(long zxid, byte[] bytes, int from, int length) {
    if (unreadable) {
      throw new MalformedException("planted");
    }
    add("append " + Zxid.text(zxid));
  }

  @Override
  public void stage(long zxid, byte[] bytes, int from, int length) {
    add("stage " + Zxid.text(zxid));
  }

  @Override
  public void commit(long zxid) {
    add("commit " + Zxid.text(zxid));
  }

  @Override
  public void became(Role role) {
    add("became " + role);
  }

  @Override
  public void sendNotification(long sid, Notification notification) {
    if (notifications) {
      add("tell " + sid + " " + Words.of(notification));
    }
  }

  @Override
  public void openQuorumPort() {
    add("open");
  }

  @Override
  public void closeQuorumPort() {
    add("shut");
  }

  @Override
  public void dialLeader(int newAttempt, EnsembleServer leader) {
    attempt = newAttempt;
    add("dial " + leader.sid());
  }

  @Override
  public void send(long connection, QuorumPacket packet) {
    sent = packet;
    add("send " + connection + " " + Words.of(packet));
  }

  @Override
  public void sendLog(long connection, long after, long upTo) {
    add("sendLog " + connection + " " + Zxid.text(after) + ".." + Zxid.text(upTo));
  }

  @Override
  public void sendSnapshot(long connection, long last, long zxid) {
    add("sendSnapshot " + connection + " " + Zxid.text(last) + " as " + Zxid.text(zxid));
  }

  @Override
  public void close(long connection, String why) {
    add("close " + connection);
  }

  @Override
  public void findInLog(long connection, long zxid) {
    add("findInLog " + connection + " " + Zxid.text(zxid));
  }

  @Override
  public void saveAcceptedEpoch(long epoch) {
    add("saveAcceptedEpoch " + epoch);
  }

  @Override
  public void saveCurrentEpoch(long epoch) {
    add("saveCurrentEpoch " + epoch);
  }

  @Override
  public void truncate(long zxid) {
    add("truncate " + Zxid.text(zxid));
  }

  @Override
  public void receiveSnapshot(long connection, long zxid) {
    add("receiveSnapshot " + Zxid.text(zxid));
  }

  @Override
  public void abandonSnapshot() {
    add("abandonSnapshot");
  }

  @Override
  public void saveSnapshot(long zxid) {
    add("saveSnapshot " + Zxid.text(zxid));
  }

  @Override
  public void deliver(long connection, QuorumPacket packet) {
    add(
        "deliver "
            + connection
            + " "
            + switch (packet.kind()) {
              case PING -> "PING of " + ((QuorumPacket.Ping) packet).sessions().length;
              case REVALIDATE, REVALIDATED -> packet.toString();
              default -> packet.kind().toString();
            });
  }

  @Override
  public byte[] touches() {
    return touches;
  }

  @Override
  public void seen(EnsembleConfig config) {
    add("seen " + Long.toHexString(config.version()));
  }

  @Override
  public void committed(EnsembleConfig config) {
    add("committed " + Long.toHexString(config.version()));
  }

  @Override
  public void note(String event) {}
}
