package io.paddock.frontend;

import io.paddock.replica.Service;
import io.paddock.replica.SessionIds;
import io.paddock.replica.Submission;
import io.paddock.wire.ConnectRequest;
import io.paddock.wire.ConnectResponse;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.wire.Op;
import io.paddock.wire.ReadOnlyByte;
import io.paddock.wire.SessionPasswd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server decides about a ConnectRequest, in order (client protocol sheet, section 2.2): one
 * client too many in a time is turned away, and one that a server without a leader is not good
 * enough for is turned away, and one that has seen more than this server, the timeout is clamped, a
 * session is made, or renewed. A renewal goes through the feed whatever its password, so that every
 * loop hears of it and closes the session's other connection.
 */
final class Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

  private final View view;
  private final SessionIds sessionIds;

  Handshake(View view, SessionIds sessionIds) {
    this.view = view;
    this.sessionIds = sessionIds;
  }

  void onConnect(Lane lane, JuteReader frame, long nowNanos) {
    ConnectRequest request;
    try {
      request = ConnectRequest.read(frame);
    } catch (MalformedException e) {
      lane.oddity(
          () ->
              "A client at " + lane.remoteAddress() + " sent no ConnectRequest: " + e.getMessage());
      lane.end();
      return;
    }
    if (!view.gate().admits(request.sessionId() != 0)) {
      lane.end();
      return;
    }
    Service service = view.core().service();
    if (service == Service.NONE || service == Service.READ_ONLY && !request.readOnly().isTrue()) {
      LOG.debug("A client at {} comes while there is no leader", lane.remoteAddress());
      lane.meter().turnedAway();
      lane.end();
      return;
    }
    if (request.lastZxidSeen() > view.tree().zxid()) {
      // This loop may only be late: it follows the feed to its end before it says no.
      view.advance(nowNanos, Integer.MAX_VALUE);
    }
    if (request.lastZxidSeen() > view.tree().zxid()) {
      lane.oddity(
          () ->
              "A client at %s has seen zxid 0x%x, this server is at 0x%x: it must try another server"
                  .formatted(lane.remoteAddress(), request.lastZxidSeen(), view.tree().zxid()));
      lane.end();
      return;
    }
    if (service == Service.READ_ONLY) {
      lane.takesNoWrites();
    }
    int timeoutMs = view.limits().clampTimeoutMs(request.timeoutMs());
    if (request.sessionId() == 0) {
      long id = freshId();
      Submission make = Submission.write(id, 0, new Op.CreateSession(timeoutMs), lane.ids(), lane);
      lane.open(id, timeoutMs, request.readOnly(), make);
    } else {
      long id = request.sessionId();
      boolean passwdValid = SessionPasswd.matches(id, request.passwd());
      view.meter().revalidated();
      Submission renew = Submission.renew(id, timeoutMs, passwdValid, lane);
      lane.open(id, timeoutMs, request.readOnly(), renew);
    }
  }

  /**
   * An id that no session has. Ids begin with the machine's uptime, so a server that was started as
   * long after a reboot as one before would else give out an id that lives on in the tree.
   */
  private long freshId() {
    long id = sessionIds.next();
    while (view.tree().sessionTimeoutMs(id) >= 0) {
      id = sessionIds.next();
    }
    return id;
  }

  static void writeOpened(JuteWriter out, long sessionId, int timeoutMs, ReadOnlyByte readOnly) {
    byte[] passwd = SessionPasswd.of(sessionId);
    write(out, new ConnectResponse(0, timeoutMs, sessionId, passwd, readOnly));
  }

  static void writeExpired(JuteWriter out, ReadOnlyByte readOnly) {
    write(out, ConnectResponse.expired(readOnly));
  }

  private static void write(JuteWriter out, ConnectResponse response) {
    int start = out.beginFrame();
    response.write(out);
    out.endFrame(start);
  }
}
