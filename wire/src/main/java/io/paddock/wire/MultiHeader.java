package io.paddock.wire;

/**
 * What stands before every operation and result of a multi, and ends it (client protocol sheet,
 * section 3.3).
 */
public record MultiHeader(int type, boolean done, int err) {
  public static MultiHeader read(JuteReader in) {
    return new MultiHeader(in.readInt(), in.readBoolean(), in.readInt());
  }

  public static void write(JuteWriter out, int type, boolean done, int err) {
    out.writeInt(type);
    out.writeBoolean(done);
    out.writeInt(err);
  }

  /** The header that ends a multi. */
  public static void writeEnd(JuteWriter out) {
    write(out, -1, true, -1);
  }
}
