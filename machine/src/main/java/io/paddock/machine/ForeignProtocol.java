package io.paddock.machine;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Names what somebody sent who does not speak ZooKeeper's protocol, by the four bytes where a
 * length should be.
 */
public final class ForeignProtocol {
  private static final int TLS_HANDSHAKE = 0x16;

  /** How a server's login by SASL begins (security sheet, section 8). */
  private static final String LOGIN = "_$5\u0001";

  private static final List<String> HTTP = List.of("GET ", "POST", "HEAD", "PUT ", "OPTI", "HTTP");

  private ForeignProtocol() {}

  public static String describe(int length, int frameBytesMax) {
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
    if (isTls(length)) {
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

  /** Names what somebody who does not speak TLS has sent to a port for TLS, by its first bytes. */
  public static String atTlsPort(byte[] bytes, int length) {
    String start = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    if (HTTP.stream().anyMatch(start::startsWith)) {
      return "HTTP";
    }
    if (start.matches("[a-z]{4}.*")) {
      return "the four-letter word " + start.substring(0, 4) + " in plain text";
    }
    if (start.startsWith("\u0000\u0000\u0000")) {
      return "ZooKeeper's protocol in plain text";
    }
    return "something that is not TLS";
  }

  /** Whether the four bytes where a length should be begin a handshake of TLS. */
  public static boolean isTls(int length) {
    return length >>> 24 == TLS_HANDSHAKE && (length >>> 16 & 0xff) == 3;
  }

  /**
   * Names what somebody has sent to a port for peers, or answered there, by its first bytes.
   *
   * @param electionPort which of the two ports; else the quorum port
   * @return what it is and what to do
   */
  public static String atPeerPort(byte[] bytes, int from, int to, boolean electionPort) {
    String start =
        new String(bytes, from, Math.min(to - from, Long.BYTES), StandardCharsets.ISO_8859_1);
    if (HTTP.stream().anyMatch(start::startsWith)) {
      return "HTTP; for that there are the admin port and the metrics port";
    }
    if (start.startsWith("\u0016\u0003") || start.startsWith("\u0015\u0003")) {
      return "TLS, and this server speaks plain text to its peers: set sslQuorum=false on the other one";
    }
    if (start.matches("[a-z]{4}.*")) {
      return "the four-letter word " + start.substring(0, 4) + "; those go to the client port";
    }
    if (start.startsWith("\u0000\u0000\u0000,\u0000\u0000\u0000\u0000")
        || start.startsWith("\u0000\u0000\u0000-\u0000\u0000\u0000\u0000")) {
      return "a client that wants a session; clients connect to the client port";
    }
    if (electionPort && isGreeting(start)) {
      return "a learner that looks for its leader: in the server lines of one of the two, quorum port"
          + " and election port are swapped (host:quorumPort:electionPort)";
    }
    if (!electionPort && start.startsWith("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u0000")) {
      return "an election message: in the server lines of one of the two, quorum port and election"
          + " port are swapped (host:quorumPort:electionPort)";
    }
    StringBuilder hex = new StringBuilder("bytes that are none of ZooKeeper's, beginning with 0x");
    start.chars().forEach(c -> hex.append("%02x".formatted(c)));
    return hex.toString();
  }

  /** Whether a peer begins like that which speaks plain text to the right port. */
  public static boolean isPeer(byte[] bytes, boolean electionPort) {
    String start = new String(bytes, StandardCharsets.ISO_8859_1);
    return electionPort
        ? start.startsWith("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u0000")
        : isGreeting(start) || start.startsWith(LOGIN);
  }

  /** Whether this can only begin a learner's first packet. */
  private static boolean isGreeting(String start) {
    return start.startsWith("\u0000\u0000\u0000\u000b")
        || start.startsWith("\u0000\u0000\u0000\u0010");
  }
}
