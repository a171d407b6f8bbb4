package io.paddock.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The two epochs that a member of an ensemble promises by: {@code acceptedEpoch}, the newest it
 * agreed to, and {@code currentEpoch}, the newest whose leader it followed. Each is a file of its
 * own with a decimal number and no newline (files protocol sheet, section 1), replaced atomically
 * and durably: when {@code save} returns, the promise holds across a crash; a crash within it
 * leaves the old number or the new one. A standalone server has neither file.
 */
public final class Epochs {
  private static final String ACCEPTED = "acceptedEpoch";
  private static final String CURRENT = "currentEpoch";

  /** A zxid has 32 bits for it, of which Apache's servers use 31. */
  private static final long EPOCH_MAX = Integer.MAX_VALUE;

  /** The name that Apache's server uses too, and looks for when currentEpoch is behind. */
  private static final String TEMPORARY_SUFFIX = ".tmp";

  private final Storage storage;

  /** What the files say, as this object has read or written them; -1 where there is none. */
  private long accepted = -1;

  private long current = -1;

  Epochs(Storage storage) {
    this.storage = storage;
  }

  /** What {@code acceptedEpoch} says; empty without the file. */
  public OptionalLong accepted() throws IOException {
    OptionalLong read = read(ACCEPTED);
    accepted = read.orElse(-1);
    return read;
  }

  /** What {@code currentEpoch} says; empty without the file. */
  public OptionalLong current() throws IOException {
    OptionalLong read = read(CURRENT);
    current = read.orElse(-1);
    return read;
  }

  /** Makes {@code acceptedEpoch} durable. */
  public void saveAccepted(long epoch) throws IOException {
    write(ACCEPTED, epoch);
    accepted = epoch;
  }

  /** Makes {@code currentEpoch} durable. */
  public void saveCurrent(long epoch) throws IOException {
    write(CURRENT, epoch);
    current = epoch;
  }

  /**
   * Writes again what somebody else has removed or cut.
   *
   * @return what was written, one line each
   */
  List<Finding> restore() throws IOException {
    List<Finding> findings = new ArrayList<>();
    restore(CURRENT, current, findings);
    restore(ACCEPTED, accepted, findings);
    return findings;
  }

  private void restore(String name, long epoch, List<Finding> findings) throws IOException {
    if (epoch < 0) {
      return;
    }
    Storage.Mark mark = storage.mark(name);
    if (mark == null || mark.size() < Long.toString(epoch).length()) {
      write(name, epoch);
      String what = mark == null ? "was gone" : "was cut";
      findings.add(
          new Finding(storage.describe(name), -1, what + " and was written anew: " + epoch, 0));
    }
  }

  /**
   * Brings both files in line with the log, as a member of an ensemble does at its start (files
   * protocol sheet, section 5 step 5, and the last rows but one of section 6): a missing one is
   * made from the log; a current epoch behind the log is raised if the epoch was accepted (a crash
   * fell between the log and the file).
   *
   * @param lastZxid the newest zxid loaded
   * @return what was mended
   * @throws DamagedException if the files contradict each other or the log
   */
  public List<Finding> reconcile(long lastZxid) throws IOException {
    List<Finding> findings = new ArrayList<>();
    long logged = LogFormat.epoch(lastZxid);
    OptionalLong accepted = accepted();
    OptionalLong current;
    try {
      current = current();
    } catch (DamagedException unreadable) {
      // It lies between the log's epoch and the accepted one: told exactly where these agree.
      if (accepted.orElse(-1) != logged) {
        throw unreadable;
      }
      current = OptionalLong.empty();
      findings.add(
          new Finding(
              storage.describe(CURRENT),
              0,
              "holds no epoch; written anew as "
                  + logged
                  + ", which the log and acceptedEpoch agree on",
              0));
    }
    if (current.isEmpty()) {
      saveCurrent(logged);
      current = OptionalLong.of(logged);
    } else if (current.getAsLong() < logged) {
      String temporary = TextFile.read(storage, CURRENT + TEMPORARY_SUFFIX);
      boolean wasBeingSaved = temporary != null && temporary.equals(Long.toString(logged));
      if (!wasBeingSaved && accepted.orElse(-1) < logged) {
        throw new DamagedException(
            storage.describe(CURRENT),
            -1,
            "says " + current.getAsLong() + ", but the log holds transactions of epoch " + logged,
            "The file is older than the log: bring the one that belongs to it back, or, in an ensemble, move version-2"
                + " away and let this server copy the leader's state");
      }
      findings.add(
          new Finding(
              storage.describe(CURRENT),
              -1,
              "raised from " + current.getAsLong() + " to the log's " + logged,
              0));
      saveCurrent(logged);
      current = OptionalLong.of(logged);
    }
    if (accepted.isEmpty()) {
      saveAccepted(current.getAsLong());
    } else if (accepted.getAsLong() < current.getAsLong()) {
      throw new DamagedException(
          storage.describe(ACCEPTED),
          -1,
          "says " + accepted.getAsLong() + ", less than currentEpoch " + current.getAsLong(),
          "The two files do not belong together: bring the right one back from a backup");
    }
    return findings;
  }

  private OptionalLong read(String name) throws IOException {
    String text = TextFile.read(storage, name);
    if (text == null) {
      return OptionalLong.empty();
    }
    try {
      long epoch = Long.parseLong(text.strip());
      if (epoch >= 0 && epoch <= EPOCH_MAX) {
        return OptionalLong.of(epoch);
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new DamagedException(
        storage.describe(name),
        0,
        text.isBlank() ? "is empty" : "holds no epoch, which is a number from 0 to " + EPOCH_MAX,
        "A promise of this server may hang on it, so do not guess it: bring the file back from a backup; or, in an"
            + " ensemble with a healthy majority, move version-2 away and let this server copy the leader's state");
  }

  private void write(String name, long epoch) throws IOException {
    TextFile.write(storage, name, name + TEMPORARY_SUFFIX, Long.toString(epoch));
  }
}
