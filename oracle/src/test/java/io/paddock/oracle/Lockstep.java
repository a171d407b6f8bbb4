package io.paddock.oracle;

import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.security.sasl.SaslException;

/**
 * Two servers that are told the same, request by request, over the same number of connections
 * ("slots"). After each request every connection is pinged: what its client was to be told arrives
 * before the ping's reply, so events are compared without waiting for silence.
 */
final class Lockstep implements AutoCloseable {

  /** How a slot connects. */
  enum Attach {
    /** A new session. */
    NEW,
    /** The slot's last session with its password. */
    AGAIN,
    /** The slot's last session with a wrong password. */
    WRONG_PASSWORD,
    /** The slot's last session with no password. */
    NO_PASSWORD,
    /** The slot's last session with half of its password. */
    HALF_A_PASSWORD,
    /** The session of the next slot, which may be connected, with its password. */
    NEIGHBOURS,
    /** A session that never was. */
    INVENTED,
    /** A new session by a client that claims to have seen the future. */
    FROM_THE_FUTURE
  }

  /** What both servers said to one step. */
  record Outcome(String words, String left, String right) {
    boolean equal() {
      return left.equals(right);
    }
  }

  private static final class Slot {
    RawClient client;
    int owner = -1;
  }

  private record Session(long id, byte[] password) {}

  /** How connections to a server are made: in plain text, or by TLS as somebody. */
  interface Door {
    /**
     * @param entrance which of the ways; 0 is the plain port
     */
    RawClient open(int entrance);
  }

  private static final class Side {
    Door door;
    final Reading reading;
    final List<Slot> slots = new ArrayList<>();
    final List<Session> sessions = new ArrayList<>();
    Frame lastReply;

    Slot neighbour(int slot) {
      return slots.get((slot + 1) % slots.size());
    }

    Side(Door door, boolean severalSchemes, int slotCount) {
      this.door = door;
      this.reading = new Reading(severalSchemes);
      for (int i = 0; i < slotCount; i++) {
        slots.add(new Slot());
      }
    }
  }

  private final Side left;
  private final Side right;

  Lockstep(int leftPort, int rightPort, int slotCount) {
    this(
        entrance -> new RawClient(leftPort),
        entrance -> new RawClient(rightPort),
        false,
        slotCount);
  }

  /**
   * @param severalSchemes see {@link Reading}
   */
  Lockstep(Door leftDoor, Door rightDoor, boolean severalSchemes, int slotCount) {
    left = new Side(leftDoor, severalSchemes, slotCount);
    right = new Side(rightDoor, severalSchemes, slotCount);
    for (Side side : List.of(left, right)) {
      try (RawClient probe = RawClient.session(side.door.open(0))) {
        Frame ping = probe.call(Op.bare(OpCode.PING));
        side.reading.base(ping.zxid());
        probe.call(Op.bare(OpCode.CLOSE_SESSION));
      }
    }
  }

  /** The servers have been restarted: no slot is connected, sessions live on. */
  void restarted(int leftPort, int rightPort) {
    close();
    left.door = entrance -> new RawClient(leftPort);
    right.door = entrance -> new RawClient(rightPort);
  }

  boolean connected(int slot) {
    return connected(left, slot);
  }

  /** Whether the slot ever had a session that {@link Attach#AGAIN} could name. */
  boolean hasSession(int slot) {
    return left.slots.get(slot).owner >= 0;
  }

  /** Whether the slot behind it ever had one, for {@link Attach#NEIGHBOURS}. */
  boolean hasNeighbour(int slot) {
    return left.neighbour(slot).owner >= 0;
  }

  /** The left server's last reply, for tests that also state what it must be. */
  Frame lastReply() {
    return left.lastReply;
  }

  /** The largest zxid relative to the base, as the last reply told it. */
  long lastZxid() {
    return left.lastReply == null ? 0 : Math.max(0, left.lastReply.zxid() - left.reading.base());
  }

  Outcome connect(int slot, Attach attach, int timeoutMs, boolean withReadOnly) {
    return connect(slot, 0, attach, timeoutMs, withReadOnly);
  }

