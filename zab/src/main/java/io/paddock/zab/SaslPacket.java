package io.paddock.zab;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;

/**
 * What two servers say to each other while one logs in (security sheet, section 8): eight bytes
 * that nothing else begins with, a status, a token.
 *
 * @param token null for none
 */
public record SaslPacket(int status, byte[] token) {
  public static final int GOES_ON = 0;
  public static final int SUCCESS = 1;
  public static final int ERROR = -1;

  /** The longest token: Kerberos tickets stay below, with all that Windows puts into them. */
  public static final int TOKEN_BYTES_MAX = 64 << 10;

  private static final long MAGIC = 0x5f24_3501_3501_edccL;
  private static final int HEAD_BYTES = 16;

  /** The longest packet. */
  public static final int BYTES_MAX = HEAD_BYTES + TOKEN_BYTES_MAX;

  /** Whether what comes is one. */
  public enum Beginning {
    /** Too little to say. */
    OPEN,
    LOGIN,
    OTHER
  }

  /** By the first bytes in {@code bytes[from, to)}. */
  public static Beginning beginning(byte[] bytes, int from, int to) {
    int count = Math.min(Long.BYTES, to - from);
    for (int i = 0; i < count; i++) {
      if (bytes[from + i] != (byte) (MAGIC >>> 8 * (Long.BYTES - 1 - i))) {
        return Beginning.OTHER;
      }
    }
    return count < Long.BYTES ? Beginning.OPEN : Beginning.LOGIN;
  }

  /**
   * The length of the packet in {@code bytes[from, to)}; -1 while it is not complete.
   *
   * @throws MalformedException when this is none
   */
  public static int length(byte[] bytes, int from, int to) {
    if (beginning(bytes, from, to) == Beginning.OTHER) {
      throw new MalformedException("no login");
    }
    if (to - from < HEAD_BYTES) {
      return -1;
    }
    JuteReader in = new JuteReader().reset(bytes, from, to);
    in.skip(Long.BYTES);
    int status = in.readInt();
    if (status < ERROR || status > SUCCESS) {
      throw new MalformedException("a login with status " + status);
    }
    int length = in.readInt();
    if (length < -1 || length > TOKEN_BYTES_MAX) {
      throw new MalformedException("a login with a token of " + length + " bytes");
    }
    return in.remaining() < length ? -1 : HEAD_BYTES + Math.max(0, length);
  }

  /** Reads one that is complete. */
  public static SaslPacket read(JuteReader in) {
    in.skip(Long.BYTES);
    return new SaslPacket(in.readInt(), in.readBuffer());
  }

  /** As they are sent. */
  public byte[] bytes() {
    JuteWriter out = new JuteWriter(HEAD_BYTES + (token == null ? 0 : token.length));
    out.writeLong(MAGIC);
    out.writeInt(status);
    out.writeBuffer(token);
    return out.toByteArray();
  }
}
