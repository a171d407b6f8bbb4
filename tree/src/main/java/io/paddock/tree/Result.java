package io.paddock.tree;

import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MultiHeader;
import io.paddock.wire.OpCode;
import java.util.List;

/** The answer to a write: an error for the reply header, and the body behind it. Immutable. */
public final class Result {
  /** What the body consists of. */
  private enum Body {
    NONE,
    PATH,
    PATH_AND_STAT,
    STAT,
    DATA_AND_STAT,
    PARTS
  }

  private final ErrorCode error;
  private final Body body;

  /** Stands before this result inside a multi. */
  private final OpCode multiType;

  private final String path;
  private final Node node;
  private final List<Result> parts;

  private Result(
      ErrorCode error, Body body, OpCode multiType, String path, Node node, List<Result> parts) {
    this.error = error;
    this.body = body;
    this.multiType = multiType;
    this.path = path;
    this.node = node;
    this.parts = parts;
  }

  /** A refusal; inside a failed multi also of what would have succeeded, with OK. */
  static Result error(ErrorCode error) {
    return new Result(error, Body.NONE, OpCode.ERROR, null, null, null);
  }

  /** Success without a body. */
  static Result done(OpCode multiType) {
    return new Result(ErrorCode.OK, Body.NONE, multiType, null, null, null);
  }

  /**
   * A znode made.
   *
   * @param type of its transaction
   */
  static Result created(OpCode type, String path, Node node) {
    return type == OpCode.CREATE
        ? new Result(ErrorCode.OK, Body.PATH, OpCode.CREATE, path, null, null)
        : new Result(ErrorCode.OK, Body.PATH_AND_STAT, OpCode.CREATE2, path, node, null);
  }

  /** A znode changed. */
  static Result changed(Node node) {
    return new Result(ErrorCode.OK, Body.STAT, OpCode.SET_DATA, null, node, null);
  }

  static Result reconfigured(Node config) {
    return new Result(ErrorCode.OK, Body.DATA_AND_STAT, OpCode.RECONFIG, null, config, null);
  }

  static Result multi(List<Result> parts) {
    return new Result(ErrorCode.OK, Body.PARTS, OpCode.MULTI, null, null, parts);
  }

  /** The reply header's error. OK for a failed multi, whose body tells the errors. */
  public ErrorCode error() {
    return error;
  }

  /** The path of the znode made; null when none was. */
  public String path() {
    return path;
  }

  /** Writes the reply's body (client protocol sheet, section 3); nothing when there is none. */
  public void writeBody(JuteWriter out) {
    switch (body) {
      case NONE -> {}
      case PATH -> out.writeString(path);
      case PATH_AND_STAT -> {
        out.writeString(path);
        node.writeStat(out);
      }
      case STAT -> node.writeStat(out);
      case DATA_AND_STAT -> {
        node.writeData(out);
        node.writeStat(out);
      }
      case PARTS -> {
        for (Result part : parts) {
          part.writePart(out);
        }
        MultiHeader.writeEnd(out);
      }
    }
  }

  private void writePart(JuteWriter out) {
    MultiHeader.write(out, multiType.code(), false, error.code());
    if (multiType == OpCode.ERROR) {
      out.writeInt(error.code());
    } else {
      writeBody(out);
    }
  }
}