  Outcome connect(int slot, int entrance, Attach attach, int timeoutMs, boolean withReadOnly) {
    String words = "slot %d connects%s: %s timeout=%d readOnly byte %s";
    String by = entrance == 0 ? "" : " by entrance " + entrance;
    return new Outcome(
        words.formatted(slot, by, attach, timeoutMs, withReadOnly ? "sent" : "omitted"),
        connect(left, slot, entrance, attach, timeoutMs, withReadOnly),
        connect(right, slot, entrance, attach, timeoutMs, withReadOnly));
  }

  /** A login by DIGEST-MD5, whose tokens differ by the servers' nonces. */
  Outcome login(int slot, DigestLogin as, String actsFor) {
    String words = "slot %d logs in as %s%s";
    String other = actsFor == null ? "" : " for " + actsFor;
    return new Outcome(
        words.formatted(slot, as, other),
        login(left, slot, as, actsFor),
        login(right, slot, as, actsFor));
  }

  private String login(Side side, int slot, DigestLogin as, String actsFor) {
    String text = op(side, slot, Op.sasl(new byte[0]));
    Frame answer = side.lastReply;
    boolean open = answer.kind() == Kind.FRAME && answer.err() == 0 && connected(side, slot);
    byte[] challenge = open ? answer.in().buf() : null;
    if (challenge != null) {
      try {
        text += op(side, slot, Op.sasl(as.client(actsFor).evaluateChallenge(challenge)));
      } catch (SaslException e) {
        throw new AssertionError("no challenge of DIGEST-MD5:" + text, e);
      }
    }
    return text;
  }

  private static boolean connected(Side side, int slot) {
    return side.slots.get(slot).client != null;
  }

  Outcome op(int slot, Op op) {
    return new Outcome("slot " + slot + ": " + op.words(), op(left, slot, op), op(right, slot, op));
  }

  /** Sends requests in one piece: their replies, and the events among them, keep their order. */
  Outcome burst(int slot, List<Op> ops) {
    String words = ops.stream().map(Op::words).collect(Collectors.joining("\n  and "));
    return new Outcome(
        "slot " + slot + " at once: " + words, burst(left, slot, ops), burst(right, slot, ops));
  }

  /** Closes the TCP connection and leaves the session alive. */
  Outcome drop(int slot) {
    for (Side side : List.of(left, right)) {
      disconnect(side.slots.get(slot));
    }
    return new Outcome("slot " + slot + " drops its connection", barrier(left), barrier(right));
  }

  private String connect(
      Side side, int slotIndex, int entrance, Attach attach, int timeoutMs, boolean withReadOnly) {
    Slot slot = side.slots.get(slotIndex);
    RawClient old = slot.client;
    boolean again = attach != Attach.NEW && attach != Attach.FROM_THE_FUTURE;
    int owner = attach == Attach.NEIGHBOURS ? side.neighbour(slotIndex).owner : slot.owner;
    Session last = again ? side.sessions.get(owner) : new Session(0, null);
    long id = attach == Attach.INVENTED ? 0x0123_4567_89ab_cdefL : last.id();
    long seen = attach == Attach.FROM_THE_FUTURE ? Long.MAX_VALUE : 0;
    RawClient client = side.door.open(entrance);
    byte[] password = password(attach, last.password());
    byte[] hello =
        RawClient.connectRequest(timeoutMs % 3, seen, timeoutMs, id, password, withReadOnly);
    Welcome welcome = client.handshake(hello);
    boolean accepted = welcome != null && welcome.accepted();
    if (accepted && again) {
      slot.owner = owner;
    } else if (accepted) {
      slot.owner = side.sessions.size();
      side.reading.label(welcome.sessionId(), "S" + slot.owner);
      side.sessions.add(new Session(welcome.sessionId(), welcome.password()));
    }
    String text = side.reading.welcome(welcome);
    if (old != null) {
      boolean cut = again && attach != Attach.INVENTED && attach != Attach.NEIGHBOURS;
      text += cut ? "; the old connection: " + ended(old) : "";
      old.close();
    }
    slot.client = client;
    if (!accepted) {
      text += "; this connection: " + ended(client);
      disconnect(slot);
    }
    return text + barrier(side);
  }

  private static byte[] password(Attach attach, byte[] right) {
    return switch (attach) {
      case WRONG_PASSWORD -> new byte[16];
      case HALF_A_PASSWORD -> Arrays.copyOf(right, 8);
      case NO_PASSWORD -> null;
      default -> right;
    };
  }

