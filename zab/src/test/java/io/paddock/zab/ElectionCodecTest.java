package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Golden bytes of the election port (quorum sheet, sections 2.2 and 2.4). */
class ElectionCodecTest {
  private static final String HEAD =
      "00000001" // FOLLOWING
          + "0000000000000003" // leader
          + "0000000100000005" // zxid
          + "0000000000000002"; // round

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static Notification read(String hex) {
    return NotificationCodec.read(new JuteReader(bytes(hex)));
  }

  @Test
  void aNotificationHasItsBytes() {
    JuteWriter out = new JuteWriter();
    NotificationCodec.writeFrame(
        new Notification(Role.FOLLOWING, 3, 0x100000005L, 2, 1, 2, "version=0"), out);
    assertThat(out.toByteArray())
        .isEqualTo(
            bytes(
                "00000035"
                    + HEAD
                    + "0000000000000001" // peerEpoch
                    + "00000002" // format
                    + "00000009 76657273696f6e3d30"));
  }

  @Test
  void everyStateHasItsNumber() {
    for (Role role : Role.values()) {
      JuteWriter out = new JuteWriter();
      NotificationCodec.writeFrame(new Notification(role, 1, 2, 3, 4, 2, "c"), out);
      assertThat(NotificationCodec.read(new JuteReader().reset(out.array(), 4, out.size())))
          .isEqualTo(new Notification(role, 1, 2, 3, 4, 2, "c"));
    }
    assertThatThrownBy(() -> read("00000004" + HEAD.substring(8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void twentyEightBytesEndBeforeTheEpochWhichIsTheZxids() {
    assertThat(read(HEAD))
        .isEqualTo(new Notification(Role.FOLLOWING, 3, 0x100000005L, 2, 1, 0, null));
  }

  @Test
  void fortyBytesHaveAVersionThatNobodyReads() {
    assertThat(read(HEAD + "0000000000000007" + "00000002"))
        .isEqualTo(new Notification(Role.FOLLOWING, 3, 0x100000005L, 2, 7, 0, null));
  }

  @Test
  void thirtySixBytesAndLessThanTwentyEightAreDropped() {
    assertThatThrownBy(() -> read(HEAD + "0000000000000007"))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> read(HEAD.substring(0, 54))).isInstanceOf(MalformedException.class);
  }

  @Test
  void aConfigurationLongerThanTheMessageIsDropped() {
    for (String length : List.of("0000ffff", "ffffffff", "00000030")) {
      assertThatThrownBy(() -> read(HEAD + "0000000000000007" + "00000002" + length))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void aNotificationOfVersionOneHasNoConfiguration() {
    assertThat(read(HEAD + "0000000000000007" + "00000001" + "00000000").config()).isNull();
  }

  @Test
  void theHandshakeHasItsBytes() {
    JuteWriter out = new JuteWriter();
    new ElectionHandshake(3, List.of(new ElectionHandshake.Address("127.0.0.1", 27383))).write(out);
    // Seen on the wire of Apache 3.9.5.
    assertThat(out.toByteArray())
        .isEqualTo(
            bytes("ffffffffffff0000 0000000000000003 0000000f 3132372e302e302e313a3237333833"));
  }

  @Test
  void bothVersionsOfTheHandshakeAreRead() {
    ElectionHandshake many =
        new ElectionHandshake(
            7,
            List.of(
                new ElectionHandshake.Address("::1", 3888), new ElectionHandshake.Address("h", 1)));
    JuteWriter out = new JuteWriter();
    many.write(out);
    assertThat(out.array()[7]).isEqualTo((byte) 1);
    assertThat(ElectionHandshake.length(out.array(), 0, out.size())).isEqualTo(out.size());
    assertThat(ElectionHandshake.length(out.array(), 0, out.size() - 1)).isEqualTo(-1);
    assertThat(ElectionHandshake.read(new JuteReader(out.toByteArray()))).isEqualTo(many);
  }

  @Test
  void aBareSidIsAHandshakeOfOldServers() {
    assertThat(ElectionHandshake.length(bytes("0000000000000005"), 0, 8)).isEqualTo(8);
    assertThat(ElectionHandshake.read(new JuteReader(bytes("0000000000000005"))))
        .isEqualTo(new ElectionHandshake(5, List.of()));
  }

  @Test
  void anyOtherVersionOrLengthIsMalformed() {
    for (String hex :
        List.of(
            "fffffffffffffff0 0000000000000003 00000001 61",
            "ffffffffffff0000 0000000000000003 00000000",
            "ffffffffffff0000 0000000000000003 00000801")) {
      byte[] handshake = bytes(hex);
      assertThatThrownBy(() -> ElectionHandshake.length(handshake, 0, handshake.length))
          .isInstanceOf(MalformedException.class);
    }
    for (String hex :
        List.of(
            "ffffffffffff0000 0000000000000003 00000003 613a62",
            "ffffffffffff0000 0000000000000003 00000001 61")) {
      assertThatThrownBy(() -> ElectionHandshake.read(new JuteReader(bytes(hex))))
          .isInstanceOf(MalformedException.class);
    }
  }
}
