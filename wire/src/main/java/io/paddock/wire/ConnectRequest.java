package io.paddock.wire;

/**
 * The first frame of a client (client protocol sheet, section 2.1).
 *
 * @param timeoutMs the session timeout asked for
 * @param sessionId 0 for a new session
 * @param passwd null when the client sent none
 * @param readOnly whether a read-only server is good enough
 */
public record ConnectRequest(
    int protocolVersion,
    long lastZxidSeen,
    int timeoutMs,
    long sessionId,
    byte[] passwd,
    ReadOnlyByte readOnly) {
  public void write(JuteWriter out) {
    out.writeInt(protocolVersion);
    out.writeLong(lastZxidSeen);
    out.writeInt(timeoutMs);
    out.writeLong(sessionId);
    out.writeBuffer(passwd);
    readOnly.write(out);
  }

  public static ConnectRequest read(JuteReader in) {
    int version = in.readInt();
    long lastZxidSeen = in.readLong();
    int timeoutMs = in.readInt();
    long sessionId = in.readLong();
    byte[] passwd = in.readBuffer();
    return new ConnectRequest(
        version, lastZxidSeen, timeoutMs, sessionId, passwd, ReadOnlyByte.read(in));
  }
}
