package io.paddock.frontend;

import io.paddock.replica.Submission;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.OpCode;
import java.util.Arrays;
import java.util.List;

/** A request that is not answered yet, in the order of its connection. The lane links them. */
final class Pending {
  enum Kind {
    /** Answered by the feed: writes, sync, closeSession. */
    FEED,
    /** A read that waits for what stands before it. */
    READ,
    /** An outcome known already, which only waits for its turn. */
    REPLY
  }

  /** What a reply that takes neither tree nor feed says. */
  enum Outcome {
    MALFORMED(ErrorCode.MARSHALLINGERROR, false),
    /** The server has no leader. */
    NOT_READ_ONLY(ErrorCode.NOTREADONLY, false),
    UNIMPLEMENTED(ErrorCode.UNIMPLEMENTED, true),
    AUTH_OK(ErrorCode.OK, false),
    AUTH_FAILED(ErrorCode.AUTHFAILED, true),
    /** No SASL login is configured here. */
    SASL_NONE(ErrorCode.OK, false);

    final ErrorCode error;

    /** Whether the connection is closed behind it. */
    final boolean last;

    Outcome(ErrorCode error, boolean last) {
      this.error = error;
      this.last = last;
    }

    /** The zxid it carries (client protocol sheet, section 2.5). */
    long zxid(long current) {
      return switch (this) {
        case MALFORMED, NOT_READ_ONLY -> current;
        case UNIMPLEMENTED -> -1;
        case AUTH_OK, AUTH_FAILED, SASL_NONE -> 0;
      };
    }
  }

  final Kind kind;
  final int xid;

  /** Null for a number that is no operation. */
  final OpCode op;

  final long receivedNanos;

  /** What a request takes in memory beside the bytes of its frame, roughly. */
  static final int ENTRY_BYTES = 200;

  /** The length of the frame, for the bound on what waits. */
  final int bytes;

  /** Of kind FEED: what was handed to the core. */
  Submission submission;

  /** Of a sync: the path, to be echoed. */
  String path;

  /** Of kind READ: a copy of the request's body. */
  byte[] body;

  /** Of kind READ: who asked, as of then. */
  List<Id> ids;

  /** Of kind REPLY. */
  Outcome outcome;

  Pending next;

  private Pending(Kind kind, int xid, OpCode op, int bytes, long receivedNanos) {
    this.kind = kind;
    this.xid = xid;
    this.op = op;
    this.bytes = bytes;
    this.receivedNanos = receivedNanos;
  }

  static Pending feed(
      int xid, OpCode op, int bytes, long receivedNanos, Submission submission, String path) {
    Pending pending = new Pending(Kind.FEED, xid, op, bytes, receivedNanos);
    pending.submission = submission;
    pending.path = path;
    return pending;
  }

  static Pending read(
      int xid, OpCode op, int bytes, long receivedNanos, JuteReader body, List<Id> ids) {
    Pending pending = new Pending(Kind.READ, xid, op, bytes, receivedNanos);
    int from = body.position();
    pending.body = Arrays.copyOfRange(body.array(), from, from + body.remaining());
    pending.ids = ids;
    return pending;
  }

  static Pending reply(int xid, OpCode op, int bytes, long receivedNanos, Outcome outcome) {
    Pending pending = new Pending(Kind.REPLY, xid, op, bytes, receivedNanos);
    pending.outcome = outcome;
    return pending;
  }
}
