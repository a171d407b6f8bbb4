package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MixTest {
  private static final int ZNODES = 50;
  private static final int SET_DATA = 5;

  private static Mix mix(int setPercent) {
    return new Mix(
        Frames.gets(ZNODES, Target::path), Frames.sets(ZNODES, Target::path), setPercent);
  }

  private static boolean isSet(Mix mix, int session, int xid) {
    ByteBuffer out = ByteBuffer.allocate(mix.requestBytesMax());
    mix.request(out, session, xid);
    assertThat(out.getInt(RequestFrames.XID_OFFSET)).isEqualTo(xid);
    return out.getInt(RequestFrames.XID_OFFSET + 4) == SET_DATA;
  }

  private static int setsOfAHundred(Mix mix, int session, int from) {
    int sets = 0;
    for (int xid = from; xid < from + 100; xid++) {
      sets += isSet(mix, session, xid) ? 1 : 0;
    }
    return sets;
  }

  @Test
  void ofEachHundredRequestsOfASessionAsManyAreSetsAsToldAndEvenlySpread() {
    assertThat(setsOfAHundred(mix(30), 0, 1)).isEqualTo(30);
    assertThat(setsOfAHundred(mix(30), 7, 12_345)).isEqualTo(30);
    assertThat(setsOfAHundred(mix(0), 0, 1)).isZero();
    assertThat(setsOfAHundred(mix(100), 0, 1)).isEqualTo(100);
    Mix mix = mix(30);
    int run = 0;
    for (int xid = 1; xid < 1_000; xid++) {
      run = isSet(mix, 3, xid) ? run + 1 : 0;
      assertThat(run).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aReplyIsJudgedByTheKindOfItsRequest() {
    Mix mix = mix(50);
    ByteBuffer reply = ByteBuffer.allocate(RequestFrames.STAT_BYTES);
    reply.putInt(52, Znodes.DATA_BYTES);
    for (int xid = 1; xid < 100; xid++) {
      assertThat(mix.isRight(reply, 0, RequestFrames.STAT_BYTES, 0, xid))
          .isEqualTo(isSet(mix, 0, xid));
    }
  }
}
