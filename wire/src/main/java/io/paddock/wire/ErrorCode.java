package io.paddock.wire;

/**
 * The errors a server answers with (client protocol sheet, section 4). A client's mistake is one of
 * these values, never an exception.
 */
public enum ErrorCode {
  /** The request was carried out. */
  OK(0),
  /** The server could not carry out the request, and has not: its disk is full. */
  SYSTEMERROR(-1),

  /** An operation of a failed multi after the one that failed. */
  RUNTIMEINCONSISTENCY(-2),
  /** A body that does not decode, or contents that make no sense. */
  MARSHALLINGERROR(-5),
  /** An unknown operation, or one that is switched off here. */
  UNIMPLEMENTED(-6),
  /** A path, flag or argument that cannot be. */
  BADARGUMENTS(-8),
  /** No quorum of the new configuration is connected. */
  NEWCONFIGNOQUORUM(-13),
  /** Another reconfiguration is under way. */
  RECONFIGINPROGRESS(-14),
  /** The znode, or the parent of one to be created or deleted, does not exist. */
  NONODE(-101),
  /** The access control list refuses it. */
  NOAUTH(-102),
  /** The version is not the one expected. */
  BADVERSION(-103),
  /** Ephemerals have no children. */
  NOCHILDRENFOREPHEMERALS(-108),
  /** The znode exists already. */
  NODEEXISTS(-110),
  /** The znode has children. */
  NOTEMPTY(-111),
  /** The session is closed or closing. */
  SESSIONEXPIRED(-112),
  /** The access control list cannot be. */
  INVALIDACL(-114),
  /** Authentication failed. */
  AUTHFAILED(-115),
  /**
   * The session has moved to another server; never on the wire, the connection is closed instead.
   */
  SESSIONMOVED(-118),
  /** A write on a read-only server. */
  NOTREADONLY(-119),
  /** An ephemeral of a local session. */
  EPHEMERALONLOCALSESSION(-120),
  /** No such watch. */
  NOWATCHER(-121),
  /** Reconfiguration is switched off. */
  RECONFIGDISABLED(-123),
  /** Authentication is required. */
  SESSIONCLOSEDREQUIRESASLAUTH(-124),
  /** A hard quota would be passed. */
  QUOTAEXCEEDED(-125),
  /** The request waited too long and was not executed. */
  THROTTLEDOP(-127);

  private final int code;

  ErrorCode(int code) {
    this.code = code;
  }

  /** The number on the wire. */
  public int code() {
    return code;
  }

  /** The error with this number; null when there is none. */
  public static ErrorCode of(int code) {
    for (ErrorCode e : values()) {
      if (e.code == code) {
        return e;
      }
    }
    return null;
  }
}
