package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Lockstep.Attach;
import io.paddock.oracle.Op.Acl;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The traps of the sheet's section 14 that concern identities, permissions and quotas. */
class AclConformanceTest extends ConformanceFixture {

  private static final Acl ALICE = new Acl(31, "digest", "alice:uLxpHc/uhT86OXPoSjJTp1M8CJY=");
  private static final Acl ANYONE_READS = new Acl(1, "world", "anyone");

  @Test
  void trap19AnAuthEntryMayHaveANullId() {
    ok(0, Op.auth("digest", "alice:s3cret"));
    ok(0, Op.create(OpCode.CREATE, "/n", null, List.of(new Acl(31, "auth", null)), 0));
    assertThat(ok(0, Op.path(OpCode.GET_ACL, "/n"))).contains("alice:uLxpHc/uhT86OXPoSjJTp1M8CJY=");
  }

  @Test
  void trap21CreateAndDeleteAskTheParent() {
    ok(0, Op.create(OpCode.CREATE, "/p", null, List.of(ANYONE_READS), 0));
    agree(0, Op.delete("/p/missing", -1), NO_AUTH);
    agree(0, Op.create("/p/x", "x"), NO_AUTH);
    agree(0, Op.delete("/none/x", -1), NO_NODE);
    agree(0, Op.create(OpCode.CREATE, "/none/x", null, List.of(), 0), INVALID_ACL);
    agree(0, Op.create("/none/x", "x"), NO_NODE);
  }

  @Test
  void trap22AnAclReadWithoutAdminHidesDigests() {
    ok(0, Op.create(OpCode.CREATE, "/n", null, List.of(ALICE, ANYONE_READS), 0));
    assertThat(ok(1, Op.path(OpCode.GET_ACL, "/n"))).contains("\"alice:x\"");
    ok(1, Op.auth("digest", "alice:s3cret"));
    assertThat(ok(1, Op.path(OpCode.GET_ACL, "/n"))).contains(ALICE.id());
  }

  @Test
  void trap23AuthEntriesStandForTheIdentitiesOfTheMoment() {
    agree(
        0, Op.create(OpCode.CREATE, "/n", null, List.of(new Acl(31, "auth", "")), 0), INVALID_ACL);
    ok(0, Op.auth("digest", "alice:s3cret"));
    ok(0, Op.auth("digest", "alice:s3cret"));
    ok(0, Op.auth("digest", "bob:x"));
    ok(0, Op.create(OpCode.CREATE, "/n", null, List.of(new Acl(31, "auth", "any")), 0));
    assertThat(count("\"digest\"", ok(0, Op.path(OpCode.GET_ACL, "/n")))).isEqualTo(2);
    assertThat(count("\"digest\"", ok(0, Op.bare(OpCode.WHO_AM_I)))).isEqualTo(2);
    agree(1, Op.getData("/n", false), NO_AUTH);
    agree(1, Op.exists("/n", true), NO_AUTH);
  }

  @Test
  void trap28AFailedAuthClosesTheConnectionAndKeepsTheSession() {
    ok(0, Op.create("/e", Op.EPHEMERAL));
    agree(0, Op.auth("nobody", "x"), -115);
    assertThat(both.connected(0)).isFalse();
    ok(1, Op.exists("/e", false));
    connect(0, Attach.AGAIN);
    assertThat(ok(0, Op.path(OpCode.GET_EPHEMERALS, "/"))).contains("\"/e\"");
  }

  @Test
  void trap28IdentitiesBelongToTheConnection() {
    ok(0, Op.auth("digest", "alice:s3cret"));
    ok(0, Op.create(OpCode.CREATE, "/n", null, List.of(ALICE), 0));
    agreed(both.drop(0));
    connect(0, Attach.AGAIN);
    agree(0, Op.getData("/n", false), NO_AUTH);
    ok(0, Op.auth("digest", "alice:s3cret"));
    ok(0, Op.getData("/n", false));
  }

  @Test
  void everyWrongAclIsRefusedAlike() {
    List<Acl> each =
        List.of(
            new Acl(31, "world", "someone"),
            new Acl(31, "nobody", "x"),
            new Acl(31, "super", ""),
            new Acl(31, "digest", "u"),
            new Acl(31, "digest", "u:"),
            new Acl(31, "digest", ":p"),
            new Acl(31, "digest", "a:b:c"),
            new Acl(31, "ip", "localhost"),
            new Acl(31, "ip", "1.2.3.4/33"),
            new Acl(31, "ip", "1.2.3"),
            new Acl(31, "ip", "1.2.3.4/"),
            new Acl(31, "ip", "::1"),
            new Acl(31, "ip", "127.000.0.01"),
            new Acl(31, "ip", "127.+0.0.\u0661"),
            new Acl(31, "ip", "127.0.0.1/+8"),
            new Acl(31, "ip", "127.0.0.1%lo"),
            new Acl(31, "ip", "::1%lo"),
            new Acl(31, "ip", "::ffff:127.0.0.1"),
            new Acl(31, "ip", "[::1]"),
            new Acl(31, "digest", "a:b:"),
            new Acl(31, "digest", "::"),
            new Acl(31, "sasl", "x"),
            new Acl(31, "sasl", ""),
            new Acl(31, "sasl", "user/host@REALM"),
            new Acl(31, "x509", "CN=x"),
            new Acl(31, "x509", ""),
            new Acl(31, "x509", "CN=\u00e9,O=\\,x"),
            new Acl(31, "X509", "CN=x"),
            new Acl(31, "SASL", "x"),
            new Acl(31, "World", "anyone"),
            new Acl(31, "world ", "anyone"),
            new Acl(31, "world", "Anyone"),
            new Acl(31, "Digest", "a:b"),
            new Acl(31, "IP", "127.0.0.1"),
            new Acl(31, "Auth", ""),
            new Acl(31, "auth ", ""),
            new Acl(31, "", "x"),
            new Acl(31, null, "anyone"),
            new Acl(31, "world", null),
            new Acl(31, "digest", null),
            new Acl(31, "ip", null),
            new Acl(0, "world", "anyone"),
            new Acl(-1, "world", "anyone"));
    create("/n");
    for (Acl acl : each) {
      agree(0, Op.create(OpCode.CREATE, "/x", null, List.of(acl), 0));
      agree(0, Op.setAcl("/n", List.of(acl), -1));
      agree(0, Op.path(OpCode.GET_ACL, "/n"));
      agree(0, Op.auth("digest", ServerSpec.SUPER_AUTH));
      agree(0, Op.setAcl("/n", Op.OPEN, -1));
      agree(0, Op.delete("/x", -1));
    }
    agree(0, Op.setAcl("/n", null, -1), INVALID_ACL);
    agree(0, Op.setAcl("/n", List.of(), -1), INVALID_ACL);
  }

