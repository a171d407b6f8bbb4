package io.paddock.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A small text file that is replaced as a whole: written under a temporary name, forced, renamed,
 * and the directory forced. A crash leaves the old text or the new one, and perhaps a temporary
 * file of any content.
 */
final class TextFile {
  private static final int BYTES_MAX = 1 << 20;

  private TextFile() {}

  static void write(Storage storage, String name, String temporaryName, String text)
      throws IOException {
    try (Storage.Handle handle = storage.create(temporaryName)) {
      handle.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
      handle.force();
    }
    storage.rename(temporaryName, name);
    storage.syncDirectory();
  }

  /** Null if there is no such file. */
  static String read(Storage storage, String name) throws IOException {
    if (!storage.exists(name)) {
      return null;
    }
    try (Storage.Handle handle = storage.open(name)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(handle.size(), BYTES_MAX));
      while (bytes.hasRemaining() && handle.read(bytes, bytes.position()) >= 0) {
        // Until it is full or the file ends.
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    }
  }
}
