package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Peers that say anything that decodes, in any order: a leader turns them away and goes on leading,
 * a learner gives its leader up, and neither ever stops (an exception would end the process). The
 * disk answers everything; numbers are drawn from the edges.
 */
class HostilePeerTest {
  private static final int RUNS = 400;
  private static final long[] ODD = {
    0, 1, -1, 2, 3, 4, 99, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };
  private static final String CONFIG = "server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2:observer";

  private final Recorder world = new Recorder();
  private SplittableRandom random;
  private Zab zab;
  private long nowMs;

  private void start(long myId, long seed) {
    random = new SplittableRandom(seed);
    nowMs = 0;
    List<LoggedTxn> recent = new ArrayList<>();
    for (int counter = 1; counter <= 3; counter++) {
      recent.add(new LoggedTxn(Zxid.of(2, counter), new byte[40]));
    }
    zab =
        Zab.member(
            myId,
            new DurableState(3, 2, Zxid.of(2, 3), recent),
            EnsembleConfig.parse(CONFIG),
            EnsembleConfig.parse(CONFIG),
            ZabSimulationTest.settings(random.nextBoolean()),
            world.ports());
    zab.on(new ZabInput.Start(0));
  }

  private void tick(long ms) {
    nowMs += ms;
    zab.on(new ZabInput.Tick(nowMs));
  }

