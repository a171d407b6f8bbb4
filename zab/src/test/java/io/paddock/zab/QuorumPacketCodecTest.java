package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Golden bytes of the quorum port (quorum sheet, section 3.1). */
class QuorumPacketCodecTest {
  private static final long ZXID = 0x100000007L;
  private static final byte[] DATA = {1, 2, 3};

  /** type, zxid, data, authinfo. */
  private static Map<QuorumPacket, String> golden() {
    Map<QuorumPacket, String> golden = new LinkedHashMap<>();
    // Seen on the wire of Apache 3.9.5.
    golden.put(
        new QuorumPacket.FollowerInfo(0, LearnerInfo.of(1, 0)),
        "0000000b 0000000000000000 00000014 0000000000000001 00010000 0000000000000000 ffffffff");
    golden.put(
        new QuorumPacket.LeaderInfo(0x100000000L, 0x10000),
        "00000011 0000000100000000 00000004 00010000 ffffffff");
    // By the table.
    golden.put(
        new QuorumPacket.Request(DATA, List.of(new Id("ip", "::1"))),
        "00000001 ffffffffffffffff 00000003 010203" + " 00000001 00000002 6970 00000003 3a3a31");
    golden.put(
        new QuorumPacket.Request(DATA, null), "00000001 ffffffffffffffff 00000003 010203 ffffffff");
    golden.put(
        new QuorumPacket.Proposal(ZXID, DATA),
        "00000002 0000000100000007 00000003 010203 ffffffff");
    golden.put(new QuorumPacket.Ack(ZXID), "00000003 0000000100000007 ffffffff ffffffff");
    golden.put(new QuorumPacket.Commit(ZXID), "00000004 0000000100000007 ffffffff ffffffff");
    golden.put(new QuorumPacket.Ping(ZXID, null), "00000005 0000000100000007 ffffffff ffffffff");
    golden.put(
        new QuorumPacket.Ping(ZXID, new byte[0]), "00000005 0000000100000007 00000000 ffffffff");
    golden.put(
        new QuorumPacket.Revalidate(5, 4000),
        "00000006 ffffffffffffffff 0000000c 0000000000000005 00000fa0 ffffffff");
    golden.put(
        new QuorumPacket.Revalidated(5, true),
        "00000006 ffffffffffffffff 00000009 0000000000000005 01 ffffffff");
    golden.put(new QuorumPacket.Sync(), "00000007 0000000000000000 ffffffff ffffffff");
    golden.put(
        new QuorumPacket.Inform(ZXID, DATA), "00000008 0000000100000007 00000003 010203 ffffffff");
    golden.put(
        new QuorumPacket.CommitAndActivate(ZXID, 2),
        "00000009 0000000100000007 00000008 0000000000000002 ffffffff");
    golden.put(
        new QuorumPacket.NewLeader(0x200000000L, "v"),
        "0000000a 0000000200000000 00000001 76 ffffffff");
    golden.put(new QuorumPacket.UpToDate(), "0000000c ffffffffffffffff ffffffff ffffffff");
    golden.put(new QuorumPacket.Diff(ZXID), "0000000d 0000000100000007 ffffffff ffffffff");
    golden.put(new QuorumPacket.Trunc(ZXID), "0000000e 0000000100000007 ffffffff ffffffff");
    golden.put(new QuorumPacket.Snap(ZXID), "0000000f 0000000100000007 ffffffff ffffffff");
    golden.put(
        new QuorumPacket.ObserverInfo(0x300000000L, LearnerInfo.of(4, 9)),
        "00000010 0000000300000000 00000014 0000000000000004 00010000 0000000000000009 ffffffff");
    golden.put(
        new QuorumPacket.AckEpoch(ZXID, -1),
        "00000012 0000000100000007 00000004 ffffffff ffffffff");
    golden.put(
        new QuorumPacket.InformAndActivate(ZXID, 2, DATA),
        "00000013 0000000100000007 0000000b 0000000000000002 010203 ffffffff");
    return golden;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static byte[] written(QuorumPacket packet) {
    JuteWriter out = new JuteWriter();
    QuorumPacketCodec.write(packet, out);
    return out.toByteArray();
  }

  private static int length(byte[] bytes, int from, int to) {
    return QuorumPacketCodec.length(bytes, from, to, QuorumPacketCodec.DATA_BYTES_MAX);
  }

  @Test
  void everyPacketHasItsBytes() {
    golden()
        .forEach(
            (packet, hex) -> assertThat(written(packet)).as("%s", packet).isEqualTo(bytes(hex)));
  }

  @Test
  void everyKindIsAmongThem() {
    assertThat(golden().keySet().stream().map(QuorumPacket::kind).distinct())
        .containsExactlyInAnyOrder(QuorumPacket.Kind.values());
  }

  @Test
  void whatIsReadIsWrittenTheSame() {
    golden()
        .forEach(
            (packet, hex) -> {
              QuorumPacket read = QuorumPacketCodec.read(new JuteReader(bytes(hex)));
              assertThat(read.kind()).isEqualTo(packet.kind());
              assertThat(written(read)).as("%s", packet).isEqualTo(bytes(hex));
            });
  }

  @Test
  void theEndOfAPacketIsFoundWithoutALengthBeforeIt() {
    golden()
        .forEach(
            (packet, hex) -> {
              byte[] whole = bytes(hex);
              byte[] two = new byte[whole.length * 2 + 3];
              System.arraycopy(whole, 0, two, 3, whole.length);
              System.arraycopy(whole, 0, two, 3 + whole.length, whole.length);
              assertThat(length(two, 3, two.length)).isEqualTo(whole.length);
              for (int cut = 0; cut < whole.length; cut++) {
                assertThat(length(two, 3, 3 + cut)).isEqualTo(-1);
              }
            });
  }

  @Test
  void aBufferOverTheGuardIsMalformed() {
    assertThatThrownBy(() -> length(bytes("00000002 0000000100000007 00200000"), 0, 16))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> length(bytes("00000002 0000000100000007 fffffffe"), 0, 16))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void identitiesThatAreTooManyOrTooLongAreMalformedBeforeTheyAreThere() {
    String head = "00000001 ffffffffffffffff 00000001 61 ";
    for (String ids :
        List.of("00002711", "7fffffff", "00000001 001fffff", "00000001 00000000 001ffffb")) {
      byte[] bytes = bytes(head + ids);
      assertThatThrownBy(() -> length(bytes, 0, bytes.length))
          .as(ids)
          .isInstanceOf(MalformedException.class);
    }
    byte[] most = bytes(head + "00000001 00000000 001ffff6");
    assertThat(length(most, 0, most.length)).isEqualTo(-1);
  }

  @Test
  void aRaisedGuardLetsLongerDataThrough() {
    byte[] bytes = bytes("00000002 0000000100000007 00200000");
    assertThat(QuorumPacketCodec.length(bytes, 0, 16, 0x200000)).isEqualTo(-1);
  }

  @Test
  void noBytesWhateverDoMoreThanBeRefused() {
    SplittableRandom random = new SplittableRandom(5);
    int packets = 0;
    for (int run = 0; run < 20_000; run++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      if (bytes.length > 16) {
        // Mostly a type there is, and short data.
        bytes[0] = bytes[1] = bytes[2] = bytes[12] = bytes[13] = bytes[14] = 0;
        bytes[3] = (byte) random.nextInt(22);
        bytes[15] = (byte) random.nextInt(-1, 40);
      }
      try {
        int length = length(bytes, 0, bytes.length);
        if (length >= 0) {
          QuorumPacketCodec.read(new JuteReader().reset(bytes, 0, length));
          packets++;
        }
      } catch (MalformedException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
    assertThat(packets).as("some are packets").isPositive();
  }

  @Test
  void anUnknownTypeAndAProposalWithoutDataAreMalformed() {
    for (String hex :
        List.of(
            "00000014 0000000100000007 ffffffff ffffffff",
            "00000002 0000000100000007 ffffffff ffffffff")) {
      assertThatThrownBy(() -> QuorumPacketCodec.read(new JuteReader(bytes(hex))))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void oldLearnersSayLessOfThemselves() {
    assertThat(info("00000008 0000000000000003")).isEqualTo(new LearnerInfo(3, 0, 0));
    assertThat(info("0000000c 0000000000000003 00010000"))
        .isEqualTo(new LearnerInfo(3, 0x10000, 0));
    assertThat(info("ffffffff").serverId()).isNegative();
  }

  private static LearnerInfo info(String data) {
    QuorumPacket packet =
        QuorumPacketCodec.read(
            new JuteReader(bytes("0000000b 0000000000000000 " + data + " ffffffff")));
    return ((QuorumPacket.FollowerInfo) packet).info();
  }

  @Test
  void aNegativeCountOfIdentitiesIsNoneAndThePacketEndsThere() {
    byte[] packet = bytes("00000004 0000000100000007 ffffffff 80000002 00000004 00000001");
    assertThat(length(packet, 0, packet.length)).isEqualTo(20);
  }
}
