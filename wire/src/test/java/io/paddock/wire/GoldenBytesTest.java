package io.paddock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.proto.AddWatchRequest;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.CreateTTLRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.ReconfigRequest;
import org.apache.zookeeper.proto.SetACLRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.apache.zookeeper.proto.SetWatches2;
import org.junit.jupiter.api.Test;

/**
 * Every record against the official jute classes, and the samples of the client protocol sheet,
 * section 1.6.
 */
class GoldenBytesTest {
  private static final byte[] PASSWD = SessionPasswd.of(0x100000000000001L);
  private static final List<Acl> ACL =
      List.of(new Acl(31, new Id("world", "anyone")), new Acl(-3, new Id("auth", null)));
  private static final List<ACL> APACHE_ACL =
      List.of(
          new ACL(31, new org.apache.zookeeper.data.Id("world", "anyone")),
          new ACL(-3, new org.apache.zookeeper.data.Id("auth", null)));

  private static byte[] apache(Record record) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      record.serialize(BinaryOutputArchive.getArchive(out), "golden");
      return out.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] ours(Consumer<JuteWriter> writer) {
    JuteWriter out = new JuteWriter();
    writer.accept(out);
    return out.toByteArray();
  }

  private static void same(Op op, Record record) {
    byte[] bytes = apache(record);
    assertThat(ours(op::write)).isEqualTo(bytes);
    JuteReader in = new JuteReader(bytes);
    Op read = Op.read(op.code(), in);
    assertThat(in.remaining()).isZero();
    assertThat(read).usingRecursiveComparison().isEqualTo(op);
  }

  @Test
  void creates() {
    byte[] data = {1, 2, 3};
    same(
        new Op.Create(OpCode.CREATE, "/a", data, ACL, 3, -1),
        new CreateRequest("/a", data, APACHE_ACL, 3));
    same(
        new Op.Create(OpCode.CREATE2, null, null, null, 0, -1),
        new CreateRequest(null, null, null, 0));
    same(
        new Op.Create(OpCode.CREATE_TTL, "/é", new byte[0], List.of(), 5, 1L << 40),
        new CreateTTLRequest("/é", new byte[0], List.of(), 5, 1L << 40));
  }

  @Test
  void otherWrites() {
    byte[] data = {9};
    same(new Op.Delete("/a", -1), new DeleteRequest("/a", -1));
    same(new Op.SetData("/a", data, 7), new SetDataRequest("/a", data, 7));
    same(new Op.SetAcl("/a", ACL, 7), new SetACLRequest("/a", APACHE_ACL, 7));
    same(new Op.Check("/a", 7), new CheckVersionRequest("/a", 7));
    same(new Op.Reconfig("j", null, "", 5), new ReconfigRequest("j", null, "", 5));
  }

  @Test
  void multiHeadersFrameTheirOperations() {
    Op.Multi multi = new Op.Multi(List.of(new Op.Delete("/a", 1), new Op.Check("/b", 2)));
    byte[] expected =
        join(
            apache(new org.apache.zookeeper.proto.MultiHeader(2, false, -1)),
            apache(new DeleteRequest("/a", 1)),
            apache(new org.apache.zookeeper.proto.MultiHeader(13, false, -1)),
            apache(new CheckVersionRequest("/b", 2)),
            apache(new org.apache.zookeeper.proto.MultiHeader(-1, true, -1)));
    assertThat(ours(multi::write)).isEqualTo(expected);
    assertThat(Op.read(OpCode.MULTI, new JuteReader(expected))).isEqualTo(multi);
  }

  @Test
  void headersStatsAndEvents() {
    Stat stat = new Stat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    byte[] bytes = apache(new org.apache.zookeeper.data.Stat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    assertThat(ours(stat::write)).isEqualTo(bytes).hasSize(Stat.BYTES);
    assertThat(Stat.read(new JuteReader(bytes))).isEqualTo(stat);

    ReplyHeader header = new ReplyHeader(-8, 1L << 33, -101);
    bytes = apache(new org.apache.zookeeper.proto.ReplyHeader(-8, 1L << 33, -101));
    assertThat(ours(header::write)).isEqualTo(bytes).hasSize(ReplyHeader.BYTES);
    assertThat(ReplyHeader.read(new JuteReader(bytes))).isEqualTo(header);

    WatcherEvent event =
        new WatcherEvent(WatcherEvent.NODE_CREATED, WatcherEvent.SYNC_CONNECTED, "/a");
    bytes = apache(new org.apache.zookeeper.proto.WatcherEvent(1, 3, "/a"));
    assertThat(ours(event::write)).isEqualTo(bytes);
    assertThat(WatcherEvent.read(new JuteReader(bytes))).isEqualTo(event);
  }

  @Test
  void watchesSetAgain() {
    byte[] bytes =
        apache(
            new SetWatches2(5, List.of("/d"), List.of(), null, List.of("/p"), List.of("/r", "/s")));
    SetWatches read = SetWatches.read(new JuteReader(bytes), true);
    assertThat(read)
        .isEqualTo(
            new SetWatches(5, List.of("/d"), List.of(), null, List.of("/p"), List.of("/r", "/s")));
    assertThat(new JuteReader(apache(new AddWatchRequest("/a", 1))).readString()).isEqualTo("/a");
  }

  @Test
  void handshakesWithAndWithoutTheReadOnlyByte() {
    ConnectRequest request = new ConnectRequest(0, 7, 30_000, 5, PASSWD, ReadOnlyByte.TRUE);
    byte[] bytes =
        apache(new org.apache.zookeeper.proto.ConnectRequest(0, 7, 30_000, 5, PASSWD, true));
    assertThat(ours(request::write)).isEqualTo(bytes);
    assertThat(ConnectRequest.read(new JuteReader(bytes)))
        .usingRecursiveComparison()
        .isEqualTo(request);
    byte[] old = Arrays.copyOf(bytes, bytes.length - 1);
    assertThat(ConnectRequest.read(new JuteReader(old)).readOnly()).isEqualTo(ReadOnlyByte.ABSENT);

    ConnectResponse response = new ConnectResponse(0, 4000, 5, PASSWD, ReadOnlyByte.FALSE);
    bytes = apache(new org.apache.zookeeper.proto.ConnectResponse(0, 4000, 5, PASSWD, false));
    assertThat(ours(response::write)).isEqualTo(bytes).hasSize(37);
    assertThat(ConnectResponse.read(new JuteReader(bytes)))
        .usingRecursiveComparison()
        .isEqualTo(response);
    assertThat(ours(ConnectResponse.expired(ReadOnlyByte.ABSENT)::write))
        .hasSize(36)
        .containsOnly(0, 16);
  }

  @Test
  void theSheetsSamples() {
    Op.Create create = new Op.Create(OpCode.CREATE, "/a", "hi".getBytes(), Acl.OPEN, 0, -1);
    assertThat(
            HexFormat.of()
                .formatHex(
                    ours(
                        out -> {
                          int frame = out.beginFrame();
                          out.writeInt(1);
                          out.writeInt(OpCode.CREATE.code());
                          create.write(out);
                          out.endFrame(frame);
                        })))
        .isEqualTo(
            "000000330000000100000001000000022f61000000026869000000010000001f00000005776f726c64"
                + "00000006616e796f6e6500000000");
    assertThat(HexFormat.of().formatHex(PASSWD)).isEqualTo("054cc74a37327db215e702e20c73f005");
    assertThat(HexFormat.of().formatHex(SessionPasswd.of(0x20003a7f4c80000L)))
        .isEqualTo("4a18a0e70f05cad1386d6427701925d5");
    assertThat(SessionPasswd.matches(0x100000000000001L, PASSWD)).isTrue();
    assertThat(SessionPasswd.matches(0x100000000000001L, null)).isFalse();
    assertThat(SessionPasswd.matches(0x100000000000002L, PASSWD)).isFalse();
  }

  @Test
  void numbersOfErrorsAndOperationsAreFoundAgain() {
    for (ErrorCode error : ErrorCode.values()) {
      assertThat(ErrorCode.of(error.code())).isEqualTo(error);
    }
    for (OpCode op : OpCode.values()) {
      assertThat(OpCode.of(op.code())).isEqualTo(op);
    }
    assertThat(OpCode.of(10)).isNull();
    assertThat(OpCode.of(Integer.MIN_VALUE)).isNull();
    assertThat(OpCode.of(Integer.MAX_VALUE)).isNull();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
