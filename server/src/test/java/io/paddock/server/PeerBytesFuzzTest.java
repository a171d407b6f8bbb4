package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.paddock.tree.Tree;
import io.paddock.tree.Txn;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.InvalidConfigException;
import io.paddock.zab.NotificationCodec;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.QuorumPacketCodec;
import io.paddock.zab.SaslPacket;
import java.util.Arrays;

/**
 * What peers send, read as the ports read it: it is a packet, or malformed. What was read is
 * written the same again.
 *
 * <p>Input: one byte for the kind, then the bytes.
 */
class PeerBytesFuzzTest {
  private static final int DATA_BYTES_MAX = 100_000;

  @FuzzTest
  void whatPeersSendIsAPacketOrMalformed(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    try {
      switch (input[0] & 7) {
        case 0 -> quorumPacket(bytes);
        case 1 -> NotificationCodec.read(new JuteReader(bytes));
        case 2 -> electionHandshake(bytes);
        case 4 -> saslPacket(bytes);
        default -> Tree.fresh().apply(Txn.read(new JuteReader(bytes)));
      }
    } catch (MalformedException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static void quorumPacket(byte[] bytes) {
    int length = QuorumPacketCodec.length(bytes, 0, bytes.length, DATA_BYTES_MAX);
    assertThat(length).isLessThanOrEqualTo(bytes.length);
    if (length < 0) {
      return;
    }
    JuteReader in = new JuteReader().reset(bytes, 0, length);
    QuorumPacket packet = QuorumPacketCodec.read(in);
    assertThat(in.remaining()).as("%s", packet).isZero();
    JuteWriter out = new JuteWriter();
    QuorumPacketCodec.write(packet, out);
    QuorumPacket again = QuorumPacketCodec.read(new JuteReader().reset(out.array(), 0, out.size()));
    assertThat(again.kind()).isEqualTo(packet.kind());
    if (packet instanceof QuorumPacket.NewLeader leader && leader.config() != null) {
      try {
        EnsembleConfig.parse(leader.config());
      } catch (InvalidConfigException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  private static void saslPacket(byte[] bytes) {
    int length = SaslPacket.length(bytes, 0, bytes.length);
    assertThat(length).isLessThanOrEqualTo(Math.min(bytes.length, SaslPacket.BYTES_MAX));
    if (length >= 0) {
      JuteReader in = new JuteReader().reset(bytes, 0, length);
      SaslPacket packet = SaslPacket.read(in);
      assertThat(in.remaining()).isZero();
      assertThat(packet.bytes()).isEqualTo(Arrays.copyOf(bytes, length));
    }
  }

  private static void electionHandshake(byte[] bytes) {
    int length = ElectionHandshake.length(bytes, 0, bytes.length);
    if (length >= 0) {
      ElectionHandshake.read(new JuteReader().reset(bytes, 0, length));
    }
  }
}
