package io.paddock.journal;

import static io.paddock.journal.Records.range;
import static io.paddock.journal.Records.recover;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.MemoryStorage.Fault;
import io.paddock.journal.Records.Recovered;
import java.io.IOException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random runs of appends, forces, rolls, snapshots, purges, full disks, deaths and starts. */
class JournalPropertyTest {
  private MemoryStorage storage;
  private Journal journal;
  private long forced;
  private long appended;
  private boolean firstSnapshot;

  @Property(tries = 400)
  void acknowledgedTransactionsSurviveAndNoOthersAppearHalf(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    storage = new MemoryStorage(seed);
    journal = null;
    forced = 0;
    appended = 0;
    firstSnapshot = false;
    start();
    for (int action = 0; action < 60; action++) {
      try {
        act(random);
      } catch (DiskFullException full) {
        if (random.nextBoolean()) {
          journal.log().discard();
          appended = forced;
        }
      } catch (DiskFailedException | MemoryStorage.CrashedException died) {
        restart(random);
      } catch (SnapshotFailedException failed) {
        // The older ones are untouched: go on.
      }
    }
    restart(random);
    assertThat(appended).isGreaterThanOrEqualTo(forced);
  }

  private void act(Random random) throws IOException {
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        Records.append(journal.log(), appended + 1);
        appended++;
      }
      case 4, 5 -> {
        forced = journal.log().force();
        assertThat(forced).isEqualTo(appended);
      }
      case 6 -> {
        journal.log().roll();
        forced = appended;
        beside(() -> Records.snapshot(journal, forced, 60));
      }
      case 7 -> beside(() -> journal.purge());
      case 8 -> {
        if (!journal.log().preallocate() && random.nextBoolean()) {
          storage.failAt(1 + random.nextInt(4), Fault.values()[random.nextInt(3)]);
        }
      }
      default -> {
        if (random.nextInt(3) == 0) {
          restart(random);
        }
      }
    }
  }

  /**
   * Neither a snapshot nor retention harms the log when it fails, except by the death of the
   * process.
   */
  private static void beside(Records.IoAction action) throws IOException {
    try {
      action.run();
    } catch (MemoryStorage.CrashedException died) {
      throw died;
    } catch (IOException failed) {
      throw new SnapshotFailedException(failed);
    }
  }

  private static final class SnapshotFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SnapshotFailedException(IOException cause) {
      super(cause);
    }
  }

  private void restart(Random random) throws IOException {
    storage =
        random.nextInt(4) == 0 ? storage.kill(random.nextLong()) : storage.crash(random.nextLong());
    start();
  }

  private void start() throws IOException {
    journal = Records.open(storage, Varied.logBytesMax(Records.SMALL.withPreAllocBytes(700), 3000));
    Recovered recovered = recover(journal);
    assertThat(recovered.last()).isBetween(forced, Math.max(forced, appended));
    long from = Math.max(recovered.snapshot(), 0) + 1;
    assertThat(recovered.zxids()).isEqualTo(range(from, recovered.last()));
    forced = recovered.last();
    appended = recovered.last();
    if (!firstSnapshot) {
      Records.snapshot(journal, 0, 60);
      firstSnapshot = true;
    }
  }
}
