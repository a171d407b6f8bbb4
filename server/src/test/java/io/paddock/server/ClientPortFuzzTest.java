package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.paddock.wire.JuteWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whatever comes in at the client port, as a stranger or within a session, the connection ends when
 * the sender does, and the next one is served.
 *
 * <p>Input: one byte, negative for a session; one that says where the bytes are cut into two
 * pieces; then the bytes: within a session frames, each after one byte with its length, which is
 * made a header of four.
 */
class ClientPortFuzzTest {
  private static final PortsFuzz PORTS = new PortsFuzz();
  private static final byte[] RUOK = "ruok".getBytes(StandardCharsets.US_ASCII);

  @FuzzTest
  void anyBytesEndTheirConnectionAtMost(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 2, input.length);
    byte[] sent = input[0] < 0 ? session(bytes) : bytes;
    PortsFuzz.exchange(PORTS.clientPort(), sent, (input[1] & 0xff) % (sent.length + 1));
    assertThat(PortsFuzz.text(PortsFuzz.exchange(PORTS.clientPort(), RUOK, RUOK.length)))
        .isEqualTo("imok");
    assertThat(PORTS.failed()).isFalse();
  }

  /** A handshake, the frames, and the end of the session. */
  private static byte[] session(byte[] frames) {
    JuteWriter out = new JuteWriter();
    int connect = out.beginFrame();
    out.writeInt(0);
    out.writeLong(0);
    out.writeInt(4000);
    out.writeLong(0);
    out.writeBuffer(new byte[16]);
    out.writeBoolean(false);
    out.endFrame(connect);
    int at = 0;
    while (at < frames.length) {
      int length = Math.min(frames[at] & 0xff, frames.length - at - 1);
      int frame = out.beginFrame();
      out.writeRaw(frames, at + 1, length);
      out.endFrame(frame);
      at += 1 + length;
    }
    int close = out.beginFrame();
    out.writeInt(1 << 30);
    out.writeInt(-11);
    out.endFrame(close);
    return Arrays.copyOf(out.array(), out.size());
  }
}
