package io.paddock.frontend;

import io.paddock.replica.Core;
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

  /** Whether it waits for nothing but its turn; no for what the feed answers. */
  boolean isAnswerable() {
    return true;
  }

  /** Answered by the feed: writes, sync, closeSession. */
  static final class Ordered extends Pending {
    /** What was, or is to be, handed to the core. */
    private Submission submission;

    private boolean handed;

    /** Of a sync: the path, to be echoed. */
    final String path;

    /** It will not be done, having waited for too long. */
    boolean throttled;

    Ordered(ClientRequest request, Submission submission, String path) {
      super(request);
      this.submission = submission;
      this.path = path;
    }

    /** What was, or is to be, handed to the core. */
    Submission submission() {
      return submission;
    }

    /** Whether the core has it, or had when its leader was lost. */
    boolean isHanded() {
      return handed;
    }

    /** Hands it to the core, once more perhaps, in a term of the view's. */
    void handTo(Core core, int term) {
      handed = true;
      submission = submission.in(term);
      core.submit(submission);
    }

    @Override
    boolean isAnswerable() {
      return throttled;
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

  /** A SASL token that is being judged; once it is, an outcome that waits for its turn. */
  static final class Token extends Pending {
    private Outcome outcome;
    private byte[] answer;

    Token(ClientRequest request) {
      super(request);
    }

    void judged(Outcome outcome, byte[] answer) {
      this.outcome = outcome;
      this.answer = answer;
    }

    /** Null while it is judged. */
    Outcome outcome() {
      return outcome;
    }

    /** The token for the client; null for none. */
    byte[] answer() {
      return answer;
    }

    @Override
    boolean isAnswerable() {
      return outcome != null;
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
    /** No identity of a scheme of which one is required. */
    AUTH_REQUIRED(ErrorCode.SESSIONCLOSEDREQUIRESASLAUTH, true),
    /** The next token, or the last one. */
    SASL_TOKEN(ErrorCode.OK, false),
    /** No SASL login is configured here, or it has failed and that does not matter. */
    SASL_NONE(ErrorCode.OK, false),
    SASL_FAILED(ErrorCode.AUTHFAILED, true),
    /** It has failed, and clients must log in by SASL. */
    SASL_REQUIRED(ErrorCode.SESSIONCLOSEDREQUIRESASLAUTH, true);

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
        case UNIMPLEMENTED,
            AUTH_OK,
            AUTH_FAILED,
            AUTH_REQUIRED,
            SASL_TOKEN,
            SASL_NONE,
            SASL_FAILED,
            SASL_REQUIRED ->
            false;
      };
    }

    /** Whether a token, or none, follows the header, whatever the error is. */
    boolean hasToken() {
      return switch (this) {
        case SASL_TOKEN, SASL_NONE, SASL_FAILED, SASL_REQUIRED -> true;
        case MALFORMED,
            NOT_READ_ONLY,
            THROTTLED,
            UNIMPLEMENTED,
            AUTH_OK,
            AUTH_FAILED,
            AUTH_REQUIRED ->
            false;
      };
    }

    /** The zxid it carries (client protocol sheet, section 2.5). */
    long zxid(long current) {
      return switch (this) {
        case MALFORMED, NOT_READ_ONLY, THROTTLED -> current;
        case UNIMPLEMENTED -> -1;
        case AUTH_OK,
            AUTH_FAILED,
            AUTH_REQUIRED,
            SASL_TOKEN,
            SASL_NONE,
            SASL_FAILED,
            SASL_REQUIRED ->
            0;
      };
    }
  }
}
