package io.paddock.wire;

/**
 * The first frame of a server (client protocol sheet, section 2.1).
 *
 * @param timeoutMs the session timeout agreed; 0 when the session is gone
 * @param passwd 16 bytes
 * @param hasReadOnly whether the readOnly byte is written: only to a client that sent one
 */
public record ConnectResponse(
    int protocolVersion,
    int timeoutMs,
    long sessionId,
    byte[] passwd,
    boolean readOnly,
    boolean hasReadOnly) {
  /** The length of every session password. */
  public static final int PASSWD_BYTES = 16;

  /** The answer to a client whose session is gone or whose password is wrong. */
  public static ConnectResponse expired(boolean hasReadOnly) {
    return new ConnectResponse(0, 0, 0, new byte[PASSWD_BYTES], false, hasReadOnly);
  }

  public void write(JuteWriter out) {
    out.writeInt(protocolVersion);
    out.writeInt(timeoutMs);
    out.writeLong(sessionId);
    out.writeBuffer(passwd);
    if (hasReadOnly) {
      out.writeBoolean(readOnly);
    }
  }

  public static ConnectResponse read(JuteReader in) {
    int version = in.readInt();
    int timeoutMs = in.readInt();
    long sessionId = in.readLong();
    byte[] passwd = in.readBuffer();
    boolean hasReadOnly = in.remaining() > 0;
    boolean readOnly = hasReadOnly && in.readBoolean();
    return new ConnectResponse(version, timeoutMs, sessionId, passwd, readOnly, hasReadOnly);
  }
}
