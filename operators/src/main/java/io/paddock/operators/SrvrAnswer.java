package io.paddock.operators;

import java.util.OptionalLong;

/**
 * What a server says of itself to the word srvr.
 *
 * @param version as the server writes it; empty when it does not say
 * @param mode standalone, leader, follower, observer or read-only; empty while it does not serve
 * @param zxid the last transaction it has processed; empty while it does not serve
 */
public record SrvrAnswer(String version, String mode, OptionalLong zxid) {
  private static final String VERSION = "Zookeeper version: ";
  private static final String ZXID = "Zxid: 0x";
  private static final String MODE = "Mode: ";

  /** Reads an answer; whatever is not there is empty. */
  public static SrvrAnswer of(String answer) {
    String version = "";
    String mode = "";
    OptionalLong zxid = OptionalLong.empty();
    for (String line : answer.split("\n")) {
      if (line.startsWith(VERSION)) {
        version = line.substring(VERSION.length()).trim();
      } else if (line.startsWith(MODE)) {
        mode = line.substring(MODE.length()).trim();
      } else if (line.startsWith(ZXID)) {
        try {
          zxid = OptionalLong.of(Long.parseUnsignedLong(line.substring(ZXID.length()).trim(), 16));
        } catch (NumberFormatException e) {
          // Then it does not say.
        }
      }
    }
    return new SrvrAnswer(version, mode, zxid);
  }

  /** The version without what was built when. */
  public String release() {
    return version.split(",", 2)[0];
  }

  /** Whether the server serves clients. */
  public boolean serves() {
    return !mode.isEmpty();
  }
}
