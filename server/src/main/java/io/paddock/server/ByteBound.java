package io.paddock.server;

import io.netty.channel.EventLoop;
import io.paddock.machine.Guard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * A bound on what all client connections of a server hold together in one respect. Each loop counts
 * its own ({@link Share}), and only what does not pass at once. When all of it is too much, those
 * are cut first who have held the most for the longest, until a quarter is free again; so a client
 * that reads is not cut for a burst while there are others that do not.
 */
final class ByteBound {
  /** A holder counts as one for this long at least: so the most bytes decide among the new. */
  private static final long AGE_NANOS_MIN = 1_000_000;

  private final long bytesMax;
  private final BiConsumer<Integer, Cut> told;
  private final List<Share> shares = new CopyOnWriteArrayList<>();
  private final AtomicBoolean shedding = new AtomicBoolean();

  /** With more counted than this it is looked at; higher than the bound when that was just done. */
  private volatile long lookBytes;

  /** What one connection holds, while that is not nothing. Belongs to its loop. */
  interface Holder {
    /** Looks how much it is now; the share may hear of that. */
    void look();

    long bytes();

    /** For how long the other side has let it be held. */
    long heldNanos(long nowNanos);

    /** Ends the connection, which holds nothing then. */
    void cut();

    /** Who that is, for the log. */
    @Override
    String toString();
  }

  /**
   * Some connections were cut.
   *
   * @param slowest the first of them
   * @param slowestBytes what it held
   * @param slowestNanos for how long
   * @param bytes what all of them held
   * @param of how many there were to choose from
   */
  record Cut(String slowest, long slowestBytes, long slowestNanos, long bytes, int of) {}

  private record Candidate(Share share, Holder holder, long bytes, long nanos) {
    double weight() {
      return (double) bytes * Math.max(nanos, AGE_NANOS_MIN);
    }
  }

  /**
   * @param told hears how many were cut, and of whom; any thread
   */
  ByteBound(long bytesMax, BiConsumer<Integer, Cut> told) {
    this.bytesMax = bytesMax;
    this.lookBytes = bytesMax;
    this.told = told;
  }

  long bytesMax() {
    return bytesMax;
  }

  /** What is held, as far as that was counted. Any thread. */
  long bytes() {
    long sum = 0;
    for (int i = 0; i < shares.size(); i++) {
      sum += shares.get(i).published.get();
    }
    return sum;
  }

  /** The part of one more loop. Before the first connection. */
  Share newShare(EventLoop loop, Guard guard) {
    Share share = new Share(loop, guard);
    shares.add(share);
    return share;
  }

  /** One loop's part. Everything runs in that loop. */
  final class Share {
    private final EventLoop loop;
    private final Guard guard;
    private final Set<Holder> holders = new LinkedHashSet<>();

    /** Written by the loop, read by the others. */
    private final AtomicLong published = new AtomicLong();

    private Share(EventLoop loop, Guard guard) {
      this.loop = loop;
      this.guard = guard;
    }

    /** A holder held {@code before}, and holds {@code now}. */
    void changed(Holder holder, long before, long now) {
      if (before == 0 && now > 0) {
        holders.add(holder);
      } else if (now == 0) {
        holders.remove(holder);
      }
      long own = published.get() + now - before;
      published.lazySet(own);
      if (now > before && bytes() > lookBytes) {
        shed(own);
      }
    }

    /** Looks what is really held. */
    void look() {
      List.copyOf(holders).forEach(Holder::look);
    }

    /** There is no memory for what it counts, whatever the bound says: half of it goes. */
    void relieve() {
      look();
      cut(candidates(), published.get() / 2);
    }

    private void shed(long own) {
      if (shares.size() == 1) {
        shedOwn();
      } else if (shedding.compareAndSet(false, true)) {
        shedOfAll();
      } else if (own > bytesMax) {
        // Too much by itself already: the others are not waited for.
        shedOwn();
      }
    }

    private void shedOwn() {
      look();
      if (published.get() > bytesMax) {
        cut(candidates(), target());
      }
      looked();
    }

    private List<Candidate> candidates() {
      long now = System.nanoTime();
      List<Candidate> all = new ArrayList<>();
      for (Holder holder : holders) {
        all.add(new Candidate(this, holder, holder.bytes(), holder.heldNanos(now)));
      }
      return all;
    }

    private void execute(Runnable task) {
      if (loop.inEventLoop()) {
        task.run();
        return;
      }
      try {
        loop.execute(guard.of(task));
      } catch (RejectedExecutionException e) {
        // The server stops, and its connections with it.
        shedding.set(false);
      }
    }
  }

  private long target() {
    return bytesMax / 4 * 3;
  }

  /** To look costs as much as there are holders, so it is not done again for the next byte. */
  private void looked() {
    lookBytes = Math.max(bytesMax, bytes() + bytesMax / 64);
  }

  /** Every loop says what its connections hold; who comes last decides. */
  private void shedOfAll() {
    List<Candidate> all = new ArrayList<>();
    AtomicInteger missing = new AtomicInteger(shares.size());
    for (Share share : shares) {
      share.execute(
          () -> {
            share.look();
            List<Candidate> own = share.candidates();
            synchronized (all) {
              all.addAll(own);
            }
            if (missing.decrementAndGet() == 0) {
              if (bytes() > bytesMax) {
                cut(all, target());
              }
              looked();
              shedding.set(false);
            }
          });
    }
  }

  /** Cuts the slowest until no more than {@code target} is left. */
  private void cut(List<Candidate> candidates, long target) {
    long left = candidates.stream().mapToLong(Candidate::bytes).sum();
    List<Candidate> slowest =
        candidates.stream()
            .sorted(Comparator.comparingDouble(Candidate::weight).reversed())
            .toList();
    int count = 0;
    long freed = 0;
    while (count < slowest.size() && left - freed > target) {
      Candidate next = slowest.get(count++);
      freed += next.bytes();
    }
    if (count == 0) {
      return;
    }
    Candidate first = slowest.get(0);
    // Before it is cut: its name is that of an open connection.
    String name = first.holder().toString();
    slowest.subList(0, count).forEach(one -> one.share().execute(one.holder()::cut));
    told.accept(count, new Cut(name, first.bytes(), first.nanos(), freed, slowest.size()));
  }
}
