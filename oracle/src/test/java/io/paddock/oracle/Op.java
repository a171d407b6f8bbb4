package io.paddock.oracle;

import io.paddock.oracle.Jute.Out;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * A request without its xid.
 *
 * @param type opcode
 * @param body the bytes after the header, given the server's zxid base (only setWatches needs it)
 * @param words the request for people
 */
record Op(int type, LongFunction<byte[]> body, String words) {

  /** One ACL entry; scheme and id may be null, which only a raw client can send. */
  record Acl(int perms, String scheme, String id) {
    void write(Out out) {
      out.i32(perms).str(scheme).str(id);
    }

    @Override
    public String toString() {
      return scheme + ":" + id + ":" + perms;
    }
  }

  static final List<Acl> OPEN = List.of(new Acl(31, "world", "anyone"));
  static final int PERSISTENT = 0;
  static final int EPHEMERAL = 1;
  static final int SEQUENTIAL = 2;
  static final int EPHEMERAL_SEQUENTIAL = 3;
  static final int CONTAINER = 4;
  static final int TTL = 5;
  static final int TTL_SEQUENTIAL = 6;

  byte[] bodyAt(long zxidBase) {
    return body.apply(zxidBase);
  }

  static Op of(int type, byte[] body, String words) {
    return new Op(type, base -> body, words);
  }

  private static Op of(int type, Out body, Object... words) {
    StringBuilder text = new StringBuilder(OpCode.name(type));
    for (Object word : words) {
      text.append(' ').append(word instanceof byte[] bytes ? Reading.bytes(bytes) : word);
    }
    return of(type, body.bytes(), text.toString());
  }

  static Op create(int type, String path, byte[] data, List<Acl> acl, int flags) {
    Out body = new Out().str(path).buf(data).vec(acl, (o, a) -> a.write(o)).i32(flags);
    return of(type, body, path, data, acl, "flags=" + flags);
  }

  static Op create(String path, String data) {
    return create(OpCode.CREATE, path, Reading.utf8(data), OPEN, PERSISTENT);
  }

  static Op create(String path, int flags) {
    return create(OpCode.CREATE, path, new byte[0], OPEN, flags);
  }

  static Op createTtl(String path, byte[] data, List<Acl> acl, int flags, long ttlMs) {
    Out body = new Out().str(path).buf(data).vec(acl, (o, a) -> a.write(o)).i32(flags).i64(ttlMs);
    return of(OpCode.CREATE_TTL, body, path, data, acl, "flags=" + flags, "ttl=" + ttlMs);
  }

  static Op delete(String path, int version) {
    return of(OpCode.DELETE, new Out().str(path).i32(version), path, "v" + version);
  }

  static Op setData(String path, byte[] data, int version) {
    return of(
        OpCode.SET_DATA, new Out().str(path).buf(data).i32(version), path, data, "v" + version);
  }

  static Op setData(String path, String data) {
    return setData(path, Reading.utf8(data), -1);
  }

  static Op setAcl(String path, List<Acl> acl, int version) {
    Out body = new Out().str(path).vec(acl, (o, a) -> a.write(o)).i32(version);
    return of(OpCode.SET_ACL, body, path, acl, "v" + version);
  }

  static Op check(String path, int version) {
    return of(OpCode.CHECK, new Out().str(path).i32(version), path, "v" + version);
  }

  /** exists, getData, getChildren or getChildren2. */
  static Op read(int type, String path, boolean watch) {
    return of(type, new Out().str(path).bool(watch), path, watch ? "watch" : "");
  }

  static Op exists(String path, boolean watch) {
    return read(OpCode.EXISTS, path, watch);
  }

  static Op getData(String path, boolean watch) {
    return read(OpCode.GET_DATA, path, watch);
  }

  static Op getChildren2(String path, boolean watch) {
    return read(OpCode.GET_CHILDREN2, path, watch);
  }

  /** getACL, sync, getEphemerals or getAllChildrenNumber: a path alone. */
  static Op path(int type, String path) {
    return of(type, new Out().str(path), path);
  }

  /** ping, whoAmI or closeSession. */
  static Op bare(int type) {
    return of(type, new Out());
  }

  /** addWatch, checkWatches or removeWatches. */
  static Op watch(int type, String path, int number) {
    return of(type, new Out().str(path).i32(number), path, number);
  }

  static Op auth(String scheme, byte[] auth) {
    return of(OpCode.AUTH, new Out().i32(0).str(scheme).buf(auth), scheme, auth);
  }

  static Op auth(String scheme, String auth) {
    return auth(scheme, Reading.utf8(auth));
  }

  static Op sasl(byte[] token) {
    return of(OpCode.SASL, new Out().buf(token), token);
  }

  static Op reconfig(String joining, String leaving, String members, long config) {
    Out body = new Out().str(joining).str(leaving).str(members).i64(config);
    return of(OpCode.RECONFIG, body, joining, leaving, members, config);
  }

  /** multi or multiRead of these parts. */
  static Op multi(int type, List<Op> parts) {
    Out body = new Out();
    for (Op part : parts) {
      body.i32(part.type()).bool(false).i32(-1).raw(part.bodyAt(0));
    }
    body.i32(-1).bool(true).i32(-1);
    String words = parts.stream().map(Op::words).collect(Collectors.joining("; "));
    return of(type, body, "[" + words + "]");
  }

  /**
   * setWatches or setWatches2.
   *
   * @param relativeZxid as seen by the client, relative to the base
   * @param paths three or five lists
   */
  static Op setWatches(long relativeZxid, List<List<String>> paths) {
    int type = paths.size() == 3 ? OpCode.SET_WATCHES : OpCode.SET_WATCHES2;
    LongFunction<byte[]> body =
        base -> {
          Out out = new Out().i64(base + relativeZxid);
          paths.forEach(out::strings);
          return out.bytes();
        };
    return new Op(type, body, OpCode.name(type) + " z" + relativeZxid + " " + paths);
  }
}
