package io.paddock.wire;

/**
 * The operations of the client protocol and of the transaction log (client protocol sheet, section
 * 3; data directory sheet, section 2.3).
 */
public enum OpCode {
  ERROR(-1, "ERRR"),
  CREATE(1, "CREA"),
  DELETE(2, "DELE"),
  EXISTS(3, "EXIS"),
  GET_DATA(4, "GETD"),
  SET_DATA(5, "SETD"),
  GET_ACL(6, "GETA"),
  SET_ACL(7, "SETA"),
  GET_CHILDREN(8, "GETC"),
  SYNC(9, "SYNC"),
  PING(11, "PING"),
  GET_CHILDREN2(12, "GETC"),
  CHECK(13, "CHEC"),
  MULTI(14, "MULT"),
  CREATE2(15, "CREA"),
  RECONFIG(16, "RECO"),
  CHECK_WATCHES(17, "CHKW"),
  REMOVE_WATCHES(18, "REMW"),
  CREATE_CONTAINER(19, "CREA"),
  DELETE_CONTAINER(20, "DELC"),
  CREATE_TTL(21, "CREA"),
  MULTI_READ(22, "MLTR"),
  AUTH(100, "AUTH"),
  SET_WATCHES(101, "SETW"),
  SASL(102, "SASL"),
  GET_EPHEMERALS(103, "GETE"),
  GET_ALL_CHILDREN_NUMBER(104, "GETACN"),
  SET_WATCHES2(105, "STW2"),
  ADD_WATCH(106, "ADDW"),
  WHO_AM_I(107, "HOMI"),
  CREATE_SESSION(-10, "SESS"),
  CLOSE_SESSION(-11, "CLOS");

  private static final int LOWEST = -11;
  private static final OpCode[] BY_CODE = new OpCode[107 - LOWEST + 1];

  static {
    for (OpCode op : values()) {
      BY_CODE[op.code - LOWEST] = op;
    }
  }

  private final int code;
  private final String shortName;

  OpCode(int code, String shortName) {
    this.code = code;
    this.shortName = shortName;
  }

  /** The number on the wire and in the log. */
  public int code() {
    return code;
  }

  /** The word that {@code cons} prints for it (client protocol sheet, section 3). */
  public String shortName() {
    return shortName;
  }

  /** The operation with this number; null when there is none. */
  public static OpCode of(int code) {
    int index = code - LOWEST;
    return index >= 0 && index < BY_CODE.length ? BY_CODE[index] : null;
  }
}
