package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction: header, body, and the tree's digest after it where it has one. Its encoding is the
 * payload of a log record and of a proposal (data directory sheet, section 2.3):
 *
 * <pre>
 * long sessionId, int cxid, long zxid, long timeMs, int type      {@link TxnHeader}
 * the record of that type                                         {@link TxnBody}
 * [int 2, long digest]                                            if 12 bytes are left
 * </pre>
 *
 * Immutable.
 */
public final class Txn {
  private static final int DIGEST_VERSION = 2;
  private static final int DIGEST_BYTES = 12;

  private final TxnHeader header;
  private final TxnBody body;
  private final boolean hasDigest;
  private final long digest;

  private Txn(TxnHeader header, TxnBody body, boolean hasDigest, long digest) {
    this.header = header;
    this.body = body;
    this.hasDigest = hasDigest;
    this.digest = digest;
  }

  static Txn of(TxnHeader header, TxnBody body) {
    return new Txn(header, body, false, 0);
  }

  static Txn of(TxnHeader header, TxnBody body, long digest) {
    return new Txn(header, body, true, digest);
  }

  public TxnHeader header() {
    return header;
  }

  public TxnBody body() {
    return body;
  }

  public long zxid() {
    return header.zxid();
  }

  /** Whether the record carries a digest of version 2. */
  public boolean hasDigest() {
    return hasDigest;
  }

  /** The tree's digest after this transaction; 0 when there is none. */
  public long digest() {
    return digest;
  }

  public void write(JuteWriter out) {
    header.write(out);
    body.write(out);
    if (hasDigest) {
      out.writeInt(DIGEST_VERSION);
      out.writeLong(digest);
    }
  }

  /**
   * Decodes the whole rest of {@code in}.
   *
   * @throws MalformedException when it is not a transaction, or of an unknown type
   */
  public static Txn read(JuteReader in) {
    TxnHeader header = TxnHeader.read(in);
    OpCode type = OpCode.of(header.type());
    TxnBody body = type == OpCode.MULTI ? readMulti(in) : readBody(type, header.type(), in);
    if (in.remaining() >= DIGEST_BYTES && in.readInt() == DIGEST_VERSION) {
      return of(header, body, in.readLong());
    }
    return of(header, body);
  }

  private static TxnBody readMulti(JuteReader in) {
    int count = Math.max(0, in.readCount(8));
    List<TxnBody.Part> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int type = in.readInt();
      byte[] bytes = in.readBuffer();
      if (bytes == null) {
        throw new MalformedException("part " + i + " of a multi has no record");
      }
      JuteReader record = new JuteReader(bytes);
      OpCode code = OpCode.of(type);
      parts.add(
          new TxnBody.Part(
              type,
              code == OpCode.CHECK
                  ? new TxnBody.Check(path(record), record.readInt())
                  : readBody(code, type, record)));
    }
    return new TxnBody.Multi(parts);
  }

  private static TxnBody readBody(OpCode code, int type, JuteReader in) {
    if (code == null) {
      throw new MalformedException("transaction of unknown type " + type);
    }
    return switch (code) {
      case CREATE, CREATE2 ->
          new TxnBody.Create(
              path(in), in.readBuffer(), Acl.readList(in), in.readBoolean(), parentCversion(in));
      case CREATE_CONTAINER ->
          new TxnBody.CreateContainer(path(in), in.readBuffer(), Acl.readList(in), in.readInt());
      case CREATE_TTL ->
          new TxnBody.CreateTtl(
              path(in), in.readBuffer(), Acl.readList(in), in.readInt(), in.readLong());
      case DELETE, DELETE_CONTAINER -> new TxnBody.Delete(path(in));
      case SET_DATA, RECONFIG -> new TxnBody.SetData(path(in), in.readBuffer(), in.readInt());
      case SET_ACL -> new TxnBody.SetAcl(path(in), Acl.readList(in), in.readInt());
      case ERROR -> new TxnBody.Error(in.readInt());
      case CREATE_SESSION -> new TxnBody.CreateSession(in.readInt());
      case CLOSE_SESSION -> new TxnBody.CloseSession(paths(in));
      default -> throw new MalformedException("transaction of type " + type);
    };
  }

  /** Releases before 3.4 wrote none. */
  private static int parentCversion(JuteReader in) {
    return in.remaining() == 0 ? -1 : in.readInt();
  }

  private static String path(JuteReader in) {
    String path = in.readString();
    if (path == null) {
      throw new MalformedException("transaction without a path");
    }
    return path;
  }

  private static List<String> paths(JuteReader in) {
    if (in.remaining() == 0 || isDigest(in)) {
      return null;
    }
    int count = in.readCount(4);
    if (count < 0) {
      return null;
    }
    List<String> paths = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      paths.add(path(in));
    }
    return paths;
  }

  /** Whether only a digest is left: as a list it would be two empty paths, which nobody writes. */
  private static boolean isDigest(JuteReader in) {
    if (in.remaining() != DIGEST_BYTES) {
      return false;
    }
    int at = in.position();
    return new JuteReader().reset(in.array(), at, at + 4).readInt() == DIGEST_VERSION;
  }
}
