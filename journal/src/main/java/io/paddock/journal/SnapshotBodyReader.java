package io.paddock.journal;

import java.io.IOException;
import java.io.InputStream;

/**
 * Makes something of the body of a snapshot.
 *
 * @param <T> what it makes
 */
@FunctionalInterface
public interface SnapshotBodyReader<T> {
  /**
   * Reads a whole body. May be called again, for an older snapshot, after it failed or after the
   * checksum at the end turned out wrong: so it must start afresh each time and publish nothing.
   *
   * @param zxid the zxid in the snapshot's name
   * @param body ends where the body ends, after its terminator; the last bytes arrive only once the
   *     checksums hold. Buffered: bulk reads are cheap and so is one more buffer around it.
   * @throws IOException (or a RuntimeException) if the body makes no sense
   */
  T read(long zxid, InputStream body) throws IOException;
}