  @Test
  void theSuperUserPassesEveryCheck() {
    ok(0, Op.create(OpCode.CREATE, "/n", null, List.of(ALICE), 0));
    agree(1, Op.getData("/n", false), NO_AUTH);
    ok(1, Op.auth("digest", ServerSpec.SUPER_AUTH));
    ok(1, Op.getData("/n", false));
    ok(1, Op.setAcl("/n", Op.OPEN, -1));
    assertThat(ok(1, Op.bare(OpCode.WHO_AM_I))).contains("\"super\":\"\"");
    ok(1, Op.setData("/zookeeper/config", "x"));
    ok(1, Op.getData("/zookeeper/config", false));
  }

  @Test
  void addressesAreMatchedWithTheirMask() {
    List<Acl> here = List.of(new Acl(31, "ip", "127.0.0.0/8"));
    List<Acl> elsewhere = List.of(new Acl(31, "ip", "10.0.0.0/8"));
    ok(0, Op.create(OpCode.CREATE, "/here", null, here, 0));
    ok(0, Op.create(OpCode.CREATE, "/elsewhere", null, elsewhere, 0));
    ok(0, Op.getData("/here", false));
    agree(0, Op.getData("/elsewhere", false), NO_AUTH);
    agree(0, Op.path(OpCode.GET_ACL, "/elsewhere"), NO_AUTH);
  }

  @Test
  void saslWithoutALoginIsAnsweredWithANullToken() {
    assertThat(ok(0, Op.sasl(new byte[] {1, 2}))).contains("err=0 null");
    agree(0, Op.sasl(null));
  }

  @Test
  void trap24TheStatisticsNodeShowsRealTotalsAtOnce() {
    create("/q", "/q/a", "/q/b");
    quota("/q", "count=10,bytes=1000");
    assertThat(ok(0, Op.getData("/zookeeper/quota/q/zookeeper_stats", true)))
        .contains("count=3,bytes=12", "versions=0,0,0");
    assertThat(ok(0, Op.create("/q/c", "12345"))).doesNotContain("event");
    assertThat(ok(0, Op.getData("/zookeeper/quota/q/zookeeper_stats", false)))
        .contains("count=4,bytes=17", "versions=0,0,0");
    ok(0, Op.setData("/q/c", "1"));
    ok(0, Op.delete("/q/a", -1));
    assertThat(ok(0, Op.getData("/zookeeper/quota/q/zookeeper_stats", false)))
        .contains("count=3,bytes=9");
  }

  @Test
  void trap25SoftLimitsNeverRefuseAndHardOnesDo() {
    create("/soft", "/hard");
    quota("/soft", "count=1,bytes=1");
    quota("/hard", "count=-1,bytes=-1=;byteHardLimit=10;countHardLimit=2");
    create("/soft/a", "/soft/b");
    ok(0, Op.create("/hard/a", "1"));
    agree(0, Op.create("/hard/b", "1"), -125);
    agree(0, Op.setData("/hard/a", "123456789"), -125);
    ok(0, Op.setData("/hard/a", "123456"));
    ok(0, Op.delete("/hard/a", -1));
    ok(0, Op.create("/hard/b", "1"));
  }

  @Test
  void trap25AHardLimitThatIsPassedAlreadyHoldsForSmallerDataToo() {
    create("/q");
    ok(0, Op.setData("/q", "fifteen bytes.."));
    quota("/q", "count=-1,bytes=-1=;byteHardLimit=10;countHardLimit=-1");
    agree(0, Op.setData("/q", "fourteen bytes"), -125);
    agree(0, Op.setData("/q", Reading.utf8("fourteen bytes"), 99), -125);
    agree(0, Op.setData("/q", Reading.utf8("4444"), 99), BAD_VERSION);
    ok(0, Op.setData("/q", "4444"));
  }

  @Test
  void trap25WithoutEnforcementHardLimitsAreAdvice() {
    startBoth(ServerSpec.standard().with("enforceQuota", "false"));
    create("/hard");
    quota("/hard", "count=-1,bytes=-1=;byteHardLimit=1;countHardLimit=1");
    create("/hard/a", "/hard/b");
    ok(0, Op.setData("/hard/a", "123456789"));
  }

  private void quota(String path, String limits) {
    ok(0, Op.create(OpCode.CREATE, "/zookeeper/quota" + path, null, Op.OPEN, 0));
    ok(0, Op.create("/zookeeper/quota" + path + "/zookeeper_limits", limits));
    ok(0, Op.create("/zookeeper/quota" + path + "/zookeeper_stats", "count=0,bytes=0"));
  }
}
