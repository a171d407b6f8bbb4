package io.paddock.dist;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Prints what happens in the demo, one aligned line each: seconds since the start, who, what, and
 * how it came out. Threads: events arrive on client threads, so every method may be called from
 * any.
 */
final class Narrator {
  private static final int ACTION_WIDTH = 58;

  private final PrintWriter out;
  private final long startNanos = System.nanoTime();

  Narrator(PrintWriter out) {
    this.out = out;
  }

  /** A heading before a group of lines. */
  synchronized void chapter(String title) {
    out.printf("%n%s%n", title);
    out.flush();
  }

  /** Lines as they are. */
  synchronized void text(String lines) {
    out.print(lines);
    out.flush();
  }

  /** {@code who} did {@code action}, and {@code outcome} came of it. */
  void did(String who, String action, String outcome) {
    line(who, action, outcome);
  }

  /** A watch of {@code who} fired, or the state of its connection changed. */
  void saw(String who, String event, String meaning) {
    line(who, "  watch event " + event, meaning);
  }

  /** The last words, with how long all of it took. */
  synchronized void end(String words) {
    out.printf(Locale.ROOT, "%n%s %.1f s in all.%n", words, seconds());
    out.flush();
  }

  private double seconds() {
    return (System.nanoTime() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private synchronized void line(String who, String action, String outcome) {
    String row =
        String.format(
            Locale.ROOT,
            "%6.2f s  %-9s %-" + ACTION_WIDTH + "s  %s",
            seconds(),
            who,
            action,
            outcome);
    out.println(row.stripTrailing());
    out.flush();
  }
}
