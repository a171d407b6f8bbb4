package io.paddock.oracle;

import io.paddock.oracle.Jute.In;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Welcome;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns one server's frames into text that must equal another server's. Nothing of a frame is lost
 * but what may differ: zxids are printed relative to a base, times as whether they are plausible,
 * session ids as labels, and lists without promised order sorted.
 */
final class Reading {

  private static final Pattern SURROGATES =
      Pattern.compile("\u00ed[\u00a0-\u00af].\u00ed[\u00b0-\u00bf].", Pattern.DOTALL);

  private final Map<Long, String> sessions = new HashMap<>();
  private final long startedMs = System.currentTimeMillis();
  private final boolean severalSchemes;
  private long zxidBase;

  Reading() {
    this(false);
  }

  /**
   * @param severalSchemes whether one client has identities of several schemes, which Apache lists
   *     in the order of a hash table where a list names it by "auth"
   */
  Reading(boolean severalSchemes) {
    this.severalSchemes = severalSchemes;
  }

  /** The zxid that this server had when the comparison began. */
  void base(long zxid) {
    zxidBase = zxid;
  }

  long base() {
    return zxidBase;
  }

  void label(long sessionId, String label) {
    sessions.put(sessionId, label);
  }

  static byte[] utf8(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes as quoted ASCII with hex escapes, so that different bytes never look alike. */
  static String bytes(byte[] bytes) {
    if (bytes == null) {
      return "null";
    }
    StringBuilder text = new StringBuilder("\"");
    for (byte b : bytes) {
      boolean plain = b >= ' ' && b < 127 && b != '\\' && b != '"';
      text.append(plain ? Character.toString(b) : String.format("\\%02x", b & 0xff));
    }
    return text.append('"').toString();
  }

  String welcome(Welcome w) {
    if (w == null) {
      return "closed without a response";
    }
    String id = w.sessionId() == 0 ? "0" : sessions.getOrDefault(w.sessionId(), "unknown");
    boolean zeros = java.util.Arrays.equals(w.password(), new byte[16]);
    return "version=%d timeout=%d session=%s password=%s tail=%s"
        .formatted(
            w.version(),
            w.timeoutMs(),
            id,
            zeros ? "zeros" : w.password().length + " bytes",
            bytes(w.tail()));
  }

  /**
   * A string. Apache writes a supplementary character as two surrogates of three bytes each where
   * UTF-8 has four; readers take both for the same, and so does this.
   */
  private static String string(In in) {
    byte[] bytes = in.buf();
    if (bytes == null) {
      return "null";
    }
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    String joined = SURROGATES.matcher(latin).replaceAll(pair -> utf8OfPair(pair.group()));
    return bytes(joined.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String utf8OfPair(String six) {
    int high = (six.charAt(1) & 0xf) << 6 | six.charAt(2) & 0x3f;
    int low = (six.charAt(4) & 0xf) << 6 | six.charAt(5) & 0x3f;
    String character = Character.toString(0x10000 + (high << 10) + low);
    byte[] four = character.getBytes(StandardCharsets.UTF_8);
    return Matcher.quoteReplacement(new String(four, StandardCharsets.ISO_8859_1));
  }

  /** A reply to a request of this type, or a notification. */
  String frame(int requestType, Frame frame) {
    if (frame.kind() != RawClient.Kind.FRAME) {
      return frame.kind().toString();
    }
    String head = "xid=%d zxid=%s err=%d".formatted(frame.xid(), zxid(frame.zxid()), frame.err());
    In in = frame.in();
    try {
      String body = frame.isNotification() ? event(in) : body(requestType, frame.err(), in);
      String more = in.remaining() == 0 ? "" : " then " + bytes(in.rest());
      return head + " " + body + more;
    } catch (BufferUnderflowException e) {
      return head + " undecodable " + HexFormat.of().formatHex(frame.body());
    }
  }

  private static String event(In in) {
    return "event type=%d state=%d path=%s".formatted(in.i32(), in.i32(), string(in));
  }

  private String body(int type, int err, In in) {
    if (err != 0) {
      // An interrupted multiRead has a body all the same.
      return type == OpCode.MULTI_READ && in.remaining() > 0 ? results(in) : "";
    }
    return switch (type) {
      case OpCode.CREATE, OpCode.SYNC -> string(in);
      case OpCode.CREATE2, OpCode.CREATE_CONTAINER, OpCode.CREATE_TTL -> string(in) + stat(in);
      case OpCode.EXISTS, OpCode.SET_DATA, OpCode.SET_ACL -> stat(in);
      case OpCode.GET_DATA, OpCode.RECONFIG -> bytes(in.buf()) + stat(in);
      case OpCode.GET_ACL -> acl(in) + stat(in);
      case OpCode.GET_CHILDREN, OpCode.GET_EPHEMERALS -> sorted(in, Reading::string);
      case OpCode.GET_CHILDREN2 -> sorted(in, Reading::string) + stat(in);
      case OpCode.MULTI, OpCode.MULTI_READ -> results(in);
      case OpCode.SASL -> token(in);
      case OpCode.GET_ALL_CHILDREN_NUMBER, OpCode.ADD_WATCH -> Integer.toString(in.i32());
      case OpCode.WHO_AM_I -> sorted(in, i -> string(i) + ":" + string(i));
      default -> "";
    };
  }

  /** A token of DIGEST-MD5 without the numbers that are drawn for each login. */
  private static String token(In in) {
    return bytes(in.buf())
        .replaceAll("nonce=\\\\22[^\\\\]*\\\\22", "nonce")
        .replaceAll("rspauth=[0-9a-f]*", "rspauth");
  }

  private String results(In in) {
    StringBuilder text = new StringBuilder();
    while (true) {
      int type = in.i32();
      int done = in.u8();
      int err = in.i32();
      text.append("(type=%d done=%d err=%d".formatted(type, done, err));
      if (done != 0) {
        return text.append(')').toString();
      }
      text.append(' ').append(type == -1 ? "error " + in.i32() : body(type, err, in)).append(") ");
    }
  }

  private static String sorted(In in, Function<In, String> item) {
    int count = in.i32();
    if (count < 0) {
      return "count " + count;
    }
    List<String> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item.apply(in));
    }
    items.sort(null);
    return items.toString();
  }

  /** Entries in order, but neighbours that came from one expanded "auth" entry sorted. */
  private String acl(In in) {
    int count = in.i32();
    List<String> all = new ArrayList<>();
    List<String> run = new ArrayList<>();
    String runKey = "";
    for (int i = 0; i < count; i++) {
      String perms = Integer.toString(in.i32());
      String scheme = string(in);
      String entry = perms + ":" + scheme + ":" + string(in);
      String key = severalSchemes ? perms : perms + scheme;
      if (!key.equals(runKey)) {
        run.sort(null);
        all.addAll(run);
        run.clear();
        runKey = key;
      }
      run.add(entry);
    }
    run.sort(null);
    all.addAll(run);
    return count < 0 ? "count " + count : all.toString();
  }

  private String stat(In in) {
    String created = zxid(in.i64());
    String modified = zxid(in.i64());
    String times = time(in.i64()) + "," + time(in.i64());
    String versions = in.i32() + "," + in.i32() + "," + in.i32();
    String owner = owner(in.i64());
    String sizes = in.i32() + "," + in.i32();
    return " stat(c=%s m=%s times=%s versions=%s owner=%s length,children=%s p=%s)"
        .formatted(created, modified, times, versions, owner, sizes, zxid(in.i64()));
  }

  private String owner(long id) {
    return id == 0 ? "0" : sessions.getOrDefault(id, "unknown 0x" + Long.toHexString(id));
  }

  private String zxid(long zxid) {
    return zxid > 0 ? "z" + (zxid - zxidBase) : Long.toString(zxid);
  }

  /** A clock reading of the test's own span is as good as any other; anything else is told. */
  private String time(long ms) {
    boolean plausible = ms >= startedMs - 5_000 && ms <= System.currentTimeMillis() + 5_000;
    return plausible ? "T" : Long.toString(ms);
  }
}
