package io.paddock.journal;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the body of a snapshot (files protocol sheet, section 3.2) including its terminator. */
@FunctionalInterface
public interface SnapshotBodyWriter {
  /** Writes the whole body; {@code out} is buffered, and must not be closed. */
  void writeTo(OutputStream out) throws IOException;
}
