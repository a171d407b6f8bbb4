package io.paddock.sim;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Virtual time: what is to happen when. Events of one millisecond happen in an order that is drawn
 * from the seed. One thread.
 */
final class Timeline {
  private record Event(long atMs, int draw, long order, Runnable what)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      if (atMs != other.atMs) {
        return Long.compare(atMs, other.atMs);
      }
      return draw != other.draw
          ? Integer.compare(draw, other.draw)
          : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final SplittableRandom draws;
  private long order;
  private long nowMs;

  Timeline(SplittableRandom draws) {
    this.draws = draws;
  }

  /** Milliseconds since the run began. */
  long nowMs() {
    return nowMs;
  }

  void after(long delayMs, Runnable what) {
    events.add(new Event(nowMs + delayMs, draws.nextInt(), order++, what));
  }

  /** Lets so much time pass. */
  void run(long ms) {
    long endMs = nowMs + ms;
    while (!events.isEmpty() && events.peek().atMs() <= endMs) {
      Event event = events.poll();
      nowMs = event.atMs();
      event.what().run();
    }
    nowMs = endMs;
  }
}
