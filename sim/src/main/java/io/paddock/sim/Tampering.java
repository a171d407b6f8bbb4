package io.paddock.sim;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReplyHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where planted bugs change what passes between a client and its server. One connection's. */
final class Tampering {
  private final World world;
  private final Canary canary;
  private final ArrivedBytes outgoing = new ArrivedBytes();

  /** Replies that are held until the reply with the key has left. */
  private final Map<Integer, Integer> behind = new HashMap<>();

  private final Map<Integer, byte[]> heldReplies = new HashMap<>();
  private final List<byte[]> heldEvents = new ArrayList<>();
  private byte[] heldRequest;
  private boolean greeted;
  private boolean answered;

  /** Whether a watch was forgotten that has not fired. */
  private boolean forgets;

  Tampering(World world) {
    this.world = world;
    this.canary = world.canary;
  }

  /** The connection has outlived a leader. */
  void goesOn() {
    forgets = true;
  }

  /** What the server takes instead of the frame. */
  List<byte[]> incoming(byte[] frame) {
    if (!greeted) {
      greeted = true;
      return List.of(frame);
    }
    return switch (canary) {
      case READ_PAST_A_LATER_WRITE -> swapped(frame, false);
      case STALE_OWN_READ -> swapped(frame, true);
      default -> List.of(frame);
    };
  }

  /**
   * Lets a request of one kind wait for the next one, and overtake it when that is of the other.
   */
  private List<byte[]> swapped(byte[] frame, boolean writesWait) {
    if (heldRequest == null) {
      if (isRead(frame) != writesWait && (isRead(frame) || isWrite(frame))) {
        heldRequest = frame;
        return List.of();
      }
      return List.of(frame);
    }
    byte[] first = heldRequest;
    heldRequest = null;
    boolean swaps = writesWait ? isRead(frame) : isWrite(frame);
    if (!swaps) {
      return List.of(first, frame);
    }
    behind.put(xid(first), xid(frame));
    return List.of(frame, first);
  }

  private static OpCode code(byte[] frame) {
    JuteReader in = new JuteReader(frame);
    in.readInt();
    return OpCode.of(in.readInt());
  }

  private static boolean isRead(byte[] frame) {
    OpCode code = code(frame);
    return code == OpCode.GET_DATA || code == OpCode.EXISTS || code == OpCode.GET_CHILDREN2;
  }

  private static boolean isWrite(byte[] frame) {
    OpCode code = code(frame);
    return code == OpCode.SET_DATA || code == OpCode.CREATE || code == OpCode.DELETE;
  }

  private static int xid(byte[] frame) {
    return new JuteReader(frame).readInt();
  }

  /** What the client gets instead of these bytes. */
  byte[] outgoing(byte[] bytes) {
    if (canary == Canary.NONE) {
      return bytes;
    }
    outgoing.add(bytes);
    JuteWriter out = new JuteWriter();
    for (byte[] frame = outgoing.takeFrame(); frame != null; frame = outgoing.takeFrame()) {
      if (answered) {
        send(frame, out);
      } else {
        answered = true;
        write(frame, out);
      }
    }
    return out.toByteArray();
  }

  private void send(byte[] frame, JuteWriter out) {
    int xid = xid(frame);
    if (xid == ReplyHeader.XID_NOTIFICATION) {
      switch (canary) {
        case EVENT_AFTER_STATE -> heldEvents.add(frame);
        case WATCH_FORGOTTEN_AT_RESUME -> {
          if (!forgets) {
            write(frame, out);
          }
          forgets = false;
        }
        case LOST_EVENT -> {
          if (!world.oneIn(4)) {
            write(frame, out);
          }
        }
        default -> write(frame, out);
      }
      return;
    }
    if (behind.containsValue(xid) && behind.containsKey(first(xid))) {
      heldReplies.put(xid, frame);
      return;
    }
    write(frame, out);
    Integer next = behind.remove(xid);
    if (next != null && heldReplies.containsKey(next)) {
      write(heldReplies.remove(next), out);
    }
    heldEvents.forEach(event -> write(event, out));
    heldEvents.clear();
  }

  /** The request whose reply must leave before the one to {@code xid}. */
  private int first(int xid) {
    for (Map.Entry<Integer, Integer> pair : behind.entrySet()) {
      if (pair.getValue() == xid) {
        return pair.getKey();
      }
    }
    return 0;
  }

  private static void write(byte[] frame, JuteWriter out) {
    out.writeBuffer(frame);
  }
}
