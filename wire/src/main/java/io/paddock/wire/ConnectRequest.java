package io.paddock.wire;

/**
 * The first frame of a client (client protocol sheet, section 2.1).
 *
 * @param timeoutMs the session timeout asked for
 * @param sessionId 0 for a new session
 * @param passwd null when the client sent none
 * @param readOnly whether a read-only server is good enough
 * @param hasReadOnly whether the client sent the readOnly byte; only then does the reply carry one
 */
public record ConnectRequest(
    int protocolVersion,
    long lastZxidSeen,
    int timeoutMs,
    long sessionId,
    byte[] passwd,
    boolean readOnly,
    boolean hasReadOnly) {
  public void write(JuteWriter out) {
    out.writeInt(protocolVersion);
    out.writeLong(lastZxidSeen);
    out.writeInt(timeoutMs);
    out.writeLong(sessionId);
    out.writeBuffer(passwd);
    if (hasReadOnly) {
      out.writeBoolean(readOnly);
    }
  }

  public static ConnectRequest read(JuteReader in) {
    int version = in.readInt();
    long lastZxidSeen = in.readLong();
    int timeoutMs = in.readInt();
    long sessionId = in.readLong();
    byte[] passwd = in.readBuffer();
    boolean hasReadOnly = in.remaining() > 0;
    boolean readOnly = hasReadOnly && in.readBoolean();
    return new ConnectRequest(
        version, lastZxidSeen, timeoutMs, sessionId, passwd, readOnly, hasReadOnly);
  }
}
