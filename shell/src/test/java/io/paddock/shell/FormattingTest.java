package io.paddock.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

class FormattingTest {

  @Test
  void aHexDumpIsLaidOutAsNettysWhichZkCliUses() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int length = 0; length < 70; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertThat(HexDump.of(bytes))
          .as("seed %d, %d bytes", seed, length)
          .isEqualTo(ByteBufUtil.prettyHexDump(Unpooled.wrappedBuffer(bytes)).replace("\r", ""));
    }
  }

  @Test
  void aStatIsElevenLinesWithZxidsInHexadecimal() {
    var stat = new Stat(10, 11, 1000, 2000, 3, 4, 5, 0x1234, 7, 8, 12);
    assertThat(StatText.block(stat).lines())
        .containsExactly(
            "cZxid = 0xa",
            "ctime = " + new Date(1000),
            "mZxid = 0xb",
            "mtime = " + new Date(2000),
            "pZxid = 0xc",
            "cversion = 4",
            "dataVersion = 3",
            "aclVersion = 5",
            "ephemeralOwner = 0x1234",
            "dataLength = 7",
            "numChildren = 8");
    assertThat(StatText.fields(stat)).containsEntry("mzxid", "0xb").containsEntry("mtime", 2000L);
  }

  @Test
  void sizesAndAgesComeInTheUnitThatFits() {
    assertThat(Readable.size(1023)).isEqualTo("1023 B");
    assertThat(Readable.size(1536)).isEqualTo("1.5 KiB");
    assertThat(Readable.size(3 << 20)).isEqualTo("3.0 MiB");
    assertThat(Readable.age(59_999)).isEqualTo("59 s");
    assertThat(Readable.age(60_000)).isEqualTo("1 min");
    assertThat(Readable.age(3 * 3_600_000L)).isEqualTo("3 h");
    assertThat(Readable.age(49 * 3_600_000L)).isEqualTo("2 days");
    assertThat(Readable.age(-5)).isEqualTo("0 s");
  }

  @Test
  void anAclKeepsColonsOfTheIdAndTellsWhatItLeavesOut() {
    var err = new ByteArrayOutputStream();
    List<ACL> acl =
        AclText.parse(
            "digest:bob:x=:rwx,nonsense,world:anyone:cda",
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertThat(acl)
        .containsExactly(
            new ACL(Perms.READ | Perms.WRITE, new Id("digest", "bob:x=")),
            new ACL(Perms.CREATE | Perms.DELETE | Perms.ADMIN, new Id("world", "anyone")));
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("Unknown perm type: x", "nonsense does not have the form scheme:id:perm");
  }

  @Test
  void anIdMayHoldCommasAsSubjectsOfCertificatesDo() {
    var err = new ByteArrayOutputStream();
    List<ACL> acl =
        AclText.parse(
            "x509:CN=alice,OU=Ops,O=Example:cdrwa,foo:bar,world:anyone:r,x509:CN=b,O=E:r,x:y,z",
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertThat(acl)
        .containsExactly(
            new ACL(Perms.ALL, new Id("x509", "CN=alice,OU=Ops,O=Example")),
            new ACL(Perms.READ, new Id("world", "anyone")),
            new ACL(Perms.READ, new Id("x509", "CN=b,O=E")));
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .as("as zkCli tells them")
        .containsExactly(
            "foo:bar does not have the form scheme:id:perm",
            "x:y does not have the form scheme:id:perm",
            "z does not have the form scheme:id:perm");
  }

  @Test
  void anAclWithoutAnyEntryIsToldInWords() {
    assertThat(Failures.describe(new KeeperException.InvalidACLException()))
        .startsWith("Acl is not valid : null\n  no entry of the form scheme:id:perm");
    assertThat(Failures.describe(new KeeperException.InvalidACLException("/k")))
        .isEqualTo("Acl is not valid : /k");
  }

  @Test
  void aMistypedCommandFindsItsNeighbours() {
    Commands commands = Commands.all();
    assertThat(commands.nearTo("crate")).containsExactly("create");
    assertThat(commands.nearTo("getacl").get(0)).isEqualTo("getAcl");
    assertThat(commands.nearTo("hsitory")).containsExactly("history");
    assertThat(commands.nearTo("xyzzyx")).isEmpty();
  }

  @Test
  void theHistoryShowsElevenLinesAndRedoReplacesTheCurrentOne() {
    var history = new CommandHistory();
    for (int i = 0; i < 20; i++) {
      history.add("c" + i);
    }
    assertThat(history.recent()).hasSize(11).startsWith("9 - c9").endsWith("19 - c19");
    assertThat(history.line(18)).isEqualTo("c18");
    assertThat(history.line(19)).isNull();
    assertThat(history.line(-1)).isNull();
    history.replaceCurrent("c3");
    assertThat(history.recent()).endsWith("19 - c3");
  }
}
