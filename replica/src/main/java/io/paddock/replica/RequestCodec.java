package io.paddock.replica;

import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.QuorumPacket;
import java.util.List;

/**
 * A client's request between learner and leader (quorum sheet, section 4.4): long sessionId, int
 * cxid, int type, the request's body.
 */
final class RequestCodec {
  private static final int HEAD_BYTES = 16;

  /** A request as the leader reads it; {@code op} is null when the body does not decode. */
  record Forwarded(long sessionId, int cxid, int type, Op op) {}

  private RequestCodec() {}

  static QuorumPacket.Request write(Submission submission) {
    JuteWriter out = new JuteWriter(128);
    out.writeLong(submission.sessionId());
    out.writeInt(submission.cxid());
    if (submission.kind() == Submission.Kind.SYNC) {
      out.writeInt(OpCode.SYNC.code());
      out.writeString("/");
      return new QuorumPacket.Request(out.toByteArray(), submission.ids());
    }
    OpCode code = submission.op().code();
    out.writeInt(code.code());
    submission.op().write(out);
    List<Id> ids = code == OpCode.CREATE_SESSION ? null : submission.ids();
    return new QuorumPacket.Request(out.toByteArray(), ids);
  }

  /**
   * Reads a request.
   *
   * @return null when not even its head is there
   */
  static Forwarded read(QuorumPacket.Request request) {
    if (request.data() == null || request.data().length < HEAD_BYTES) {
      return null;
    }
    JuteReader in = new JuteReader(request.data());
    long sessionId = in.readLong();
    int cxid = in.readInt();
    int type = in.readInt();
    return new Forwarded(sessionId, cxid, type, body(OpCode.of(type), in));
  }

  private static Op body(OpCode code, JuteReader in) {
    if (code == null) {
      return null;
    }
    try {
      return switch (code) {
        case CREATE_SESSION -> new Op.CreateSession(in.readInt());
        case DELETE_CONTAINER -> new Op.DeleteContainer(in.readString());
        // As a transaction of its own it would be unreadable for every server that logs it.
        case CHECK -> null;
        default -> Op.read(code, in);
      };
    } catch (MalformedException e) {
      return null;
    }
  }
}
