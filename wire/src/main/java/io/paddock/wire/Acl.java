package io.paddock.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * One entry of an access control list: permission bits and who has them (client protocol sheet,
 * section 9). Bits are stored as the client sent them, also those without a meaning.
 */
public record Acl(int perms, Id id) {
  public static final int READ = 1;
  public static final int WRITE = 2;
  public static final int CREATE = 4;
  public static final int DELETE = 8;
  public static final int ADMIN = 16;
  public static final int ALL = 31;

  /** World:anyone with every permission. */
  public static final List<Acl> OPEN = List.of(new Acl(ALL, new Id("world", "anyone")));

  private static final int BYTES_MIN = 12;

  public void write(JuteWriter out) {
    out.writeInt(perms);
    id.write(out);
  }

  public static Acl read(JuteReader in) {
    return new Acl(in.readInt(), Id.read(in));
  }

  /** A vector of entries; a null list is written as an empty one, as clients expect of replies. */
  public static void writeList(JuteWriter out, List<Acl> list) {
    if (list == null) {
      out.writeInt(0);
      return;
    }
    out.writeInt(list.size());
    for (Acl acl : list) {
      acl.write(out);
    }
  }

  /** The next vector of entries; null when its count is -1. */
  public static List<Acl> readList(JuteReader in) {
    int count = in.readCount(BYTES_MIN);
    if (count < 0) {
      return null;
    }
    List<Acl> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(read(in));
    }
    return list;
  }
}
