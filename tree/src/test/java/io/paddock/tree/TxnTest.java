package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.wire.OpCode;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class TxnTest {
  /** Written by Apache ZooKeeper 3.9.5 (data directory sheet, section 2.2). */
  private static final String GOLDEN =
      "0100000fad620000" // sessionId
          + "00000001" // cxid
          + "0000000100000002" // zxid
          + "000001a1f81df0eb" // timeMs
          + "00000001" // type: create
          + "000000022f61" // path "/a"
          + "0000000568656c6c6f" // data "hello"
          + "000000010000001f00000005776f726c6400000006616e796f6e65" // world:anyone:31
          + "00" // not ephemeral
          + "00000001" // parentCVersion
          + "00000002" // digest version
          + "00000001b686e379"; // digest

  private static final TxnHeader HEADER = new TxnHeader(7, 3, new Stamp(0x100000005L, 12345), 0);
  private static final byte[] DATA = {1, 2, 3};

  private static TxnHeader header(OpCode type) {
    return new TxnHeader(
        HEADER.sessionId(), HEADER.cxid(), new Stamp(HEADER.zxid(), HEADER.timeMs()), type.code());
  }

  private static byte[] bytes(Txn txn) {
    JuteWriter out = new JuteWriter();
    txn.write(out);
    return out.toByteArray();
  }

  private static void roundTrip(Txn txn) {
    byte[] bytes = bytes(txn);
    Txn again = Txn.read(new JuteReader(bytes));
    assertThat(bytes(again)).isEqualTo(bytes);
    assertThat(again.header()).isEqualTo(txn.header());
    assertThat(again.hasDigest()).isEqualTo(txn.hasDigest());
    assertThat(again.digest()).isEqualTo(txn.digest());
    for (int cut = 1; cut < 32; cut++) {
      byte[] some = java.util.Arrays.copyOf(bytes, bytes.length - cut);
      try {
        Txn.read(new JuteReader(some));
      } catch (MalformedException e) {
        assertThat(e).hasMessageMatching(".+");
      }
    }
  }

  @Test
  void aCreateOfApacheIsReadAndWrittenByteForByte() {
    byte[] golden = HexFormat.of().parseHex(GOLDEN);
    Txn txn = Txn.read(new JuteReader(golden));
    assertThat(txn.header())
        .isEqualTo(
            new TxnHeader(0x0100000fad620000L, 1, new Stamp(0x100000002L, 0x1a1f81df0ebL), 1));
    assertThat(txn.body()).isInstanceOf(TxnBody.Create.class);
    assertThat(txn.digest()).isEqualTo(0x1b686e379L);
    assertThat(bytes(txn)).isEqualTo(golden);
  }

  @Test
  void applyingTheCreateOfApacheGivesItsDigest() {
    Tree tree = Tree.fresh();
    assertThat(tree.digest()).isEqualTo(0x51c6d660L);
    Txn txn = Txn.read(new JuteReader(HexFormat.of().parseHex(GOLDEN)));
    Applied applied = tree.apply(txn);
    assertThat(applied.tree().digest()).isEqualTo(0x1b686e379L);
    assertThat(applied.tree().zxid()).isEqualTo(0x100000002L);
    assertThat(tree.find("/a")).isNull();
    TreeCheck.check(applied.tree());
  }

  @Test
  void everyTypeComesBackAsItWasWritten() {
    List<Acl> acl = List.of(new Acl(31, new Id("digest", "a:b")), new Acl(1, new Id("ip", null)));
    roundTrip(Txn.of(header(OpCode.CREATE), new TxnBody.Create("/ä", null, acl, true, 5)));
    roundTrip(
        Txn.of(header(OpCode.CREATE2), new TxnBody.Create("/a", DATA, null, false, -1), 1L << 63));
    roundTrip(
        Txn.of(
            header(OpCode.CREATE_CONTAINER), new TxnBody.CreateContainer("/a", DATA, acl, 5), 17));
    roundTrip(Txn.of(header(OpCode.CREATE_TTL), new TxnBody.CreateTtl("/a", DATA, acl, 5, 99), 17));
    roundTrip(Txn.of(header(OpCode.DELETE), new TxnBody.Delete("/a"), 17));
    roundTrip(Txn.of(header(OpCode.DELETE_CONTAINER), new TxnBody.Delete("/a"), 17));
    roundTrip(Txn.of(header(OpCode.SET_DATA), new TxnBody.SetData("/a", new byte[0], 4), 17));
    roundTrip(Txn.of(header(OpCode.RECONFIG), new TxnBody.SetData("/a", DATA, -1), 17));
    roundTrip(Txn.of(header(OpCode.SET_ACL), new TxnBody.SetAcl("/a", acl, 4), 17));
    roundTrip(Txn.of(header(OpCode.ERROR), new TxnBody.Error(-110)));
    roundTrip(Txn.of(header(OpCode.CREATE_SESSION), new TxnBody.CreateSession(30000), 17));
    List<TxnBody.Part> parts =
        List.of(
            new TxnBody.Part(2, new TxnBody.Delete("/x")),
            new TxnBody.Part(13, new TxnBody.Check("/x", 3)),
            new TxnBody.Part(-1, new TxnBody.Error(-2)));
    roundTrip(Txn.of(header(OpCode.MULTI), new TxnBody.Multi(parts), 17));
  }

  @Test
  void aCloseSessionMayLackItsListWithOrWithoutADigestBehindIt() {
    TxnHeader header = header(OpCode.CLOSE_SESSION);
    roundTrip(Txn.of(header, new TxnBody.CloseSession(List.of("/a", "/b")), 17));
    roundTrip(Txn.of(header, new TxnBody.CloseSession(List.of())));
    roundTrip(Txn.of(header, new TxnBody.CloseSession(null), 17));
    roundTrip(Txn.of(header, new TxnBody.CloseSession(null)));
  }

  @Test
  void aCreateOfAnOldReleaseLacksTheParentsVersion() {
    JuteWriter out = new JuteWriter();
    header(OpCode.CREATE).write(out);
    out.writeString("/a");
    out.writeBuffer(DATA);
    Acl.writeList(out, Acl.OPEN);
    out.writeBoolean(false);
    Txn txn = Txn.read(new JuteReader(out.toByteArray()));
    assertThat(((TxnBody.Create) txn.body()).parentCversion()).isEqualTo(-1);
    assertThat(Tree.fresh().apply(txn).tree().root().cversion()).isEqualTo(1);
  }

  @Test
  void aCheckAloneAndAnUnknownTypeAreRefused() {
    for (int type : new int[] {13, 3, 4, 77, -12, 1 << 20}) {
      JuteWriter out = new JuteWriter();
      new TxnHeader(1, 1, new Stamp(1, 1), type).write(out);
      out.writeString("/a");
      out.writeInt(3);
      assertThatThrownBy(() -> Txn.read(new JuteReader(out.toByteArray())))
          .as("type " + type)
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void aTransactionWithoutAPathIsRefused() {
    JuteWriter out = new JuteWriter();
    header(OpCode.DELETE).write(out);
    out.writeString(null);
    assertThatThrownBy(() -> Txn.read(new JuteReader(out.toByteArray())))
        .isInstanceOf(MalformedException.class);
  }
}
