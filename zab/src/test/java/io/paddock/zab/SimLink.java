package io.paddock.zab;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A connection of the quorum port: two queues, first in first out. While a direction is blocked it
 * stands still, as TCP does, and breaks after a while.
 */
final class SimLink {
  /** One end. */
  static final class End {
    final SimServer server;
    final int incarnation;
    final long id;
    final ArrayDeque<Item> inbox = new ArrayDeque<>();
    private boolean open = true;
    private long blockedSinceMs = -1;

    End(SimServer server, long id) {
      this.server = server;
      this.incarnation = server.incarnation();
      this.id = id;
    }
  }

  /** What travels: a packet's bytes, a snapshot's transactions, a part of a log, or the end. */
  private record Item(
      byte[] packet,
      List<LoggedTxn> stream,
      BooleanSupplier isReady,
      Runnable expand,
      boolean end) {}

  private static final int DELAY_MAX_MS = 8;
  private static final int BREAKS_AFTER_MS = 2500;

  private final World world;
  private final End dialler;
  private final End acceptor;

  SimLink(World world, End dialler, End acceptor) {
    this.world = world;
    this.dialler = dialler;
    this.acceptor = acceptor;
  }

  private End other(End end) {
    return end == dialler ? acceptor : dialler;
  }

  void send(End from, QuorumPacket packet) {
    JuteWriter out = new JuteWriter();
    QuorumPacketCodec.write(packet, out);
    push(from, new Item(out.toByteArray(), null, null, null, false));
  }

  void stream(End from, List<LoggedTxn> txns) {
    push(from, new Item(null, txns, null, null, false));
  }

  /** Something that is turned into packets once it is ready. */
  void later(End from, BooleanSupplier isReady, Runnable expand) {
    push(from, new Item(null, null, isReady, expand, false));
  }

  /** Puts packets in front of everything that waits, in their order. */
  void sendFirst(End from, List<QuorumPacket> packets) {
    End to = other(from);
    for (int i = packets.size() - 1; i >= 0; i--) {
      JuteWriter out = new JuteWriter();
      QuorumPacketCodec.write(packets.get(i), out);
      to.inbox.addFirst(new Item(out.toByteArray(), null, null, null, false));
      world.after(world.delay(DELAY_MAX_MS), () -> deliver(to));
    }
  }

  /** One end closes; the other learns of it behind what was sent. */
  void close(End from) {
    if (from.open) {
      from.open = false;
      push(from, new Item(null, null, null, null, true));
    }
  }

  /** One end dies: what could not leave is lost with it. */
  void crash(End from) {
    if (world.isBlocked(from.server.sid, other(from).server.sid)) {
      other(from).inbox.clear();
    }
    close(from);
  }

  /** The connection breaks: both learn of it, and what was under way is lost. */
  void reset() {
    for (End end : List.of(dialler, acceptor)) {
      end.inbox.clear();
      if (end.open) {
        end.inbox.add(new Item(null, null, null, null, true));
        world.after(world.delay(DELAY_MAX_MS), () -> deliver(end));
      }
    }
  }

  private void push(End from, Item item) {
    End to = other(from);
    to.inbox.addLast(item);
    world.after(world.delay(DELAY_MAX_MS), () -> deliver(to));
  }

  private void deliver(End to) {
    if (to.inbox.isEmpty() || !to.open) {
      return;
    }
    if (!to.server.isUp(to.incarnation)) {
      to.open = false;
      return;
    }
    if (world.isBlocked(other(to).server.sid, to.server.sid)) {
      stall(to);
      return;
    }
    to.blockedSinceMs = -1;
    if (to.server.isPaused()) {
      world.after(20, () -> deliver(to));
      return;
    }
    Item item = to.inbox.peekFirst();
    if (item.expand() != null && !item.isReady().getAsBoolean()) {
      world.after(5, () -> deliver(to));
      return;
    }
    to.inbox.removeFirst();
    if (item.end()) {
      to.open = false;
      to.server.onClosed(to.id);
    } else if (item.expand() != null) {
      item.expand().run();
    } else if (item.stream() != null) {
      to.server.onStream(to.id, item.stream());
    } else {
      to.server.onPacket(to.id, QuorumPacketCodec.read(new JuteReader(item.packet())));
    }
    if (!to.inbox.isEmpty()) {
      world.after(1, () -> deliver(to));
    }
  }

  private void stall(End to) {
    if (to.blockedSinceMs < 0) {
      to.blockedSinceMs = world.nowMs;
    }
    if (world.nowMs - to.blockedSinceMs > BREAKS_AFTER_MS) {
      reset();
    } else {
      world.after(50, () -> deliver(to));
    }
  }
}
