package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.replica.LocalSessions.Course;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.tree.TxnHeader;
import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions of one server only, and the mode that lives by them. */
class LocalSessionsTest {
  private static final int TIMEOUT_MS = 1000;
  private static final int TICK_MS = 100;

  private static ReplicaSettings settings(boolean local, boolean upgrading) {
    return new ReplicaSettings(TICK_MS, 100, 0, 1000, 100, 0, true, local, upgrading, false);
  }

  private static Submission write(long id, Op op) {
    return Submission.write(id, 7, op, List.of(), null);
  }

  private static Op create(CreateMode mode) {
    return new Op.Create(OpCode.CREATE, "/a", null, Acl.OPEN, mode.flag(), -1);
  }

  private static LocalSessions withSession(boolean upgrading) {
    LocalSessions sessions = new LocalSessions(settings(true, upgrading), 2);
    Submission make = write(1, new Op.CreateSession(TIMEOUT_MS));
    assertThat(sessions.course(make)).isEqualTo(Course.ADMIT);
    assertThat(sessions.admit(make, 0)).isEqualTo(ErrorCode.OK);
    return sessions;
  }

  @Test
  void withoutTheSettingEverySessionIsGlobal() {
    LocalSessions sessions = new LocalSessions(settings(false, false), 2);
    assertThat(sessions.course(write(1, new Op.CreateSession(TIMEOUT_MS)))).isEqualTo(Course.PASS);
    assertThat(sessions.course(Submission.renew(1, TIMEOUT_MS, true, null))).isEqualTo(Course.PASS);
  }

  @Test
  void aLocalSessionIsRenewedAndClosedHereAndItsWritesPass() {
    LocalSessions sessions = withSession(false);
    assertThat(sessions.course(write(1, create(CreateMode.PERSISTENT)))).isEqualTo(Course.PASS);
    assertThat(sessions.course(write(1, new Op.CloseSession()))).isEqualTo(Course.CLOSE);
    assertThat(sessions.course(write(2, new Op.CloseSession()))).isEqualTo(Course.PASS);
    Submission stranger = Submission.renew(1, TIMEOUT_MS, false, null);
    assertThat(sessions.course(stranger)).isEqualTo(Course.ADMIT);
    assertThat(sessions.admit(stranger, 0)).isEqualTo(ErrorCode.SESSIONEXPIRED);
    assertThat(sessions.admit(Submission.renew(1, TIMEOUT_MS, true, null), 0))
        .isEqualTo(ErrorCode.OK);
  }

  @Test
  void anEphemeralIsRefusedOrMakesTheSessionGlobal() {
    Op multi = new Op.Multi(List.of(create(CreateMode.PERSISTENT), create(CreateMode.EPHEMERAL)));
    for (Op op : List.of(create(CreateMode.EPHEMERAL_SEQUENTIAL), multi)) {
      assertThat(withSession(false).course(write(1, op)))
          .isEqualTo(op == multi ? Course.PASS : Course.REFUSE);
      LocalSessions sessions = withSession(true);
      assertThat(sessions.course(write(1, op))).isEqualTo(Course.UPGRADE);
      Submission upgrade = sessions.upgrade(1);
      assertThat(upgrade.op()).isEqualTo(new Op.CreateSession(TIMEOUT_MS));
      assertThat(upgrade.cxid()).isZero();
      assertThat(sessions.course(write(1, op))).as("on its way").isEqualTo(Course.PASS);
      assertThat(sessions.course(write(1, new Op.CloseSession()))).isEqualTo(Course.PASS);
      assertThat(sessions.expired(100 * TIMEOUT_MS)).as("nobody expires it").isEmpty();
      assertThat(sessions.size()).isOne();
      sessions.committed(new TxnHeader(1, 0, new Stamp(1, 0), OpCode.CREATE_SESSION.code()));
      assertThat(sessions.size()).isZero();
    }
  }

