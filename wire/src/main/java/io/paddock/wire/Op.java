package io.paddock.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * A write as a client asks for it: the decoded body of a request that will become a transaction
 * (client protocol sheet, section 3). Strings, data and lists may be null when the client sent them
 * so; nothing is validated here but the shape.
 */
public sealed interface Op {
  /** The operation's number as the client sent it. */
  OpCode code();

  /** The body, without a request header. */
  void write(JuteWriter out);

  /** The znode that it is about, as the client named it; null where it names none or several. */
  default String path() {
    return null;
  }

  /** What a znode is to hold; null where it says nothing of that. */
  default byte[] data() {
    return null;
  }

  /** create, create2, createContainer and createTTL. {@code ttlMs} is -1 for all but createTTL. */
  record Create(OpCode code, String path, byte[] data, List<Acl> acl, int flags, long ttlMs)
      implements Op {
    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeBuffer(data);
      if (acl == null) {
        out.writeInt(-1);
      } else {
        Acl.writeList(out, acl);
      }
      out.writeInt(flags);
      if (code == OpCode.CREATE_TTL) {
        out.writeLong(ttlMs);
      }
    }

    static Create read(OpCode code, JuteReader in) {
      String path = in.readString();
      byte[] data = in.readBuffer();
      List<Acl> acl = Acl.readList(in);
      int flags = in.readInt();
      return new Create(
          code, path, data, acl, flags, code == OpCode.CREATE_TTL ? in.readLong() : -1);
    }
  }

  /** delete; version -1 is any. */
  record Delete(String path, int version) implements Op {
    @Override
    public OpCode code() {
      return OpCode.DELETE;
    }

    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeInt(version);
    }
  }

  /** setData; version -1 is any. */
  record SetData(String path, byte[] data, int version) implements Op {
    @Override
    public OpCode code() {
      return OpCode.SET_DATA;
    }

    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeBuffer(data);
      out.writeInt(version);
    }
  }

  /** setACL; the version is compared with aversion, -1 is any. */
  record SetAcl(String path, List<Acl> acl, int version) implements Op {
    @Override
    public OpCode code() {
      return OpCode.SET_ACL;
    }

    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      if (acl == null) {
        out.writeInt(-1);
      } else {
        Acl.writeList(out, acl);
      }
      out.writeInt(version);
    }
  }

  /** check, inside a multi only. */
  record Check(String path, int version) implements Op {
    @Override
    public OpCode code() {
      return OpCode.CHECK;
    }

    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeInt(version);
    }
  }

  /** multi: all of them or none. */
  record Multi(List<Op> ops) implements Op {
    @Override
    public OpCode code() {
      return OpCode.MULTI;
    }

    @Override
    public void write(JuteWriter out) {
      for (Op op : ops) {
        MultiHeader.write(out, op.code().code(), false, -1);
        op.write(out);
      }
      MultiHeader.writeEnd(out);
    }

    /**
     * Decodes a multi, with the quirks of Apache's server (client protocol sheet, section 3.3).
     *
     * @return {@link Malformed} for most of what cannot be
     * @throws MalformedException for a create without a list of rights, which takes no zxid
     */
    static Op read(JuteReader in) {
      List<Op> ops = new ArrayList<>();
      int reads = 0;
      try {
        for (MultiHeader header = MultiHeader.read(in);
            !header.done();
            header = MultiHeader.read(in)) {
          OpCode code = OpCode.of(header.type());
          if (code == OpCode.GET_DATA || code == OpCode.GET_CHILDREN) {
            // Those of a multiRead: they decode, but then they cannot stand here.
            in.readString();
            in.readBoolean();
            reads++;
          } else if (code != null && isMultiOp(code)) {
            ops.add(Op.read(code, in));
          } else {
            return new Malformed(OpCode.MULTI);
          }
          if (!ops.isEmpty() && (reads > 0 || !isShaped(ops.get(ops.size() - 1)))) {
            throw new MalformedException("an operation in a multi that cannot be");
          }
        }
      } catch (MalformedException e) {
        if (!ops.isEmpty() && lacksRights(ops.get(ops.size() - 1))) {
          throw e;
        }
        return new Malformed(OpCode.MULTI);
      }
      return reads == 0 ? new Multi(ops) : new Malformed(OpCode.MULTI);
    }

    private static boolean lacksRights(Op op) {
      return op instanceof Create create
          && create.code != OpCode.CREATE_TTL
          && create.acl == null
          && CreateMode.of(create.flags) != null;
    }

    private static boolean isShaped(Op op) {
      if (!(op instanceof Create create) || create.code == OpCode.CREATE_TTL) {
        return true;
      }
      CreateMode mode = CreateMode.of(create.flags);
      return mode != null && !mode.isTtl() && create.acl != null;
    }

    private static boolean isMultiOp(OpCode code) {
      return switch (code) {
        case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL, DELETE, SET_DATA, CHECK -> true;
        default -> false;
      };
    }
  }

  /** A write that did not decode, but is to take a zxid like every refused write. */
  record Malformed(OpCode code) implements Op {
    @Override
    public void write(JuteWriter out) {
      throw new UnsupportedOperationException("a malformed " + code);
    }
  }

  /** reconfig. */
  record Reconfig(String joining, String leaving, String newMembers, long curConfigId)
      implements Op {
    @Override
    public OpCode code() {
      return OpCode.RECONFIG;
    }

    @Override
    public void write(JuteWriter out) {
      out.writeString(joining);
      out.writeString(leaving);
      out.writeString(newMembers);
      out.writeLong(curConfigId);
    }
  }

  /** createSession, made by the server for a handshake. */
  record CreateSession(int timeoutMs) implements Op {
    @Override
    public OpCode code() {
      return OpCode.CREATE_SESSION;
    }

    @Override
    public void write(JuteWriter out) {
      out.writeInt(timeoutMs);
    }
  }

  /** closeSession, of a client or of the session clock. */
  record CloseSession() implements Op {
    @Override
    public OpCode code() {
      return OpCode.CLOSE_SESSION;
    }

    @Override
    public void write(JuteWriter out) {}
  }

  /** deleteContainer, made by the server when a container is empty or a TTL has passed. */
  record DeleteContainer(String path) implements Op {
    @Override
    public OpCode code() {
      return OpCode.DELETE_CONTAINER;
    }

    @Override
    public void write(JuteWriter out) {
      byte[] raw = path.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      out.writeBuffer(raw);
    }
  }

  /**
   * Decodes the body of a write.
   *
   * @throws MalformedException when the bytes do not hold it, or {@code code} is not a client's
   *     write
   */
  static Op read(OpCode code, JuteReader in) {
    return switch (code) {
      case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL -> Create.read(code, in);
      case DELETE -> new Delete(in.readString(), in.readInt());
      case SET_DATA -> new SetData(in.readString(), in.readBuffer(), in.readInt());
      case SET_ACL -> new SetAcl(in.readString(), Acl.readList(in), in.readInt());
      case CHECK -> new Check(in.readString(), in.readInt());
      case MULTI -> Multi.read(in);
      case RECONFIG ->
          new Reconfig(in.readString(), in.readString(), in.readString(), in.readLong());
      case CLOSE_SESSION -> new CloseSession();
      default -> throw new MalformedException(code + " is not a write");
    };
  }
}
