package io.paddock.wire;

/**
 * The first frame of a server (client protocol sheet, section 2.1).
 *
 * @param timeoutMs the session timeout agreed; 0 when the session is gone
 * @param passwd 16 bytes
 * @param readOnly whether the server is one without a leader
 */
public record ConnectResponse(
    int protocolVersion, int timeoutMs, long sessionId, byte[] passwd, ReadOnlyByte readOnly) {
  /** The length of every session password. */
  public static final int PASSWD_BYTES = 16;

  /** The answer to a client whose session is gone or whose password is wrong. */
  public static ConnectResponse expired(ReadOnlyByte readOnly) {
    return new ConnectResponse(0, 0, 0, new byte[PASSWD_BYTES], readOnly);
  }

  public void write(JuteWriter out) {
    out.writeInt(protocolVersion);
    out.writeInt(timeoutMs);
    out.writeLong(sessionId);
    out.writeBuffer(passwd);
    readOnly.write(out);
  }

  public static ConnectResponse read(JuteReader in) {
    int version = in.readInt();
    int timeoutMs = in.readInt();
    long sessionId = in.readLong();
    byte[] passwd = in.readBuffer();
    return new ConnectResponse(version, timeoutMs, sessionId, passwd, ReadOnlyByte.read(in));
  }
}