  /** Answers what was asked of the disk, and gives what happened. */
  private List<String> answerDisk() {
    List<String> all = new ArrayList<>();
    for (List<String> lines = world.take(); !lines.isEmpty(); lines = world.take()) {
      all.addAll(lines);
      for (String line : lines) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "append" -> durable(Long.decode(words[1]));
          case "saveAcceptedEpoch" ->
              zab.on(new ZabInput.AcceptedEpochSaved(Long.parseLong(words[1])));
          case "saveCurrentEpoch" ->
              zab.on(new ZabInput.CurrentEpochSaved(Long.parseLong(words[1])));
          case "truncate" -> truncated(words[1]);
          case "receiveSnapshot" -> installed(words[1]);
          case "saveSnapshot" ->
              zab.on(new ZabInput.SnapshotSaved(Long.parseUnsignedLong(words[1].substring(2), 16)));
          case "findInLog" ->
              zab.on(new ZabInput.FoundInLog(Long.parseLong(words[1]), LogPlace.NONE));
          default -> {}
        }
      }
    }
    return all;
  }

  private void durable(long zxid) {
    if (zxid <= zab.lastLogged()) {
      zab.on(new ZabInput.Durable(zxid));
    }
  }

  private void truncated(String text) {
    long zxid = Long.parseUnsignedLong(text.substring(2), 16);
    if (zxid == Zxid.of(2, 1) || zxid == Zxid.of(2, 2) || zxid == Zxid.of(2, 3)) {
      zab.on(new ZabInput.Truncated(zxid));
    } else {
      zab.on(new ZabInput.TruncateFailed(zxid));
    }
  }

  private void installed(String text) {
    long zxid = Long.parseUnsignedLong(text.substring(2), 16);
    if (random.nextBoolean()) {
      zab.on(new ZabInput.SnapshotInstalled(zxid));
    } else {
      zab.on(new ZabInput.SnapshotFailed(zxid));
    }
  }

  private long odd() {
    return switch (random.nextInt(4)) {
      case 0 -> ODD[random.nextInt(ODD.length)];
      case 1 -> random.nextLong();
      case 2 -> Zxid.of(random.nextInt(8), random.nextInt(6));
      default -> zab.lastLogged() + random.nextInt(-1, 3);
    };
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(60)];
    random.nextBytes(bytes);
    if (bytes.length > 32 && random.nextInt(3) == 0) {
      bytes[28] = bytes[29] = bytes[30] = 0;
      // A reconfiguration, as its header says.
      bytes[31] = 16;
    }
    return bytes;
  }

  private QuorumPacket packet() {
    QuorumPacket.Kind[] kinds = QuorumPacket.Kind.values();
    LearnerInfo info = new LearnerInfo(odd(), 0x10000, random.nextInt(4) == 0 ? odd() : 0);
    return switch (kinds[random.nextInt(kinds.length)]) {
      case REQUEST -> new QuorumPacket.Request(bytes(), null);
      case PROPOSAL -> new QuorumPacket.Proposal(odd(), bytes());
      case ACK -> new QuorumPacket.Ack(odd());
      case COMMIT -> new QuorumPacket.Commit(odd());
      case PING -> new QuorumPacket.Ping(odd(), random.nextBoolean() ? null : bytes());
      case REVALIDATE -> new QuorumPacket.Revalidate(odd(), (int) odd());
      case REVALIDATED -> new QuorumPacket.Revalidated(odd(), true);
      case SYNC -> new QuorumPacket.Sync();
      case INFORM -> new QuorumPacket.Inform(odd(), bytes());
      case COMMITANDACTIVATE -> new QuorumPacket.CommitAndActivate(odd(), odd());
      case NEWLEADER ->
          new QuorumPacket.NewLeader(odd(), random.nextBoolean() ? "version=zz" : null);
      case FOLLOWERINFO -> new QuorumPacket.FollowerInfo(odd(), info);
      case UPTODATE -> new QuorumPacket.UpToDate();
      case DIFF -> new QuorumPacket.Diff(odd());
      case TRUNC -> new QuorumPacket.Trunc(odd());
      case SNAP -> new QuorumPacket.Snap(odd());
      case OBSERVERINFO -> new QuorumPacket.ObserverInfo(odd(), info);
      case LEADERINFO -> new QuorumPacket.LeaderInfo(odd(), 0x10000);
      case ACKEPOCH -> new QuorumPacket.AckEpoch(odd(), (int) odd());
      case INFORMANDACTIVATE -> new QuorumPacket.InformAndActivate(odd(), odd(), bytes());
    };
  }

  private Notification notification() {
    String config =
        switch (random.nextInt(6)) {
          case 0 -> null;
          case 1 -> "version=" + random.nextInt();
          case 2 -> "server.x=:::|;;\nversion=1";
          case 3 -> "server.1=[::1:1:2|;\nversion=ffffffffffffffffff";
          case 4 -> "x".repeat(random.nextInt(5000));
          default -> CONFIG;
        };
    Role[] roles = Role.values();
    return new Notification(
        roles[random.nextInt(roles.length)], odd(), odd(), odd(), odd(), random.nextInt(4), config);
  }

  @Test
  void aLeaderTurnsAwayWhateverItIsToldAndGoesOnLeading() {
    for (long seed = 1; seed <= RUNS; seed++) {
      start(2, seed);
      zab.on(
          new ZabInput.Notified(
              1, new Notification(Role.LOOKING, 2, Zxid.of(2, 3), 1, 2, 2, null)));
      zab.on(new ZabInput.LearnerConnected(1));
      zab.on(new ZabInput.Received(1, new QuorumPacket.FollowerInfo(0, LearnerInfo.of(1, 0))));
      answerDisk();
      zab.on(new ZabInput.Received(1, new QuorumPacket.AckEpoch(Zxid.of(2, 3), 2)));
      answerDisk();
      zab.on(new ZabInput.Received(1, new QuorumPacket.Ack(Zxid.of(4, 0))));
      answerDisk();
      assertThat(zab.canPropose()).as("seed %d", seed).isTrue();
      for (long connection = 100; connection < 120; connection++) {
        zab.on(new ZabInput.LearnerConnected(connection));
        if (random.nextBoolean()) {
          // An observer as far as it goes, so that what follows is not about its greeting.
          zab.on(
              new ZabInput.Received(
                  connection, new QuorumPacket.ObserverInfo(0, LearnerInfo.of(3, 0))));
          answerDisk();
        }
        for (int i = 0; i < 6; i++) {
          QuorumPacket packet = packet();
          if (!isVotersGreeting(packet)) {
            zab.on(new ZabInput.Received(connection, packet));
          }
          zab.on(new ZabInput.Notified(random.nextInt(5), notification()));
          answerDisk();
        }
      }
      assertThat(zab.canPropose()).as("seed %d", seed).isTrue();
      zab.propose(zab.nextZxid(), new byte[40], 0, 40);
      answerDisk();
      zab.on(new ZabInput.Received(1, new QuorumPacket.Ack(zab.lastProposed())));
      assertThat(zab.lastCommitted()).as("seed %d", seed).isEqualTo(Zxid.of(4, 1));
    }
  }

  /** One in the voter's name is believed: it ends the voter's connection, or the epoch. */
  private static boolean isVotersGreeting(QuorumPacket packet) {
    return packet.kind() == QuorumPacket.Kind.FOLLOWERINFO
            && ((QuorumPacket.FollowerInfo) packet).info().serverId() == 1
        || packet.kind() == QuorumPacket.Kind.OBSERVERINFO
            && ((QuorumPacket.ObserverInfo) packet).info().serverId() == 1;
  }

  @Test
  void aLearnerGivesUpALeaderThatTalksNonsenseAndFindsAnother() {
    for (long seed = 1; seed <= RUNS; seed++) {
      start(1, seed);
      long connection = 0;
      for (int i = 0; i < 60; i++) {
        if (zab.role() == Role.LOOKING) {
          tick(300);
          zab.on(
              new ZabInput.Notified(
                  2, new Notification(Role.LOOKING, 2, Zxid.of(9, 1), 1000L * i, 9, 2, null)));
        }
        if (world.take().contains("dial 2")) {
          zab.on(new ZabInput.LeaderConnected(world.attempt, ++connection));
          introduce(connection);
        }
        zab.on(new ZabInput.Received(connection, packet()));
        zab.on(new ZabInput.Notified(random.nextInt(5), notification()));
        boolean dials = answerDisk().contains("dial 2");
        if (dials) {
          zab.on(new ZabInput.LeaderConnected(world.attempt, ++connection));
          introduce(connection);
        }
      }
      assertThat(zab.currentEpoch()).as("seed %d", seed).isLessThanOrEqualTo(zab.acceptedEpoch());
    }
  }

  /** Some steps of a good leader, so that nonsense comes in every state. */
  private void introduce(long connection) {
    List<QuorumPacket> good =
        List.of(
            new QuorumPacket.LeaderInfo(Zxid.of(9, 0), 0x10000),
            new QuorumPacket.Diff(zab.lastLogged()),
            new QuorumPacket.NewLeader(Zxid.of(9, 0), null),
            new QuorumPacket.UpToDate());
    for (QuorumPacket packet : good.subList(0, random.nextInt(good.size() + 1))) {
      zab.on(new ZabInput.Received(connection, packet));
      answerDisk();
    }
  }
}
