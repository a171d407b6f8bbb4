package io.paddock.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JuteTest {
  private final JuteWriter out = new JuteWriter(1);

  private JuteReader in() {
    return new JuteReader(out.toByteArray());
  }

  @Test
  void primitivesRoundTripAndGrowTheWriter() {
    out.writeBoolean(true);
    out.writeInt(Integer.MIN_VALUE);
    out.writeLong(Long.MIN_VALUE + 1);
    JuteReader in = in();
    assertThat(in.readBoolean()).isTrue();
    assertThat(in.readInt()).isEqualTo(Integer.MIN_VALUE);
    assertThat(in.readLong()).isEqualTo(Long.MIN_VALUE + 1);
    assertThat(in.remaining()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "/workers/w-1", "\u007f\u0080", "é", "日本語", "a日", "\u0100abc"})
  void stringsRoundTrip(String text) {
    out.writeString(text);
    assertThat(out.size()).isEqualTo(4 + text.getBytes(StandardCharsets.UTF_8).length);
    assertThat(in().readString()).isEqualTo(text);
  }

  @Test
  void nullAndEmptyDiffer() {
    out.writeBuffer(null);
    out.writeBuffer(new byte[0]);
    out.writeString(null);
    out.writeString("");
    JuteReader in = in();
    assertThat(in.readBuffer()).isNull();
    assertThat(in.readBuffer()).isEmpty();
    assertThat(in.readString()).isNull();
    assertThat(in.readString()).isEmpty();
  }

  @Test
  void anyByteButZeroIsTrue() {
    out.writeByte(2);
    assertThat(in().readBoolean()).isTrue();
  }

  @Test
  void invalidUtf8DecodesWithReplacement() {
    out.writeBuffer(new byte[] {'a', (byte) 0xff});
    assertThat(in().readString()).isEqualTo("a\ufffd");
  }

  @Test
  void whatEndsEarlyIsMalformed() {
    out.writeInt(5);
    out.writeRaw(new byte[4], 0, 4);
    assertThatThrownBy(() -> in().readBuffer()).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> in().readString()).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> new JuteReader(new byte[3]).readInt())
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> new JuteReader(new byte[7]).readLong())
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void impossibleLengthsAreMalformedAndReserveNothing(int length) {
    out.writeInt(length);
    assertThatThrownBy(() -> in().readBuffer()).isInstanceOf(MalformedException.class);
  }

  @Test
  void aCountThatTheRestCannotHoldIsMalformed() {
    out.writeInt(Integer.MAX_VALUE);
    assertThatThrownBy(() -> in().readCount(4)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> Acl.readList(in())).isInstanceOf(MalformedException.class);
  }

  @Test
  void aCountOfMinusOneIsNullAndOtherNegativesAreEmpty() {
    out.writeInt(-1);
    out.writeInt(-7);
    JuteReader in = in();
    assertThat(in.readCount(4)).isEqualTo(-1);
    assertThat(in.readCount(4)).isZero();
  }

  @Test
  void aFrameHoldsItsLength() {
    int frame = out.beginFrame();
    out.writeLong(1);
    out.endFrame(frame);
    assertThat(in().readInt()).isEqualTo(8);
  }

  @Test
  void aReaderStaysWithinItsRange() {
    JuteReader in = new JuteReader().reset(new byte[10], 2, 6);
    in.readInt();
    assertThatThrownBy(in::readBoolean).isInstanceOf(MalformedException.class);
  }
}
