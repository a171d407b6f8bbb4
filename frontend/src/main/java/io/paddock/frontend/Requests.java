package io.paddock.frontend;

import io.paddock.replica.Submission;
import io.paddock.tree.AccessControl;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.MalformedException;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReplyHeader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns the frames of established connections into requests: the dispatch table of all operations.
 * Bytes become values here; what a request means is the lane's and the core's.
 */
final class Requests {
  /** Of a request: its xid and its operation. */
  static final int HEADER_BYTES = 8;

  private static final String ENSEMBLE = "ensemble";

  private final AccessControl access;
  private final AuthRules rules;

  Requests(AccessControl access, AuthRules rules) {
    this.access = access;
    this.rules = rules;
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
    if (rules.refuses(lane.ids()) && op != OpCode.AUTH && op != OpCode.SASL) {
      refuse(lane, new ClientRequest(xid, op, bytes, nowNanos), nowNanos);
      return;
    }
    if (op == null) {
      lane.reply(
          new ClientRequest(xid, null, bytes, nowNanos), Pending.Outcome.UNIMPLEMENTED, nowNanos);
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
          lane.read(xid, op, frame, nowNanos);
      case PING -> lane.read(ReplyHeader.XID_PING, op, frame, nowNanos);
      default -> onOther(lane, new ClientRequest(xid, op, bytes, nowNanos), frame, nowNanos);
    }
  }

  /** Of somebody who has not proven what clients must. */
  private void refuse(Lane lane, ClientRequest request, long nowNanos) {
    lane.oddity(
        () ->
            lane
                + " asked for something before it had an identity of a scheme that is required ("
                + String.join(" or ", new TreeSet<>(rules.required()))
                + "); its connection is closed");
    lane.reply(request, Pending.Outcome.AUTH_REQUIRED, nowNanos);
  }

  /** What is not answered from the tree at once, and may wait. */
  private void onOther(Lane lane, ClientRequest request, JuteReader frame, long nowNanos) {
    switch (request.op()) {
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
          onWrite(lane, request, frame, nowNanos);
      case SYNC -> onSync(lane, request, frame, nowNanos);
      case AUTH -> onAuth(lane, request, frame, nowNanos);
      case SASL -> onSasl(lane, request, frame, nowNanos);
      // The reapers' alone, because it asks for no rights: closed at once, as Apache's server does.
      case DELETE_CONTAINER -> lane.breakOff("a deleteContainer, which is not for clients");
      // No client's: check stands in a multi only, the others are made by servers.
      default -> lane.reply(request, Pending.Outcome.UNIMPLEMENTED, nowNanos);
    }
  }

  private static void onWrite(Lane lane, ClientRequest request, JuteReader body, long nowNanos) {
    if (lane.isReadOnly() && request.op() != OpCode.CLOSE_SESSION) {
      lane.reply(request, Pending.Outcome.NOT_READ_ONLY, nowNanos);
      return;
    }
    Op write;
    try {
      write = Op.read(request.op(), body);
    } catch (MalformedException e) {
      lane.reply(request, Pending.Outcome.MALFORMED, nowNanos);
      return;
    }
    Submission submission =
        Submission.write(lane.sessionId(), request.xid(), write, lane.ids(), lane);
    if (request.op() == OpCode.CLOSE_SESSION) {
      // Before it is submitted: a core in this very thread may answer at once.
      lane.drain();
    }
    lane.chargeWrite(write, request.bytes());
    lane.submit(new Pending.Ordered(request, submission, null));
  }

  private static void onSync(Lane lane, ClientRequest request, JuteReader body, long nowNanos) {
    if (lane.isReadOnly()) {
      lane.reply(request, Pending.Outcome.NOT_READ_ONLY, nowNanos);
      return;
    }
    String path;
    try {
      path = body.readString();
    } catch (MalformedException e) {
      lane.reply(request, Pending.Outcome.MALFORMED, nowNanos);
      return;
    }
    Submission submission = Submission.sync(lane.sessionId(), request.xid(), lane);
    lane.submit(new Pending.Ordered(request, submission, path));
  }

  /**
   * The identity counts for every request sent after the packet, so it is added now; only its reply
   * waits for its turn.
   */
  private void onAuth(Lane lane, ClientRequest request, JuteReader body, long nowNanos) {
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
    if (rules.isJudgedByOthers(scheme)) {
      lane.judge(request, scheme, auth, rules.others());
      return;
    }
    if (ENSEMBLE.equals(scheme) && rules.ensembleNames().isPresent()) {
      onEnsembleName(lane, request, auth, nowNanos);
      return;
    }
    List<Id> added =
        scheme == null ? null : access.authenticate(scheme, auth, lane.remoteAddress(), lane.ids());
    boolean taken = added != null && lane.addIds(added);
    if (!taken) {
      String why = added == null ? "" : ": too many identities for one client";
      lane.oddity(() -> lane + ": authentication failed by scheme " + shown(scheme) + why);
      lane.meter().authFailed();
    }
    Pending.Outcome outcome = taken ? Pending.Outcome.AUTH_OK : Pending.Outcome.AUTH_FAILED;
    lane.reply(request, outcome, nowNanos);
  }

  /** Who means another ensemble is cut, unheard, so that it looks for its own elsewhere. */
  private void onEnsembleName(Lane lane, ClientRequest request, byte[] auth, long nowNanos) {
    Set<String> names = rules.ensembleNames().orElseThrow();
    String said = auth == null ? "" : new String(auth, StandardCharsets.UTF_8);
    if (said.isEmpty() || names.isEmpty()) {
      lane.meter().ensembleNamed(Meter.EnsembleName.SKIPPED);
    } else if (names.contains(said)) {
      lane.meter().ensembleNamed(Meter.EnsembleName.RIGHT);
    } else {
      lane.meter().ensembleNamed(Meter.EnsembleName.WRONG);
      lane.breakOff("the name of another ensemble than ensembleAuthName says");
      return;
    }
    lane.reply(request, Pending.Outcome.AUTH_OK, nowNanos);
  }

  /** A stranger's word, fit for a log. */
  private static String shown(String scheme) {
    return scheme == null || !scheme.matches("[a-z0-9]{1,16}") ? "of no known kind" : scheme;
  }

  private void onSasl(Lane lane, ClientRequest request, JuteReader body, long nowNanos) {
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
    if (rules.sasl() == null) {
      lane.reply(request, Pending.Outcome.SASL_NONE, nowNanos);
    } else {
      lane.judge(request, token, rules);
    }
  }
}
