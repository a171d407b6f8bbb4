package io.paddock.wire;

/**
 * The last byte of ConnectRequest and ConnectResponse, which old clients do not send and do not
 * understand (client protocol sheet, section 2.1): in a request whether a read-only server is good
 * enough, in a response whether the server is one.
 */
public enum ReadOnlyByte {
  ABSENT,
  FALSE,
  TRUE;

  public boolean isTrue() {
    return this == TRUE;
  }

  /** What answers this one: nothing to a client that sent none. */
  public ReadOnlyByte answer(boolean readOnly) {
    if (this == ABSENT) {
      return ABSENT;
    }
    return readOnly ? TRUE : FALSE;
  }

  void write(JuteWriter out) {
    if (this != ABSENT) {
      out.writeBoolean(isTrue());
    }
  }

  static ReadOnlyByte read(JuteReader in) {
    if (in.remaining() == 0) {
      return ABSENT;
    }
    return in.readBoolean() ? TRUE : FALSE;
  }
}
