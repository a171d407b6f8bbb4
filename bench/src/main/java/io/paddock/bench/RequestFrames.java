package io.paddock.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whole request frames of the client protocol, length included, with xid 0 at {@link #XID_OFFSET}
 * for the sender to patch (client protocol sheet, sections 1 to 3).
 *
 * <p>The benchmark has its own few encoders because what it measures must not also be its ruler.
 */
@SuppressWarnings("ByteBufferBackingArray") // All come from start().
final class RequestFrames {
  static final int XID_OFFSET = 4;

  /** Reply header behind the frame length: xid, zxid, err. */
  static final int REPLY_HEADER_BYTES = 16;

  static final int STAT_BYTES = 68;

  static final int PASSWORD_BYTES = 16;
  static final int SET_WATCHES_XID = -8;

  private static final int CREATE = 1;
  private static final int GET_DATA = 4;
  private static final int SET_DATA = 5;
  private static final int GET_CHILDREN = 8;
  private static final int SYNC = 9;
  private static final int SET_WATCHES = 101;
  private static final int CLOSE_SESSION = -11;
  private static final int ALL_PERMISSIONS = 31;

  private RequestFrames() {}

  /** ConnectRequest of a new session; it has neither header nor xid. */
  static byte[] connect(int timeoutMillis) {
    return connect(timeoutMillis, 0, new byte[PASSWORD_BYTES]);
  }

  /** ConnectRequest of a session that comes back; 0 is for a new one. */
  static byte[] connect(int timeoutMillis, long sessionId, byte[] password) {
    ByteBuffer frame = ByteBuffer.allocate(4 + 45);
    frame.putInt(45).putInt(0).putLong(0).putInt(timeoutMillis).putLong(sessionId);
    frame.putInt(PASSWORD_BYTES).put(password, 0, PASSWORD_BYTES).put((byte) 0);
    return frame.array();
  }

  /** setWatches of data watches, by a client that has seen all that has happened. */
  static byte[] setWatches(List<String> paths) {
    int bytes = paths.stream().mapToInt(RequestFrames::stringBytes).sum();
    ByteBuffer frame = start(SET_WATCHES, 8 + 4 + bytes + 4 + 4);
    frame.putInt(XID_OFFSET, SET_WATCHES_XID).putLong(Long.MAX_VALUE).putInt(paths.size());
    paths.forEach(path -> putString(frame, path));
    return frame.putInt(0).putInt(0).array();
  }

  static byte[] getData(String path, boolean watch) {
    return pathAndFlag(GET_DATA, path, watch);
  }

  static byte[] getChildren(String path) {
    return pathAndFlag(GET_CHILDREN, path, false);
  }

  /** setData at any version. */
  static byte[] setData(String path, byte[] data) {
    ByteBuffer frame = start(SET_DATA, stringBytes(path) + 4 + data.length + 4);
    putString(frame, path);
    return frame.putInt(data.length).put(data).putInt(-1).array();
  }

  /** create of a persistent znode open to everybody. */
  static byte[] create(String path, byte[] data) {
    int aclBytes = 4 + 4 + stringBytes("world") + stringBytes("anyone");
    ByteBuffer frame = start(CREATE, stringBytes(path) + 4 + data.length + aclBytes + 4);
    putString(frame, path);
    frame.putInt(data.length).put(data);
    frame.putInt(1).putInt(ALL_PERMISSIONS);
    putString(frame, "world");
    putString(frame, "anyone");
    return frame.putInt(0).array();
  }

  static byte[] sync(String path) {
    ByteBuffer frame = start(SYNC, stringBytes(path));
    putString(frame, path);
    return frame.array();
  }

  static byte[] closeSession() {
    return start(CLOSE_SESSION, 0).array();
  }

  private static byte[] pathAndFlag(int type, String path, boolean flag) {
    ByteBuffer frame = start(type, stringBytes(path) + 1);
    putString(frame, path);
    return frame.put((byte) (flag ? 1 : 0)).array();
  }

  private static ByteBuffer start(int type, int bodyBytes) {
    ByteBuffer frame = ByteBuffer.allocate(4 + 8 + bodyBytes);
    return frame.putInt(8 + bodyBytes).putInt(0).putInt(type);
  }

  private static int stringBytes(String text) {
    return 4 + text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void putString(ByteBuffer frame, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    frame.putInt(bytes.length).put(bytes);
  }
}
