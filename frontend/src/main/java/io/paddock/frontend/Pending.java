package io.paddock.frontend;

import io.paddock.replica.Submission;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import java.util.Arrays;
import java.util.List;

/** A request that is not answered yet, in the order of its connection. The lane links them. */
abstract sealed class Pending {
  /** What a request takes in memory beside the bytes of its frame, roughly. */
  static final int ENTRY_BYTES = 200;

  final ClientRequest request;
  Pending next;

  private Pending(ClientRequest request) {
    this.request = request;
  }

  /** Whether only the feed can answer it. */
  boolean waitsForFeed() {
    return false;
  }

  /** Answered by the feed: writes, sync, closeSession. */
  static final class Ordered extends Pending {
    /** What was handed to the core. */
    final Submission submission;

    /** Of a sync: the path, to be echoed. */
    final String path;

    /** It will not be done, having waited for too long. */
    boolean throttled;

    Ordered(ClientRequest request, Submission submission, String path) {
      super(request);
      this.submission = submission;
      this.path = path;
    }

    @Override
    boolean waitsForFeed() {
      return !throttled;
    }
  }

  /** A read that waits for what stands before it. */
  static final class Read extends Pending {
    /** A copy of the request's body. */
    final byte[] body;

    /** Who asked, as of then. */
    final List<Id> ids;

    Read(ClientRequest request, JuteReader body, List<Id> ids) {
      super(request);
      int from = body.position();
      this.body = Arrays.copyOfRange(body.array(), from, from + body.remaining());
      this.ids = ids;
    }
  }

  /** An outcome known already, which only waits for its turn. */
  static final class Known extends Pending {
    final Outcome outcome;

    Known(ClientRequest request, Outcome outcome) {
      super(request);
      this.outcome = outcome;
    }
  }

  /** What a reply that takes neither tree nor feed says. */
  enum Outcome {
    MALFORMED(ErrorCode.MARSHALLINGERROR, false),
    /** The server has no leader. */
    NOT_READ_ONLY(ErrorCode.NOTREADONLY, false),
    /** It waited for too long to be done. */
    THROTTLED(ErrorCode.THROTTLEDOP, false),
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

    /** Whether it has a part in the figures of requests. */
    boolean counts() {
      return switch (this) {
        case MALFORMED, NOT_READ_ONLY, THROTTLED -> true;
        case UNIMPLEMENTED, AUTH_OK, AUTH_FAILED, SASL_NONE -> false;
      };
    }

    /** The zxid it carries (client protocol sheet, section 2.5). */
    long zxid(long current) {
      return switch (this) {
        case MALFORMED, NOT_READ_ONLY, THROTTLED -> current;
        case UNIMPLEMENTED -> -1;
        case AUTH_OK, AUTH_FAILED, SASL_NONE -> 0;
      };
    }
  }
}
