package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.zab.EnsembleConfig;
import org.junit.jupiter.api.Test;

/** What a leader makes of a reconfig; the texts are compared with Apache's leader in oracle. */
class ReconfigurationTest {
  private static final EnsembleConfig THREE =
      EnsembleConfig.parse(
          "server.1=a:1:2;3\nserver.2=b:1:2;3\nserver.3=c:1:2;3\nversion=100000000");
  private static final long ZXID = 0x100000005L;

  private final Membership membership = Membership.inMemory(THREE);
  private boolean synced = true;

  private Reconfiguration ask(String joining, String leaving, String members, long version) {
    return Reconfiguration.of(
        new Op.Reconfig(joining, leaving, members, version),
        true,
        membership,
        ZXID,
        config -> synced);
  }

  @Test
  void addsRemovesAndReplacesUnderTheVersionOfItsTransaction() {
    Reconfiguration made = ask("server.4=d:1:2;3,server.2=b:1:2:observer;4", "1", null, -1);
    assertThat(made.error()).isEqualTo(ErrorCode.OK);
    assertThat(made.config().text())
        .isEqualTo(
            "server.2=b:1:2:observer;0.0.0.0:4\nserver.3=c:1:2:participant;0.0.0.0:3\n"
                + "server.4=d:1:2:participant;0.0.0.0:3\nversion=100000005");
    made = ask(null, null, "server.7=x:1:2,server.8=y:1:2", THREE.version());
    assertThat(made.config().text())
        .isEqualTo("server.7=x:1:2:participant\nserver.8=y:1:2:participant\nversion=100000005");
  }

  @Test
  void whatLeavesFirstMayJoinAtThePlaceThatIsFree() {
    assertThat(ask("server.4=a:1:2;3", null, null, -1).error()).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(ask("server.4=a:1:2;3", "1", null, -1).error()).isEqualTo(ErrorCode.OK);
  }

  @Test
  void theFirstCheckThatFailsWins() {
    synced = false;
    String wrong = "x";
    Op.Reconfig op = new Op.Reconfig(wrong, null, null, 7);
    assertThat(Reconfiguration.of(op, false, membership, ZXID, config -> false).error())
        .isEqualTo(ErrorCode.RECONFIGDISABLED);
    membership.seen(THREE.withVersion(0x100000004L));
    assertThat(ask(wrong, null, null, 7).error()).isEqualTo(ErrorCode.RECONFIGINPROGRESS);
    membership.committed(THREE.withVersion(0x100000004L));
    assertThat(ask(wrong, null, null, 7).error()).isEqualTo(ErrorCode.BADVERSION);
    assertThat(ask(wrong, null, null, 0x100000004L).error()).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(ask(null, "1,2", null, -1).error()).isEqualTo(ErrorCode.BADARGUMENTS);
    assertThat(ask(null, "1", null, -1).error()).isEqualTo(ErrorCode.NEWCONFIGNOQUORUM);
  }

  @Test
  void aRefusalSaysWhy() {
    assertThat(ask(null, "1,2", null, -1).reason()).contains("at least 2 servers that vote");
    assertThat(ask("server.4=d:1:2", null, null, -1).reason()).contains("where clients connect");
    assertThat(ask("server.4=d:1:2|e:1:2;3", null, null, -1).reason())
        .contains("multiAddress.enabled=true");
    assertThat(ask(null, "one", null, -1).reason()).contains("'one' is not a number");
    assertThat(ask(null, null, "server.4=d:1:2;3,clientPort=1", -1).reason())
        .contains("'clientPort' says nothing about membership");
  }

  @Test
  void withGroupsTheMembersAreGivenAsAWhole() {
    EnsembleConfig grouped =
        EnsembleConfig.parse(
            "server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\ngroup.1=1:2:3\nversion=1");
    membership.committed(grouped.withVersion(0x100000001L));
    assertThat(ask(null, "1", null, -1).error()).isEqualTo(ErrorCode.BADARGUMENTS);
    Reconfiguration made =
        ask(null, null, "server.1=a:1:2,server.2=b:1:2,group.1=1:2,weight.2=3", -1);
    assertThat(made.error()).isEqualTo(ErrorCode.OK);
    assertThat(made.config().isHierarchical()).isTrue();
  }
}
