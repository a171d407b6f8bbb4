package io.paddock.replica;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.MemberEffects;
import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what Zab asks for to where it is done: disk, peers, or the replica itself. */
final class ZabEffects implements MemberEffects {
  private static final Logger LOG = LoggerFactory.getLogger(ZabEffects.class);

  private final MemberReplica replica;

  ZabEffects(MemberReplica replica) {
    this.replica = replica;
  }

  @Override
  public void append(long zxid, byte[] bytes, int from, int length) {
    replica.append(zxid, bytes, from, length);
  }

  @Override
  public void stage(long zxid, byte[] bytes, int from, int length) {
    replica.stage(zxid, bytes, from, length);
  }

  @Override
  public void commit(long zxid) {
    replica.commit(zxid);
  }

  @Override
  public void became(Role role) {
    replica.became(role);
  }

  @Override
  public void sendNotification(long sid, Notification notification) {
    replica.peers().sendNotification(sid, notification);
  }

  @Override
  public void expectLearners() {
    replica.peers().expectLearners();
  }

  @Override
  public void openQuorumPort() {
    replica.peers().openQuorumPort();
  }

  @Override
  public void closeQuorumPort() {
    replica.peers().closeQuorumPort();
  }

  @Override
  public void dialLeader(int attempt, EnsembleServer leader) {
    replica.peers().dialLeader(attempt, leader);
  }

  @Override
  public void send(long connection, QuorumPacket packet) {
    replica.counter().sent(connection, packet);
    replica.peers().send(connection, packet);
  }

  @Override
  public void sendLog(long connection, long after, long upTo) {
    replica.endBurst();
    replica.peers().sendLog(connection, after, upTo);
  }

  @Override
  public void sendSnapshot(long connection, long last, long zxid) {
    replica.sendSnapshot(connection, last, zxid);
  }

  @Override
  public void close(long connection, String why) {
    replica.peers().close(connection, why);
  }

  @Override
  public void findInLog(long connection, long zxid) {
    replica.endBurst();
    replica.disk().findInLog(connection, zxid);
  }

  @Override
  public void saveAcceptedEpoch(long epoch) {
    replica.endBurst();
    replica.disk().saveAcceptedEpoch(epoch);
  }

  @Override
  public void saveCurrentEpoch(long epoch) {
    replica.endBurst();
    replica.disk().saveCurrentEpoch(epoch);
  }

  @Override
  public void truncate(long zxid) {
    replica.endBurst();
    replica.disk().truncate(zxid);
  }

  @Override
  public void installSnapshot(long connection, long zxid) {
    replica.peers().receiveSnapshot(connection, zxid);
  }

  @Override
  public void abandonSnapshot() {
    replica.log().abandonSnapshot();
  }

  @Override
  public void saveSnapshot(long zxid) {
    replica.endBurst();
    replica.log().saveSnapshot();
  }

  @Override
  public void request(long connection, QuorumPacket.Request request) {
    replica.later(() -> replica.leadership().request(connection, request));
  }

  @Override
  public void revalidate(long connection, long sessionId, int timeoutMs) {
    replica.counter().revalidated();
    replica.later(() -> replica.leadership().revalidate(connection, sessionId, timeoutMs));
  }

  @Override
  public void touched(long connection, byte[] sessions) {
    replica.leadership().touched(sessions);
  }

  @Override
  public void learnerGone(long connection) {
    // Its sessions stay its own until another server asks for them: what was on its way by the
    // first is late then, and is refused.
  }

  @Override
  public void revalidated(long sessionId, boolean valid) {
    replica.followership().revalidated(sessionId, valid);
  }

  @Override
  public void synced() {
    replica.followership().synced();
  }

  @Override
  public byte[] touches() {
    return replica.followership().touches();
  }

  @Override
  public void configSeen(EnsembleConfig config) {
    replica.membership().seen(config);
  }

  @Override
  public void configCommitted(EnsembleConfig config) {
    replica.membership().committed(config);
  }

  @Override
  public void disloyalVoter() {
    replica.counter().disloyalVoter();
  }

  @Override
  public void note(String event) {
    LOG.info("Zab: {}", event);
  }
}
