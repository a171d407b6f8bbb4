package io.paddock.wire;

/** The body of a watch event's frame (client protocol sheet, section 7.1). */
public record WatcherEvent(int type, int state, String path) {
  public static final int NODE_CREATED = 1;
  public static final int NODE_DELETED = 2;
  public static final int NODE_DATA_CHANGED = 3;
  public static final int NODE_CHILDREN_CHANGED = 4;

  /** The only state a server sends. */
  public static final int SYNC_CONNECTED = 3;

  public void write(JuteWriter out) {
    out.writeInt(type);
    out.writeInt(state);
    out.writeString(path);
  }

  public static WatcherEvent read(JuteReader in) {
    return new WatcherEvent(in.readInt(), in.readInt(), in.readString());
  }
}
