package io.paddock.config;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The mark that Windows' editors and shells put in front of a text, and what it says of it. */
final class ByteOrderMark {
  private static final byte[] UTF_8 = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private ByteOrderMark() {}

  /** The same bytes without the mark of UTF-8. */
  static byte[] without(byte[] text) {
    boolean marked =
        text.length >= UTF_8.length && Arrays.equals(text, 0, UTF_8.length, UTF_8, 0, UTF_8.length);
    return marked ? Arrays.copyOfRange(text, UTF_8.length, text.length) : text;
  }

  /** The encoding of a text in units of two bytes. */
  static Optional<Charset> wide(byte[] text) {
    if (text.length < 2) {
      return Optional.empty();
    }
    int mark = (text[0] & 0xff) << 8 | text[1] & 0xff;
    return switch (mark) {
      case 0xfffe -> Optional.of(StandardCharsets.UTF_16LE);
      case 0xfeff -> Optional.of(StandardCharsets.UTF_16BE);
      default -> Optional.empty();
    };
  }
}
