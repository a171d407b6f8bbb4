package io.paddock.sim;

import java.util.ArrayDeque;

/**
 * One direction of a connection: bytes arrive in order, each piece after a delay, or not at all
 * once the connection is broken. Where the network is cut they wait, and after a while the
 * connection breaks. One thread.
 */
final class Pipe {
  /** Who takes what arrives. */
  interface Receiver {
    /** Whether nobody is there any more. */
    boolean isGone();

    /** Whether it takes nothing for the moment. */
    boolean isPaused();

    void onBytes(byte[] bytes);

    /** The other side has closed, or the connection is broken. Nothing follows. */
    void onEnd();
  }

  private static final byte[] END = {};
  private static final int BREAKS_AFTER_MS = 2500;
  private static final int RETRY_MS = 20;

  private final World world;
  private final long from;
  private final long to;
  private final Receiver receiver;
  private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
  private boolean sealed;
  private boolean over;
  private boolean broken;
  private long stuckSinceMs = -1;

  /** The direction back; broken with this one. */
  private Pipe back;

  private Pipe(World world, long from, long to, Receiver receiver) {
    this.world = world;
    this.from = from;
    this.to = to;
    this.receiver = receiver;
  }

  /**
   * A connection.
   *
   * @return the direction from {@code one} to {@code other}; {@link #back} is the other one
   */
  static Pipe connect(World world, long one, Receiver atOne, long other, Receiver atOther) {
    Pipe there = new Pipe(world, one, other, atOther);
    Pipe back = new Pipe(world, other, one, atOne);
    there.back = back;
    back.back = there;
    return there;
  }

  Pipe back() {
    return back;
  }

  /** Whether something sent now can arrive. */
  boolean isOpen() {
    return !sealed && !over && !receiver.isGone();
  }

  void send(byte[] bytes) {
    if (!sealed && bytes.length > 0) {
      push(bytes);
    }
  }

  /** Closes behind what was sent. */
  void end() {
    if (!sealed) {
      push(END);
      sealed = true;
    }
  }

  /** Both sides learn that the connection is no more; what was under way is lost. */
  void breakOff() {
    breakHere();
    back.breakHere();
  }

  private void breakHere() {
    if (!over && !broken) {
      broken = true;
      sealed = true;
      inbox.clear();
      push(END);
    }
  }

  private void push(byte[] piece) {
    inbox.addLast(piece);
    world.after(world.networkDelay(), this::deliver);
  }

  /** Delivers one piece: there are as many calls of this to come as there are pieces. */
  private void deliver() {
    if (over || inbox.isEmpty()) {
      return;
    }
    if (receiver.isGone()) {
      over = true;
    } else if (world.network.isCut(from, to) && !broken) {
      stick();
    } else if (receiver.isPaused()) {
      world.after(RETRY_MS, this::deliver);
    } else {
      stuckSinceMs = -1;
      byte[] piece = inbox.removeFirst();
      if (piece == END) {
        over = true;
        receiver.onEnd();
      } else {
        receiver.onBytes(piece);
      }
    }
  }

  private void stick() {
    if (stuckSinceMs < 0) {
      stuckSinceMs = world.nowMs();
    }
    if (world.nowMs() - stuckSinceMs > BREAKS_AFTER_MS) {
      breakOff();
    } else {
      world.after(RETRY_MS, this::deliver);
    }
  }
}
