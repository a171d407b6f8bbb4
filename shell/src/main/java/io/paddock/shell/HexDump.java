package io.paddock.shell;

/** Bytes as a framed table of sixteen a row, the layout of zkCli's {@code get -x}. */
final class HexDump {
  private static final int ROW = 16;
  private static final String HEADER =
      """
               +-------------------------------------------------+
               |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |
      """;
  private static final String RULE =
      "+--------+-------------------------------------------------+----------------+";

  private HexDump() {}

  /** The table, or the empty string for no bytes. */
  static String of(byte[] bytes) {
    if (bytes.length == 0) {
      return "";
    }
    StringBuilder table = new StringBuilder(HEADER).append(RULE);
    for (int row = 0; row < bytes.length; row += ROW) {
      StringBuilder hex = new StringBuilder();
      StringBuilder text = new StringBuilder();
      for (int i = row; i < Math.min(row + ROW, bytes.length); i++) {
        hex.append(String.format(" %02x", bytes[i]));
        text.append(bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char) bytes[i] : '.');
      }
      table.append(String.format("\n|%08x|%-48s |%-16s|", row, hex, text));
    }
    return table.append('\n').append(RULE).toString();
  }
}