  /** The server closes right after these replies, but a ping might still slip in between. */
  private static boolean closes(Op op, Frame reply) {
    boolean unknown = reply.err() == -6 && reply.zxid() == -1;
    boolean refused = reply.err() == -115 || reply.err() == -124;
    boolean left = op.type() == OpCode.CLOSE_SESSION && reply.kind() == Kind.FRAME;
    return unknown || refused || left;
  }

  private static String ended(RawClient client) {
    return client.next().kind().toString();
  }

  private static void disconnect(Slot slot) {
    if (slot.client != null) {
      slot.client.close();
      slot.client = null;
    }
  }

  private String op(Side side, int slotIndex, Op op) {
    RawClient client = side.slots.get(slotIndex).client;
    int xid = client.request(op.type(), op.bodyAt(side.reading.base()));
    StringBuilder text = new StringBuilder();
    List<String> events = new ArrayList<>();
    while (true) {
      Frame frame = client.next(Duration.ofSeconds(3));
      if (frame.isNotification()) {
        events.add("\n  event before the reply: " + side.reading.frame(op.type(), frame));
        continue;
      }
      side.lastReply = frame;
      text.append("\n  reply: ").append(side.reading.frame(op.type(), frame));
      if (frame.kind() == Kind.FRAME && frame.xid() != xid) {
        text.append(" (another xid than ").append(xid).append(')');
      }
      if (closes(op, frame)) {
        text.append("; then the connection: ").append(ended(client));
        disconnect(side.slots.get(slotIndex));
      }
      break;
    }
    boolean unordered = op.type() == OpCode.CLOSE_SESSION;
    if (unordered) {
      events.sort(null);
    }
    events.forEach(text::append);
    return text + barrier(side, unordered);
  }

  private String burst(Side side, int slotIndex, List<Op> ops) {
    RawClient client = side.slots.get(slotIndex).client;
    List<Integer> xids = client.requests(ops, side.reading.base());
    StringBuilder text = new StringBuilder();
    int answered = 0;
    while (answered < ops.size()) {
      Frame frame = client.next();
      int type = ops.get(answered).type();
      text.append(frame.isNotification() ? "\n  event: " : "\n  reply: ");
      text.append(side.reading.frame(type, frame));
      if (!frame.isNotification()) {
        side.lastReply = frame;
        boolean other = frame.xid() != xids.get(answered);
        text.append(other ? " (another xid than " + xids.get(answered) + ")" : "");
        answered = frame.kind() == Kind.FRAME ? answered + 1 : ops.size();
      }
    }
    return text + barrier(side);
  }

  private String barrier(Side side) {
    return barrier(side, false);
  }

  /** Pings every connection and tells what came before the replies, and which have ended. */
  private String barrier(Side side, boolean unordered) {
    for (Slot slot : side.slots) {
      if (slot.client != null) {
        slot.client.request(OpCode.PING, new byte[0]);
      }
    }
    StringBuilder text = new StringBuilder();
    StringBuilder pongs = new StringBuilder("\n  pings:");
    for (int i = 0; i < side.slots.size(); i++) {
      Slot slot = side.slots.get(i);
      if (slot.client != null) {
        List<String> lines = new ArrayList<>();
        pongs.append(' ').append(i).append('=').append(untilPong(side, slot, lines));
        if (unordered) {
          lines.sort(null);
        }
        for (String line : lines) {
          text.append("\n  slot ").append(i).append(": ").append(line);
        }
      }
    }
    return text.append(pongs).toString();
  }

  private static String untilPong(Side side, Slot slot, List<String> lines) {
    while (true) {
      Frame frame = slot.client.next();
      if (frame.kind() != Kind.FRAME) {
        disconnect(slot);
        return frame.kind().toString();
      } else if (frame.xid() == RawClient.PING_XID) {
        return side.reading.frame(OpCode.PING, frame).substring("xid=-2 ".length());
      }
      lines.add(side.reading.frame(OpCode.PING, frame));
    }
  }

  @Override
  public void close() {
    left.slots.forEach(Lockstep::disconnect);
    right.slots.forEach(Lockstep::disconnect);
  }
}
