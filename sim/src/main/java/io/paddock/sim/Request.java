package io.paddock.sim;

import io.paddock.wire.CreateMode;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MultiHeader;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a simulated client asks.
 *
 * @param write what is asked of the leader; null for a read
 * @param path of a read
 * @param watch whether the read sets a watch
 * @param mode of addWatch, or the kind that checkWatches and removeWatches name
 * @param paths of a multiRead; of a setWatches2 all its lists behind each other
 * @param seenZxid of a setWatches2
 */
record Request(
    OpCode code,
    Op write,
    String path,
    boolean watch,
    int mode,
    List<String> paths,
    List<List<String>> watches,
    long seenZxid) {
  private static final int NO_OPERATION = 77;

  static Request of(Op write) {
    return new Request(write.code(), write, null, false, 0, null, null, 0);
  }

  static Request read(OpCode code, String path, boolean watch) {
    return new Request(code, null, path, watch, 0, null, null, 0);
  }

  static Request watch(OpCode code, String path, int mode) {
    return new Request(code, null, path, false, mode, null, null, 0);
  }

  static Request multiRead(List<String> paths) {
    return new Request(OpCode.MULTI_READ, null, null, false, 0, paths, null, 0);
  }

  static Request setWatches(long seenZxid, List<List<String>> watches) {
    return new Request(OpCode.SET_WATCHES2, null, null, false, 0, null, watches, seenZxid);
  }

  /** Proves to be the super user. */
  static Request auth() {
    return bare(OpCode.AUTH);
  }

  static Request bare(OpCode code) {
    return new Request(code, null, null, false, 0, null, null, 0);
  }

  /** A multi with an operation that there is not, which is to be refused in its turn. */
  static Request malformed() {
    return of(new Op.Malformed(OpCode.MULTI));
  }

  boolean isMalformed() {
    return write instanceof Op.Malformed;
  }

  /** The frame without its length. */
  byte[] frame(int xid) {
    JuteWriter out = new JuteWriter();
    out.writeInt(xid);
    out.writeInt(code.code());
    if (isMalformed()) {
      MultiHeader.write(out, NO_OPERATION, false, -1);
      return out.toByteArray();
    }
    switch (code) {
      case GET_DATA, EXISTS, GET_CHILDREN, GET_CHILDREN2 -> {
        out.writeString(path);
        out.writeBoolean(watch);
      }
      case GET_ACL, GET_EPHEMERALS, GET_ALL_CHILDREN_NUMBER, SYNC -> out.writeString(path);
      case ADD_WATCH, CHECK_WATCHES, REMOVE_WATCHES -> {
        out.writeString(path);
        out.writeInt(mode);
      }
      case MULTI_READ -> {
        for (String each : paths) {
          MultiHeader.write(out, OpCode.GET_DATA.code(), false, -1);
          out.writeString(each);
          out.writeBoolean(false);
        }
        MultiHeader.writeEnd(out);
      }
      case SET_WATCHES2 -> {
        out.writeLong(seenZxid);
        for (List<String> list : watches) {
          out.writeInt(list.size());
          list.forEach(out::writeString);
        }
      }
      case PING -> {}
      case AUTH -> {
        out.writeInt(0);
        out.writeString("digest");
        out.writeBuffer("super:paddock".getBytes(StandardCharsets.UTF_8));
      }
      default -> write.write(out);
    }
    return out.toByteArray();
  }

  @Override
  public String toString() {
    if (isMalformed()) {
      return "a malformed multi";
    }
    if (write != null) {
      return words(write);
    }
    return code
        + (path == null ? "" : " " + path)
        + (watch ? " with a watch" : "")
        + (mode == 0 ? "" : " mode " + mode);
  }

  private static String words(Op op) {
    return switch (op.code()) {
      case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL -> {
        Op.Create create = (Op.Create) op;
        yield create.code() + " " + create.path() + " " + CreateMode.of(create.flags());
      }
      case DELETE -> "DELETE " + ((Op.Delete) op).path() + version(((Op.Delete) op).version());
      case SET_DATA ->
          "SET_DATA " + ((Op.SetData) op).path() + version(((Op.SetData) op).version());
      case SET_ACL -> "SET_ACL " + ((Op.SetAcl) op).path() + " " + ((Op.SetAcl) op).acl();
      case CHECK -> "CHECK " + ((Op.Check) op).path() + version(((Op.Check) op).version());
      case RECONFIG -> {
        Op.Reconfig reconfig = (Op.Reconfig) op;
        yield "RECONFIG "
            + (reconfig.newMembers() == null ? reconfig.joining() : reconfig.newMembers());
      }
      case MULTI -> "MULTI of " + ((Op.Multi) op).ops().stream().map(Request::words).toList();
      default -> op.code().toString();
    };
  }

  private static String version(int version) {
    return version == -1 ? "" : " if version " + version;
  }
}
