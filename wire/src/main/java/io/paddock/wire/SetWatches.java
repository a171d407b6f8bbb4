package io.paddock.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * The watches that a client sets again after a reconnect: setWatches, and setWatches2 with its two
 * further lists (client protocol sheet, section 7.5). Lists and paths may be null when the client
 * sent them so.
 */
public record SetWatches(
    long relativeZxid,
    List<String> data,
    List<String> exist,
    List<String> child,
    List<String> persistent,
    List<String> recursive) {
  private static final int STRING_BYTES_MIN = 4;

  /** Reads setWatches2 when {@code second}, setWatches otherwise. */
  public static SetWatches read(JuteReader in, boolean second) {
    long relativeZxid = in.readLong();
    return new SetWatches(
        relativeZxid,
        readStrings(in),
        readStrings(in),
        readStrings(in),
        second ? readStrings(in) : List.of(),
        second ? readStrings(in) : List.of());
  }

  private static List<String> readStrings(JuteReader in) {
    int count = in.readCount(STRING_BYTES_MIN);
    if (count < 0) {
      return null;
    }
    List<String> strings = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      strings.add(in.readString());
    }
    return strings;
  }
}
