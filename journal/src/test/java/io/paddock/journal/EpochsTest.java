package io.paddock.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EpochsTest {
  private final MemoryStorage storage = new MemoryStorage(1);
  private final Epochs epochs = new Epochs(storage);

  @Test
  void anEpochIsDecimalTextWithoutANewline() throws IOException {
    assertThat(epochs.current()).isEmpty();
    epochs.saveCurrent(12);
    epochs.saveAccepted(13);
    assertThat(storage.get("currentEpoch")).isEqualTo(ascii("12"));
    assertThat(storage.get("acceptedEpoch")).isEqualTo(ascii("13"));
    assertThat(storage.list()).hasSize(2);
    storage.put("currentEpoch", ascii("14\n"));
    assertThat(epochs.current()).hasValue(14);
  }

  @Test
  void aCrashAtAnyStepLeavesTheOldOrTheNewAndAReturnMeansTheNew() throws IOException {
    for (int step = 1; step <= 6; step++) {
      for (int seed = 0; seed < 50; seed++) {
        MemoryStorage disk = new MemoryStorage(seed);
        Epochs saved = new Epochs(disk);
        saved.saveAccepted(99);
        boolean returned = false;
        disk.failAt(step, MemoryStorage.Fault.CRASH);
        try {
          saved.saveAccepted(100);
          returned = true;
        } catch (MemoryStorage.CrashedException died) {
          assertThat(step).isLessThanOrEqualTo(5);
        }
        OptionalLong found = new Epochs(disk.crash(seed)).accepted();
        assertThat(found.getAsLong()).isIn(returned ? new Long[] {100L} : new Long[] {99L, 100L});
      }
    }
  }

  @Test
  void missingFilesAreMadeFromTheLog() throws IOException {
    assertThat(epochs.reconcile(0x300000007L)).isEmpty();
    assertThat(epochs.current()).hasValue(3);
    assertThat(epochs.accepted()).hasValue(3);
    storage.delete("acceptedEpoch");
    epochs.saveCurrent(5);
    epochs.reconcile(0x300000007L);
    assertThat(epochs.accepted()).as("no lower than the epoch it followed").hasValue(5);
  }

  @Test
  void aCurrentEpochBehindTheLogIsRaisedWhenTheEpochWasAccepted() throws IOException {
    epochs.saveCurrent(2);
    epochs.saveAccepted(3);
    assertThat(epochs.reconcile(0x300000007L)).hasSize(1);
    assertThat(epochs.current()).hasValue(3);
    assertThat(epochs.reconcile(0x300000007L)).isEmpty();
  }

  @Test
  void aCurrentEpochBehindTheLogIsRaisedWhenItWasBeingSaved() throws IOException {
    epochs.saveCurrent(2);
    epochs.saveAccepted(2);
    assertThatThrownBy(() -> epochs.reconcile(0x300000007L))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("currentEpoch")
        .hasMessageContaining("epoch 3");
    storage.put("currentEpoch.tmp", ascii("3"));
    storage.delete("acceptedEpoch");
    assertThat(epochs.reconcile(0x300000007L)).hasSize(1);
    assertThat(epochs.current()).hasValue(3);
    assertThat(epochs.accepted()).hasValue(3);
  }

  @Test
  void anAcceptedEpochBelowTheCurrentOneIsRefused() throws IOException {
    epochs.saveCurrent(5);
    epochs.saveAccepted(4);
    assertThatThrownBy(() -> epochs.reconcile(0)).isInstanceOf(DamagedException.class);
  }

  @Test
  void aFileWithoutANumberIsRefused() {
    storage.put("acceptedEpoch", ascii(""));
    assertThatThrownBy(epochs::accepted)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("/memory/acceptedEpoch");
  }

  @Test
  void anEmptyCurrentEpochIsWrittenAnewWhenLogAndAcceptedEpochAgree() throws IOException {
    storage.put("currentEpoch", ascii(""));
    epochs.saveAccepted(3);
    assertThat(epochs.reconcile(0x300000007L)).hasSize(1);
    assertThat(epochs.current()).hasValue(3);
  }

  @Test
  void anEmptyCurrentEpochIsNotGuessedWhenALaterEpochWasAccepted() throws IOException {
    storage.put("currentEpoch", ascii(""));
    epochs.saveAccepted(4);
    assertThatThrownBy(() -> epochs.reconcile(0x300000007L))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("currentEpoch at offset 0: is empty")
        .hasMessageContaining("move version-2 away");
  }

  @Test
  void aNumberThatIsNoEpochIsRefused() {
    for (String text : new String[] {"-1", "2147483648", "0x3", "9223372036854775808"}) {
      storage.put("acceptedEpoch", ascii(text));
      assertThatThrownBy(epochs::accepted).as(text).isInstanceOf(DamagedException.class);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
