package io.paddock.journal;

import static io.paddock.journal.Records.range;
import static io.paddock.journal.Records.recover;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.Records.Recovered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The machine or the process dies at every step of a run that appends, rolls, takes snapshots and
 * purges.
 */
class CrashTest {
  private static final int SEEDS = 8;

  /** What the run was told is durable. */
  private static final class Told {
    long forced;
    long snapshot = -1;
  }

  @Test
  void whateverWasForcedSurvivesADeathAtEveryStep() throws IOException {
    int steps = stepsOfTheRun();
    assertThat(steps).isGreaterThan(60);
    for (int step = 1; step <= steps; step++) {
      for (int seed = 0; seed < SEEDS; seed++) {
        MemoryStorage storage = new MemoryStorage(seed);
        Told told = new Told();
        storage.failAt(step, MemoryStorage.Fault.CRASH);
        try {
          run(storage, told);
        } catch (MemoryStorage.CrashedException | DiskFailedException died) {
          assertThat(storage.mutations()).isEqualTo(step);
        }
        MemoryStorage after = seed == 0 ? storage.kill(seed) : storage.crash(seed);
        String where = "step " + step + " seed " + seed;
        checkRecovered(after, told, where);
        continueAndCrashAgain(after, told, where);
      }
    }
  }

  @Test
  void aLogCutAtEveryByteYieldsExactlyItsWholeRecords() throws IOException {
    MemoryStorage written = new MemoryStorage(1);
    Records.logFile(written, 1, 12);
    byte[] whole = written.get("log.1");
    for (int size = 0; size <= whole.length; size++) {
      for (int length : new int[] {size, whole.length + 500}) {
        MemoryStorage storage = new MemoryStorage(size);
        try (Journal journal = Records.open(storage)) {
          Records.snapshot(journal, 0, 100);
        }
        storage.put("log.1", Arrays.copyOf(Arrays.copyOf(whole, size), length));
        int records = 0;
        while (records < 12 && Records.offsetOf(1, records + 1) <= size) {
          records++;
        }
        assertThat(recover(storage).zxids())
            .as("%d of %d", size, length)
            .isEqualTo(range(1, records));
      }
    }
  }

  private static int stepsOfTheRun() throws IOException {
    MemoryStorage storage = new MemoryStorage(0);
    run(storage, new Told());
    return storage.mutations();
  }

  private static void run(MemoryStorage storage, Told told) throws IOException {
    Journal journal = Records.open(storage, Records.SMALL.withPreAllocBytes(1000));
    recover(journal);
    Records.snapshot(journal, 0, 60);
    told.snapshot = 0;
    TxnLog log = journal.log();
    for (int batch = 0; batch < 12; batch++) {
      Records.appendAll(log, log.lastZxid() + 1, log.lastZxid() + 1 + batch % 4);
      told.forced = log.force();
      if (batch % 3 == 2) {
        log.roll();
        Records.snapshot(journal, told.forced, 60);
        told.snapshot = told.forced;
      }
      if (batch == 10) {
        journal.purge();
      }
    }
    journal.close();
  }

  private static void checkRecovered(MemoryStorage storage, Told told, String where)
      throws IOException {
    Recovered recovered = recover(storage);
    assertThat(recovered.last()).as(where).isGreaterThanOrEqualTo(told.forced);
    assertThat(recovered.snapshot()).as(where).isGreaterThanOrEqualTo(told.snapshot);
    long from = Math.max(recovered.snapshot(), 0) + 1;
    assertThat(recovered.zxids()).as(where).isEqualTo(range(from, recovered.last()));
    assertThat(recover(storage).findings()).as("%s: mended once", where).isEmpty();
  }

  private static void continueAndCrashAgain(MemoryStorage storage, Told told, String where)
      throws IOException {
    long last;
    try (Journal journal = Records.open(storage)) {
      last = recover(journal).last();
      if (told.snapshot < 0) {
        Records.snapshot(journal, 0, 60);
      }
      Records.appendAll(journal.log(), last + 1, last + 3);
      journal.log().force();
      Records.appendAll(journal.log(), last + 4, last + 9);
      storage.failAt(2, MemoryStorage.Fault.CRASH);
      journal.log().force();
    } catch (DiskFailedException | MemoryStorage.CrashedException died) {
      MemoryStorage again = storage.crash(storage.mutations());
      Recovered recovered = recover(again);
      assertThat(recovered.last()).as(where).isGreaterThanOrEqualTo(told.forced + 3);
      List<Long> zxids = new ArrayList<>(recovered.zxids());
      long from = Math.max(recovered.snapshot(), 0) + 1;
      assertThat(zxids).as(where).isEqualTo(range(from, recovered.last()));
      return;
    }
    throw new AssertionError(where + ": did not die");
  }
}
