package io.paddock.server;

import io.paddock.machine.MemberJournal;
import io.paddock.tree.Tree;
import io.paddock.zab.QuorumPacket;
import java.util.ArrayDeque;

/** One direction of a connection between two members: first in, first out, until it is cut. */
final class VirtualLink {
  /** A place in the order: a packet, a tree, or a log that is being read. */
  private static final class Slot {
    private final ArrayDeque<QuorumPacket> packets = new ArrayDeque<>();
    private Tree tree;
    private boolean complete = true;
  }

  private final VirtualEnsemble ensemble;
  private final long connection;
  private final int from;
  private final int to;
  private final ArrayDeque<Slot> slots = new ArrayDeque<>();
  private VirtualLink back;
  private boolean closed;
  private boolean told;

  VirtualLink(VirtualEnsemble ensemble, long connection, int from, int to) {
    this.ensemble = ensemble;
    this.connection = connection;
    this.from = from;
    this.to = to;
  }

  void pairWith(VirtualLink other) {
    back = other;
    other.back = this;
  }

  long connection() {
    return connection;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  void send(QuorumPacket packet) {
    if (!closed) {
      Slot slot = new Slot();
      slot.packets.add(packet);
      slots.add(slot);
    }
  }

  void send(Tree tree) {
    if (!closed) {
      Slot slot = new Slot();
      slot.tree = tree;
      slots.add(slot);
    }
  }

  /** What the log has takes its place here when it was read. */
  MemberJournal.LogPieces log() {
    Slot slot = new Slot();
    slot.complete = false;
    slots.add(slot);
    return new MemberJournal.LogPieces() {
      @Override
      public void txn(long zxid, byte[] bytes, int offset, int length) {
        byte[] txn = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
        slot.packets.add(new QuorumPacket.Proposal(zxid, txn));
        slot.packets.add(new QuorumPacket.Commit(zxid));
      }

      @Override
      public void end(boolean whole) {
        slot.complete = true;
        if (!whole) {
          close();
        }
      }
    };
  }

  /** Both directions are over; what is on its way is lost. */
  void close() {
    closed = true;
    back.closed = true;
    slots.clear();
    back.slots.clear();
  }

  boolean isOver() {
    return closed && told;
  }

  /** Brings the next thing; false when there is none. */
  boolean deliver(VirtualMember member) {
    if (closed) {
      boolean first = !told;
      told = true;
      if (first && member != null) {
        member.disconnected(connection);
      }
      return first;
    }
    Slot slot = slots.peekFirst();
    if (slot == null || !slot.complete || member == null) {
      return false;
    }
    if (slot.packets.isEmpty() && slot.tree == null) {
      slots.removeFirst();
      return true;
    }
    if (slot.tree != null) {
      slots.removeFirst();
      member.tree(connection, slot.tree);
      return true;
    }
    QuorumPacket packet = slot.packets.removeFirst();
    member.packet(connection, packet);
    return true;
  }

  @Override
  public String toString() {
    return from + "->" + to + " of " + ensemble.where();
  }
}
