package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.replica.Service;
import io.paddock.wire.ConnectRequest;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReadOnlyByte;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server without a leader, as its clients see it (client protocol sheet, section 8.6). */
class ReadOnlyTest {
  private final World world = new World();

  @BeforeEach
  void aServerWithoutALeaderThatHasAZnode() {
    world.connect("writer").create(1, "/a", "x").settle();
    world.service = Service.READ_ONLY;
  }

  private Client dial(boolean readOnly) {
    Client client = world.dial("ann");
    JuteWriter frame = new JuteWriter();
    new ConnectRequest(0, 0, 30_000, 0, null, ReadOnlyByte.FALSE.answer(readOnly)).write(frame);
    return client.sendRaw(frame.toByteArray()).settle();
  }

  @Test
  void whoDoesNotAskForItIsTurnedAway() {
    assertThat(dial(false).closed).isTrue();
    Client old = world.dial("old").sendConnect(0, 0, 30_000, null, false);
    assertThat(old.closed).isTrue();
    assertThat(old.takeHex()).isEmpty();
  }

  @Test
  void nobodyIsLetInWhileThereIsNoServiceAtAll() {
    world.service = Service.NONE;
    assertThat(dial(true).closed).isTrue();
  }

  @Test
  void whoAsksForItIsToldAndReads() {
    Client ann = dial(true);
    assertThat(ann.takeConnect().readOnly()).isEqualTo(ReadOnlyByte.TRUE);
    ann.get(1, "/a", true).ping();
    assertThat(ann.heard()).containsExactly("#1 @3", "#-2 @3");
  }

  @Test
  void whatChangesSomethingIsRefusedInItsTurnAndTheConnectionStays() {
    Client ann = dial(true);
    ann.takeConnect();
    ann.create(1, "/b", "").get(2, "/a", false).set(3, "/a", "y").delete(4, "/a");
    ann.send(5, OpCode.SYNC, body -> body.writeString("/"));
    ann.send(6, OpCode.CREATE, body -> body.writeByte(1));
    assertThat(ann.heard())
        .containsExactly(
            "#1 @3 err -119",
            "#2 @3",
            "#3 @3 err -119",
            "#4 @3 err -119",
            "#5 @3 err -119",
            "#6 @3 err -119");
    assertThat(ann.closed).isFalse();
    ann.closeSession(7).settle();
    assertThat(ann.heard()).containsExactly("#7 @4");
    assertThat(ann.closed).isTrue();
  }

  @Test
  void withALeaderTheAnswerDoesNotSayReadOnlyWhateverWasAsked() {
    world.service = Service.FULL;
    assertThat(dial(true).takeConnect().readOnly()).isEqualTo(ReadOnlyByte.FALSE);
  }
}
