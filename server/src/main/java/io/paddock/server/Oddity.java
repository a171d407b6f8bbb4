package io.paddock.server;

/**
 * Names what somebody sent who does not speak ZooKeeper's protocol, by the four bytes where a
 * length should be.
 */
final class Oddity {
  private static final int TLS_HANDSHAKE = 0x16;

  private Oddity() {}

  static String describe(int length, int frameBytesMax) {
    String text =
        ""
            + (char) (length >>> 24)
            + (char) (length >>> 16 & 0xff)
            + (char) (length >>> 8 & 0xff)
            + (char) (length & 0xff);
    if (text.equals("GET ")
        || text.equals("POST")
        || text.equals("HEAD")
        || text.equals("PUT ")
        || text.equals("OPTI")) {
      return "that was an HTTP request; this port speaks ZooKeeper's protocol, the admin commands have a port of their own";
    }
    if (length >>> 24 == TLS_HANDSHAKE && (length >>> 16 & 0xff) == 3) {
      return "that was a TLS handshake, and this port is a plain one";
    }
    if (length < 0) {
      return "a frame of negative length " + length;
    }
    if (text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      return "\""
          + text
          + "\" is no four-letter word and far too long a frame ("
          + length
          + " bytes)";
    }
    return "a frame of " + length + " bytes, and jute.maxbuffer allows " + frameBytesMax;
  }
}
