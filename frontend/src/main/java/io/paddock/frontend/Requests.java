package io.paddock.frontend;

import io.paddock.replica.Submission;
import io.paddock.tree.AccessControl;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.MalformedException;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReplyHeader;
import java.util.List;

/**
 * Turns the frames of established connections into requests: the dispatch table of all operations.
 * Bytes become values here; what a request means is the lane's and the core's.
 */
final class Requests {
  private static final int HEADER_BYTES = 8;

  private final AccessControl access;

  Requests(AccessControl access) {
    this.access = access;
  }

  /**
   * Takes one request.
   *
   * @param frame from the request header on
   */
  void onFrame(Lane lane, JuteReader frame, long nowNanos) {
    int bytes = frame.remaining();
    if (bytes < HEADER_BYTES) {
      lane.breakOff("a request of " + bytes + " bytes");
      return;
    }
    lane.heard();
    int xid = frame.readInt();
    OpCode op = OpCode.of(frame.readInt());
    if (op == null) {
      refuse(lane, xid, null, bytes, nowNanos);
      return;
    }
    switch (op) {
      case GET_DATA,
          EXISTS,
          GET_CHILDREN,
          GET_CHILDREN2,
          GET_ACL,
          GET_ALL_CHILDREN_NUMBER,
          GET_EPHEMERALS,
          MULTI_READ,
          WHO_AM_I,
          ADD_WATCH,
          CHECK_WATCHES,
          REMOVE_WATCHES,
          SET_WATCHES,
          SET_WATCHES2 ->
          lane.read(xid, op, frame, bytes, nowNanos);
      case PING -> lane.read(ReplyHeader.XID_PING, op, frame, bytes, nowNanos);
      case CREATE,
          CREATE2,
          CREATE_CONTAINER,
          CREATE_TTL,
          DELETE,
          SET_DATA,
          SET_ACL,
          MULTI,
          RECONFIG,
          CLOSE_SESSION ->
          onWrite(lane, xid, op, frame, bytes, nowNanos);
      case SYNC -> onSync(lane, xid, frame, bytes, nowNanos);
      case AUTH -> onAuth(lane, xid, frame, bytes, nowNanos);
      case SASL -> onSasl(lane, xid, frame, bytes, nowNanos);
      // The reapers' alone, because it asks for no rights: closed at once, as Apache's server does.
      case DELETE_CONTAINER -> lane.breakOff("a deleteContainer, which is not for clients");
      // No client's: check stands in a multi only, the others are made by servers.
      case CHECK, CREATE_SESSION, ERROR -> refuse(lane, xid, op, bytes, nowNanos);
    }
  }

  private static void onWrite(
      Lane lane, int xid, OpCode op, JuteReader body, int bytes, long nowNanos) {
    if (lane.isReadOnly() && op != OpCode.CLOSE_SESSION) {
      lane.reply(Pending.reply(xid, op, bytes, nowNanos, Pending.Outcome.NOT_READ_ONLY), nowNanos);
      return;
    }
    Op write;
    try {
      write = Op.read(op, body);
    } catch (MalformedException e) {
      lane.reply(Pending.reply(xid, op, bytes, nowNanos, Pending.Outcome.MALFORMED), nowNanos);
      return;
    }
    Submission submission = Submission.write(lane.sessionId(), xid, write, lane.ids(), lane);
    if (op == OpCode.CLOSE_SESSION) {
      // Before it is submitted: a core in this very thread may answer at once.
      lane.drain();
    }
    lane.submit(Pending.feed(xid, op, bytes, nowNanos, submission, null));
  }

  private static void onSync(Lane lane, int xid, JuteReader body, int bytes, long nowNanos) {
    if (lane.isReadOnly()) {
      lane.reply(
          Pending.reply(xid, OpCode.SYNC, bytes, nowNanos, Pending.Outcome.NOT_READ_ONLY),
          nowNanos);
      return;
    }
    String path;
    try {
      path = body.readString();
    } catch (MalformedException e) {
      lane.reply(
          Pending.reply(xid, OpCode.SYNC, bytes, nowNanos, Pending.Outcome.MALFORMED), nowNanos);
      return;
    }
    Submission submission = Submission.sync(lane.sessionId(), xid, lane);
    lane.submit(Pending.feed(xid, OpCode.SYNC, bytes, nowNanos, submission, path));
  }

  /**
   * The identity counts for every request sent after the packet, so it is added now; only its reply
   * waits for its turn.
   */
  private void onAuth(Lane lane, int xid, JuteReader body, int bytes, long nowNanos) {
    String scheme;
    byte[] auth;
    try {
      body.readInt();
      scheme = body.readString();
      auth = body.readBuffer();
    } catch (MalformedException e) {
      lane.breakOff("an auth packet that does not decode: " + e.getMessage());
      return;
    }
    List<Id> added =
        scheme == null ? null : access.authenticate(scheme, auth, lane.remoteAddress());
    boolean taken = added != null && lane.addIds(added);
    if (!taken) {
      String why = added == null ? "" : ": too many identities for one client";
      lane.oddity(() -> lane + ": authentication failed by scheme " + shown(scheme) + why);
      lane.meter().authFailed();
    }
    Pending.Outcome outcome = taken ? Pending.Outcome.AUTH_OK : Pending.Outcome.AUTH_FAILED;
    lane.reply(Pending.reply(xid, OpCode.AUTH, bytes, nowNanos, outcome), nowNanos);
  }

  /** A stranger's word, fit for a log. */
  private static String shown(String scheme) {
    return scheme == null || !scheme.matches("[a-z0-9]{1,16}") ? "of no known kind" : scheme;
  }

  private static void onSasl(Lane lane, int xid, JuteReader body, int bytes, long nowNanos) {
    byte[] token;
    try {
      token = body.readBuffer();
    } catch (MalformedException e) {
      lane.breakOff("a sasl packet that does not decode: " + e.getMessage());
      return;
    }
    if (token == null) {
      lane.breakOff("a sasl packet without a token");
      return;
    }
    lane.reply(
        Pending.reply(xid, OpCode.SASL, bytes, nowNanos, Pending.Outcome.SASL_NONE), nowNanos);
  }

  private static void refuse(Lane lane, int xid, OpCode op, int bytes, long nowNanos) {
    lane.reply(Pending.reply(xid, op, bytes, nowNanos, Pending.Outcome.UNIMPLEMENTED), nowNanos);
  }
}