  @Test
  void aLeaderTakesWritesOfSessionsThatItsLearnersVouchFor() {
    LocalSessions sessions = withSession(false);
    long another = 1L << 56 | 5;
    long own = 2L << 56 | 5;
    assertThat(sessions.mayBeALearners(write(another, create(CreateMode.PERSISTENT)))).isTrue();
    assertThat(sessions.mayBeALearners(write(own, create(CreateMode.PERSISTENT)))).isFalse();
    assertThat(sessions.mayBeALearners(write(another, new Op.CloseSession()))).isFalse();
  }

  @Test
  void aLocalSessionExpiresUnlessItIsHeard() {
    LocalSessions sessions = withSession(false);
    sessions.touch(1, TIMEOUT_MS, TIMEOUT_MS);
    assertThat(sessions.expired(2 * TIMEOUT_MS)).isEmpty();
    assertThat(sessions.expired(2 * TIMEOUT_MS + TICK_MS)).containsExactly(1L);
    assertThat(sessions.size()).isZero();
  }

  @Test
  void aServerThatServesAnewKeepsWhatIsLocalWithItsFullTimeout() {
    LocalSessions sessions = withSession(true);
    sessions.upgrade(1);
    sessions.restart(Tree.fresh(), false, 5000);
    assertThat(sessions.has(1)).as("its upgrade came to nothing").isTrue();
    assertThat(sessions.expired(5000 + TIMEOUT_MS)).isEmpty();
    ReplicaWorld world = new ReplicaWorld();
    world.openSession(1);
    sessions.restart(world.tree(), false, 6000);
    assertThat(sessions.size()).as("it is global").isZero();
  }

  @Test
  void readOnlyServiceBeginsWhenAnElectionLastsAndEndsWithIt() {
    List<Boolean> told = new ArrayList<>();
    RoleListener roles =
        new RoleListener() {
          @Override
          public void became(io.paddock.zab.Role role) {}

          @Override
          public void readOnly(boolean begins) {
            told.add(begins);
          }
        };
    ReplicaSettings settings = settings(false, false);
    ReadOnlyService service = new ReadOnlyService(settings, new LocalSessions(settings, 2), roles);
    service.looking(Tree.fresh(), 1000);
    service.looking(Tree.fresh(), 2999);
    service.notLooking();
    service.looking(Tree.fresh(), 3000);
    service.looking(Tree.fresh(), 4999);
    assertThat(told).as("two elections, each too short").isEmpty();
    service.looking(Tree.fresh(), 5000);
    assertThat(told).containsExactly(true);
    service.notLooking();
    service.notLooking();
    assertThat(told).containsExactly(true, false);
  }

  @Test
  void whileThereIsNoLeaderSessionsAreLocalAndOthersAreTurnedAway() {
    ReplicaSettings settings = settings(false, false);
    LocalSessions sessions = new LocalSessions(settings, 2);
    ReadOnlyService service = new ReadOnlyService(settings, sessions, role -> {});
    ReplicaWorld world = new ReplicaWorld();
    world.openSession(9);
    FeedItem last = world.replica.last();
    Op make = new Op.CreateSession(TIMEOUT_MS);
    assertThat(service.answer(write(1, make), last, 0).error()).isEqualTo(ErrorCode.OK);
    assertThat(service.answer(write(1, create(CreateMode.PERSISTENT)), last, 0).error())
        .isEqualTo(ErrorCode.NOTREADONLY);
    for (long id : new long[] {9, 4711}) {
      FeedItem answer = service.answer(Submission.renew(id, TIMEOUT_MS, true, null), last, 0);
      assertThat(answer.error()).as("session %d", id).isEqualTo(ErrorCode.NOTREADONLY);
    }
    assertThat(service.answer(Submission.renew(1, TIMEOUT_MS, true, null), last, 0).error())
        .isEqualTo(ErrorCode.OK);
    assertThat(service.answer(write(1, new Op.CloseSession()), last, 0).error())
        .isEqualTo(ErrorCode.OK);
    sessions.restart(last.tree(), false, 0);
    assertThat(sessions.size()).isZero();
  }
}
